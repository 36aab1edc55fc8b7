"""Read the roles of a PodIdentity: the one that pods are given, and the target role that it is chained to."""

from dataclasses import dataclass, field

from function.clouds.aws import rules, trust_rules
from function.clouds.aws.eks import cluster_arn_of
from function.clouds.aws.history import History
from function.clouds.aws.iam.arn import role_arn
from function.clouds.aws.iam.condition_reader import read_conditions
from function.clouds.aws.iam.policy import Statement
from function.clouds.aws.iam.policy_reader import PolicyReader
from function.clouds.aws.keys import role_key
from function.clouds.aws.permissions import spec as permissions_spec
from function.clouds.aws.permissions.reading import read_permissions
from function.clouds.aws.permissions.request import InlinePolicy
from function.clouds.aws.place import Place
from function.clouds.aws.placement import AT, IRSA, POD_IDENTITY, Placement
from function.clouds.aws.pod_identity import trust_in_eks
from function.clouds.aws.request import ComposedRole, ExistingRole
from function.clouds.aws.second_hop import GRANT, grant, trust_by_external_id, trust_with_tags
from function.clouds.aws.spec import AWS, Role, TargetRole, Trust
from function.clouds.aws.trust import Facts, Listed, TrustRequest, trust
from function.clouds.aws.web_identity import provider_arn, trust_in_tokens
from function.errors import FieldError, Path
from function.naming import role_name
from function.parsing import Parsed
from function.provider_config import ProviderConfigRef
from function.subjects import Identity
from function.translation import HostName

ROLE_PART, TARGET_PART = "role", "target"

# A fault in one of these would make a trust policy another one than was meant, so its size would say nothing.
_SHAPE_TRUST: tuple[Path, ...] = (
    ("spec", "clusters"),
    ("spec", "serviceAccounts"),
    (*AT, "accountId"),
    (*AT, "credentials"),
    (*AT, "trust"),
    (*AT, "disableSessionTags"),
    (*AT, "role", "arn"),
    (*AT, "sourceRoleArn"),
)
_SHAPE_TARGET: tuple[Path, ...] = (*_SHAPE_TRUST, (*AT, "role"), (*AT, "targetRole"))


@dataclass
class Reader:
    """Reads both roles; the faults of what it has read are in `errors`."""

    identity: Identity
    parsed: Parsed[AWS]
    placement: Placement
    history: History
    before: list[FieldError]
    """Faults that were found already."""
    errors: list[FieldError] = field(default_factory=list)

    @property
    def spec(self) -> AWS:
        """What was written."""
        assert self.parsed.value is not None  # noqa: S101 - nobody asks for the roles of what could not be read
        return self.parsed.value

    def role(self) -> ComposedRole | ExistingRole:
        """The role that the pods are given, or that a source role of somebody else's may assume."""
        spec, where = self.spec, self.placement.place
        if spec.role.arn is not None:
            config = spec.provider_config_ref.render(self.identity.flavour)
            return ExistingRole(spec.role.arn, spec.role.observe, config)
        target_arn = self._target_arn()
        policy = InlinePolicy(GRANT, grant(target_arn)) if target_arn else None
        return self._composed(
            spec.role,
            (*AT, "role"),
            where,
            ROLE_PART,
            permissions=(spec.permissions, (*AT, "permissions")),
            config=spec.provider_config_ref,
            generated=policy,
            trust_policy=self._trust_of_role(),
        )

    def target(self, where: Place) -> ComposedRole | ExistingRole | None:
        """The role that EKS assumes with the first one."""
        target = self.spec.target_role
        if target is None:
            return None
        first = self._role_arn()
        arn = self._target_arn() or ""
        self.errors += rules.check_not_itself(first, arn, (*AT, "targetRole", "arn" if target.arn else "name"))
        if target.arn is not None:
            return ExistingRole(target.arn)
        return self._composed(
            target,
            (*AT, "targetRole"),
            where,
            TARGET_PART,
            permissions=(target.permissions, (*AT, "targetRole", "permissions")),
            config=target.provider_config_ref or self.spec.provider_config_ref,
            generated=None,
            trust_policy=self._trust_of_target(first),
        )

    def _composed(
        self,
        written: Role | TargetRole,
        at: Path,
        where: Place,
        part: str,
        *,
        permissions: tuple[permissions_spec.Permissions | None, Path],
        config: ProviderConfigRef,
        generated: InlinePolicy | None,
        trust_policy: str,
    ) -> ComposedRole:
        name, path, account = self._name(written, where, part), written.path or "/", where.account or ""
        if self.parsed.whole(at):
            self.errors += rules.check_role_stays(account, name, path, at, self.history)
        provider_config = config.render(self.identity.flavour)
        if account:
            where_said, key = self._account_field(account, part), role_key(account, name)
            self.errors += rules.check_account_stays(account, provider_config, key, where_said, self.history)
        listed, place_of_them = permissions
        return ComposedRole(
            arn=role_arn(where.partition or "", account, path, name),
            account=account,
            name=name,
            derived_for=None if written.name else part,
            provider_config=provider_config,
            path=path,
            description=written.description,
            max_session_duration=written.max_session_duration,
            permissions_boundary_arn=written.permissions_boundary_arn,
            trust_policy=trust_policy,
            permissions=read_permissions(
                listed or permissions_spec.Permissions(), place_of_them, where, self.history, generated, self.errors
            ),
        )

    def _name(self, written: Role | TargetRole, where: Place, part: str) -> str:
        """The name that is written, or derived for the owner, or was derived before: such a one stays."""
        if written.name:
            return written.name
        derived, account = role_name(*self.identity.owner, part), where.account or ""
        if self.history.role(role_key(account, derived)) is None:
            for role in self.history.roles:
                if role.name and role.derived_for == part and role_key(account, role.name) == role.key:
                    return role.name
        return derived

    def _account_field(self, account: str, part: str) -> Path:
        """The field that says which account a role is in."""
        if part == TARGET_PART:
            return (*AT, "targetRole", "accountId")
        if self.spec.account_id is None:
            for index, cluster in enumerate(self.identity.clusters):
                if cluster.eks and cluster.eks.account_id == account:
                    return ("spec", "clusters", index, "eks", "accountId")
        return (*AT, "accountId")

    def _role_arn(self) -> str:
        written, where = self.spec.role, self.placement.place
        if written.arn is not None:
            return written.arn
        return role_arn(where.partition or "", where.account or "", written.path or "/", self._name(written, where, ROLE_PART))

    def _target_arn(self) -> str | None:
        target = self.spec.target_role
        if target is None or target.arn is not None:
            return target.arn if target else None
        where = Place(target.account_id, self.placement.place.partition)
        name = self._name(target, where, TARGET_PART)
        return role_arn(where.partition or "", where.account or "", target.path or "/", name)

    def _trust_of_role(self) -> str:
        spec, written = self.spec, self.spec.trust or Trust()
        session_tags = not spec.disable_session_tags
        conditions = read_conditions(written.conditions, (*AT, "trust", "conditions"), self.errors)
        statements = self._statements(written, session_tags=session_tags)
        if spec.source_role_arn is not None:
            return self._policy(self._chain(spec.source_role_arn, statements), "the trust policy", _SHAPE_TRUST)
        tagged = trust_in_eks(
            self._facts(),
            self.placement.place.account or "",
            written.pin,
            session_tags=session_tags,
            source_account=written.source_account,
            source_organization=written.source_organization,
        )
        request = TrustRequest(
            tagged=tagged if tagged.subjects else None,
            listed=self._tokens(written.pin),
            conditions=conditions,
            statements=statements,
            max_characters=written.max_characters,
        )
        known = self.parsed.whole((*AT, "trust", "pin"))
        self.errors += trust_rules.check_conditions(request, session_tags=session_tags, pin_known=known)
        return self._policy(request, "the trust policy", _SHAPE_TRUST)

    def _trust_of_target(self, first: str) -> str:
        return self._policy(self._chain(first, ()), "the target role's trust policy", _SHAPE_TARGET)

    def _chain(self, source_arn: str, statements: tuple[Statement, ...]) -> TrustRequest:
        """Whom a target role trusts: the source role, for the listed subjects. The user's conditions are not for it."""
        most = (self.spec.trust or Trust()).max_characters
        if not self.spec.disable_session_tags:
            tagged = trust_with_tags(source_arn, self._facts(), self.spec.pin)
            return TrustRequest(tagged=tagged if tagged.subjects else None, statements=statements, max_characters=most)
        listed, tagging = trust_by_external_id(source_arn, self._facts())
        return TrustRequest(
            listed=(listed,) if listed.values else (), constant=(tagging,), statements=statements, max_characters=most
        )

    def _policy(self, request: TrustRequest, whose: str, shape: tuple[Path, ...]) -> str:
        # An empty policy stands in where the real one cannot be known; the faults that say so keep it from being rendered.
        if any(error.path[: len(place)] == place for error in [*self.before, *self.errors] for place in shape):
            return ""
        found = trust(request)
        self.errors += trust_rules.check_size(found, request, whose)
        return found.document

    def _statements(self, written: Trust, *, session_tags: bool) -> tuple[Statement, ...]:
        at = (*AT, "trust", "statements")
        reader = PolicyReader(self.placement.place.partition, self.errors)
        reader.refuse_repeated_sids(written.statements, at)
        statements = tuple(reader.trust_statement(raw, (*at, index)) for index, raw in enumerate(written.statements))
        for index, statement in enumerate(statements):
            self.errors += trust_rules.check_statement(statement, (*at, index), session_tags=session_tags)
        return statements

    def _facts(self) -> tuple[Facts, ...]:
        """What the session tags of each subject's pods say, where the cluster has EKS Pod Identity."""
        partition, tagged = self.placement.place.partition or "", self.placement.with_credentials(POD_IDENTITY)
        clusters = {c.name: c.eks for c in self.identity.clusters if c.eks and c.name in tagged}
        arns = {handle: cluster_arn_of(handle, eks, partition) for handle, eks in clusters.items()}
        return tuple((arns[s.cluster], *self.identity.host(s)) for s in self.identity.subjects if s.cluster in arns)

    def _tokens(self, pin: str) -> tuple[Listed, ...]:
        """A statement for each issuer whose tokens are trusted, in the order of the issuers' names."""
        where, accounts = self.placement.place, self._accounts()
        return tuple(
            trust_in_tokens(
                provider_arn(where.partition or "", where.account or "", issuer),
                issuer,
                audience,
                accounts[issuer, audience],
                pin,
            )
            for issuer, audience in sorted(accounts)
        )

    def _accounts(self) -> dict[tuple[str, str], list[HostName]]:
        """The service accounts by issuer and audience: those of a cluster, and of every vcluster in it."""
        found: dict[tuple[str, str], list[HostName]] = {}
        handles = self.placement.with_credentials(IRSA)
        issuers = {c.name: (c.oidc_issuer, c.audience) for c in self.identity.clusters if c.oidc_issuer and c.name in handles}
        for subject in self.identity.subjects:
            if subject.cluster in issuers:
                found.setdefault(issuers[subject.cluster], []).append(self.identity.host(subject))
        return found

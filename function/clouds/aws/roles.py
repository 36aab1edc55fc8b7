"""Reads the roles of a PodIdentity: the one that pods are given, and the target role that it is chained to."""

from collections.abc import Iterable
from dataclasses import dataclass

from function.clouds.aws import rules
from function.clouds.aws.account import AT, Account, Placement
from function.clouds.aws.iam.policy import PolicyDocument
from function.clouds.aws.permissions.reader import InlinePolicy, read_permissions, revocation
from function.clouds.aws.plan import ComposedRole, ExistingRole, PlannedRole
from function.clouds.aws.previous import Previous
from function.clouds.aws.resource_names import role_key
from function.clouds.aws.spec import AWS, Permissions, Role, TargetRole
from function.clouds.aws.trust.reader import trust_of_role, trust_of_target
from function.clouds.aws.trust.target_role import GRANT, grant
from function.errors import FieldError, Path, Read
from function.identity.subjects import Identity
from function.naming import Derived, Named, derived_name, role_name
from function.spec.arn import Arn
from function.spec.management import ProviderConfigRef
from function.spec.reader import Parsed

_ROLE, _TARGET = "role", "target"
"""The parts that names are derived for."""


def read_roles(
    identity: Identity,
    parsed: Parsed[AWS],
    spec: AWS,
    placement: Placement,
    target_account: Account,
    previous: Previous,
    before: Iterable[FieldError],
) -> Read[tuple[PlannedRole, PlannedRole | None]]:
    """The role and its target role; `before` are the errors that were found already."""
    reader = _Reader(identity, parsed, spec, placement, target_account, previous)
    role = reader.role(before)
    target = reader.target((*before, *role.errors))
    return Read((role.value, target.value), (*role.errors, *target.errors))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads both roles."""

    identity: Identity
    parsed: Parsed[AWS]
    spec: AWS
    placement: Placement
    target_account: Account
    previous: Previous

    def role(self, before: Iterable[FieldError]) -> Read[PlannedRole]:
        """The role that the pods are given, or that a source role of somebody else's may assume."""
        spec = self.spec
        if spec.role.arn is not None:
            return Read(ExistingRole(spec.role.arn, spec.role.observe, spec.provider_config_ref.render(self.identity.scope)))
        target_arn = self._target_arn()
        return self._composed(
            spec.role,
            (*AT, "role"),
            self.placement.account,
            _ROLE,
            permissions=(spec.permissions, (*AT, "permissions")),
            config=spec.provider_config_ref,
            generated=(InlinePolicy(GRANT, grant(target_arn)),) if target_arn else (),
            trust=self._trust(before),
        )

    def _trust(self, before: Iterable[FieldError]) -> Read[PolicyDocument]:
        """The role's trust policy. It cannot name the role before that exists: "Invalid principal in policy"."""
        pin_known = self.parsed.whole((*AT, "trust", "pin"))
        read = trust_of_role(self.identity, self.spec, self.placement, before, pin_known=pin_known)
        arn = self._role_arn()
        creates = {"*", "Create"} & set(self.identity.management_policies)
        if self.previous.role(role_key(arn.account, arn.name)) is not None or not creates:
            return read
        statements = self.spec.trust.statements if self.spec.trust else []
        return Read(read.value, (*read.errors, *rules.check_not_before_itself(arn, statements, (*AT, "trust", "statements"))))

    def target(self, before: Iterable[FieldError]) -> Read[PlannedRole | None]:
        """The role that EKS assumes with the first one."""
        target, first, arn = self.spec.target_role, self._role_arn(), self._target_arn()
        if target is None or arn is None:
            return Read(None)
        itself = tuple(rules.check_not_itself(first, arn, (*AT, "targetRole", "arn" if target.arn else "name")))
        if target.arn is not None:
            return Read(ExistingRole(target.arn), itself)
        read = self._composed(
            target,
            (*AT, "targetRole"),
            self.target_account,
            _TARGET,
            permissions=(target.permissions, (*AT, "targetRole", "permissions")),
            config=target.provider_config_ref or self.spec.provider_config_ref,
            generated=(),
            trust=trust_of_target(self.identity, self.spec, self.placement, first, (*before, *itself)),
        )
        return Read(read.value, (*itself, *read.errors))

    def _composed(
        self,
        written: Role | TargetRole,
        at: Path,
        where: Account,
        part: str,
        *,
        permissions: tuple[Permissions | None, Path],
        config: ProviderConfigRef,
        generated: tuple[InlinePolicy, ...],
        trust: Read[PolicyDocument],
    ) -> Read[PlannedRole]:
        named, path, account = self._name(written, where, part), written.path or "/", where.id or ""
        name = named.name
        errors, key = list(trust.errors), role_key(account, name)
        if named.error:
            errors.append(FieldError((*at, "name"), named.error))
        before = self.previous.role(key)
        if before and self.parsed.whole(at):
            errors += rules.check_role_stays(before, account, name, path, at)
        provider_config = config.render(self.identity.scope)
        if account:
            said = self._account_field(account, part)
            errors += rules.check_account_stays(account, provider_config, key, said, self.previous)
        listed, place_of_them = permissions
        if written.revoke_sessions_before:
            generated = (*generated, revocation(written.revoke_sessions_before))
        read = read_permissions(listed or Permissions(), place_of_them, where, self.previous, generated)
        role = ComposedRole(
            key=key,
            arn=Arn.of_role(where.partition or "", account, path, name),
            account=account,
            name=name,
            derived_for=None if written.name else part,
            provider_config=provider_config,
            path=path,
            description=written.description,
            max_session_duration=written.max_session_duration,
            permissions_boundary_arn=written.permissions_boundary_arn,
            trust=trust.value,
            permissions=read.value,
        )
        return Read(role, (*errors, *read.errors))

    def _name(self, written: Role | TargetRole, where: Account, part: str) -> Named:
        """The name that is written, or derived for the owner, or was derived before: such a one stays."""
        if written.name:
            return Named(written.name)
        owner, account = self.identity.owner, where.id or ""
        there = ((role.name_in(account), role.derived) for role in self.previous.roles)
        return derived_name(
            Derived(part, owner),
            (role_name(*owner, part),),
            lambda name: self.previous.role(role_key(account, name)) is not None,
            ((name, derived) for name, derived in there if name and derived),
        )

    def _account_field(self, account: str, part: str) -> Path:
        """The field that says which account a role is in."""
        if part == _TARGET:
            return (*AT, "targetRole", "accountId")
        if self.spec.account_id is None:
            for index, cluster in enumerate(self.identity.clusters):
                if cluster.eks and cluster.eks.account_id == account:
                    return ("spec", "clusters", index, "eks", "accountId")
        return (*AT, "accountId")

    def _role_arn(self) -> Arn:
        written = self.spec.role
        return self._arn(written, self.placement.account, _ROLE) if written.arn is None else written.arn

    def _target_arn(self) -> Arn | None:
        target = self.spec.target_role
        if target is None:
            return None
        return self._arn(target, self.target_account, _TARGET) if target.arn is None else target.arn

    def _arn(self, written: Role | TargetRole, where: Account, part: str) -> Arn:
        name = self._name(written, where, part).name
        return Arn.of_role(where.partition or "", where.id or "", written.path or "/", name)

"""Read `spec.aws` together with the clusters and subjects: every fault, or a request that cannot fail to render."""

from function.clouds.aws import rules, trust_rules
from function.clouds.aws.eks import cluster_arn_of
from function.clouds.aws.history import History
from function.clouds.aws.iam.arn import role_arn
from function.clouds.aws.iam.condition_reader import read_conditions
from function.clouds.aws.iam.policy import PolicyDocument, Statement, characters
from function.clouds.aws.iam.policy_reader import PolicyReader
from function.clouds.aws.keys import role_key
from function.clouds.aws.request import AWSRequest, ComposedRole, InlinePolicy
from function.clouds.aws.rules import AT, Place
from function.clouds.aws.spec import AWS, Permissions, PolicyStatement, Trust
from function.clouds.aws.tag_rules import check_tags
from function.clouds.aws.trust import TrustRequest, trust
from function.errors import FieldError, Path
from function.naming import role_name
from function.parsing import Parsed
from function.subjects import Identity, Subject

# A fault in one of these would make the trust policy another one than was meant, so its size would say nothing.
_SHAPE_TRUST: tuple[Path, ...] = (
    ("spec", "clusters"),
    ("spec", "serviceAccounts"),
    (*AT, "accountId"),
    (*AT, "trust"),
    (*AT, "disableSessionTags"),
    (*AT, "role", "arn"),
)


def read(
    identity: Identity, parsed: Parsed[AWS], history: History, neutral: list[FieldError]
) -> tuple[AWSRequest | None, list[FieldError]]:
    """What shall exist in AWS, and every fault of `spec.aws` and of what AWS makes of the clusters.

    `neutral` are the faults that the rest of the spec was found to have; the request is only meaningful without any.
    """
    if parsed.value is None:
        return None, list(parsed.errors)
    spec = parsed.value
    place, errors = rules.check_clusters(enumerate(identity.clusters), spec)
    errors += spec.provider_config_ref.check(identity.flavour, (*AT, "providerConfigRef"))
    errors += rules.check_role(spec, place)
    errors += rules.check_hand_over(spec, history)
    errors += rules.check_session_tags(parsed, spec)
    errors += rules.check_existing_associations(spec, identity, subjects_known=not neutral)
    errors += check_tags(identity.tags, spec.association.tags)
    role = None
    if spec.role.arn is None:
        role, role_errors = _composed_role(identity, spec, parsed, place, history, [*neutral, *parsed.errors, *errors])
        errors += role_errors
    errors = [*parsed.errors, *parsed.new(errors)]
    return None if errors else _request(identity, spec, place, role, history), errors


def _request(identity: Identity, spec: AWS, place: Place, role: ComposedRole | None, history: History) -> AWSRequest:
    account, partition = place.account or "", place.partition or ""
    return AWSRequest(
        partition=partition,
        account=account,
        provider_config_ref=spec.provider_config_ref.render(identity.flavour),
        role=role,
        role_arn=role_arn(partition, account, role.path, role.name) if role else spec.role.arn or "",
        associate=spec.association.create,
        disable_session_tags=spec.disable_session_tags,
        association_tags=spec.association.tags,
        existing={Subject(e.cluster, e.namespace, e.service_account): e.id for e in spec.association.existing},
        imported=dict(history.imported),
    )


def _composed_role(
    identity: Identity, spec: AWS, parsed: Parsed[AWS], place: Place, history: History, so_far: list[FieldError]
) -> tuple[ComposedRole, list[FieldError]]:
    name = spec.role.name or _derived_name(identity, place, history)
    path = spec.role.path or "/"
    errors: list[FieldError] = []
    if parsed.whole((*AT, "role")):
        errors += rules.check_role_stays(place.account or "", name, path, history)
    permissions = spec.permissions or Permissions()
    inline = _inline_policies(permissions, place, errors)
    errors += rules.check_managed_policies(permissions.managed_policy_arns, place)
    request = _trust_request(identity, spec, place, errors, pin_known=parsed.whole((*AT, "trust", "pin")))
    # An empty policy stands in where the real one cannot be known; the faults that say so keep it from being rendered.
    policy = None if _about_trust([*so_far, *errors]) else trust(request)
    errors += trust_rules.check_size(policy, request) if policy else ()
    role = ComposedRole(
        name=name,
        derived=spec.role.name is None,
        path=path,
        description=spec.role.description,
        max_session_duration=spec.role.max_session_duration,
        permissions_boundary_arn=spec.role.permissions_boundary_arn,
        trust_policy=policy.document if policy else "",
        inline_policies=inline,
        managed_policy_arns=tuple(permissions.managed_policy_arns),
    )
    return role, errors


def _about_trust(errors: list[FieldError]) -> bool:
    return any(error.path[: len(place)] == place for error in errors for place in _SHAPE_TRUST)


def _derived_name(identity: Identity, place: Place, history: History) -> str:
    """The name derived for the owner, or one that was derived before: it stays, whatever names are derived from by then."""
    derived = role_name(*identity.owner)
    account = place.account or ""
    if history.role(role_key(account, derived)) is None:
        for role in history.roles:
            if role.name and role.derived and role_key(account, role.name) == role.key:
                return role.name
    return derived


def _inline_policies(permissions: Permissions, place: Place, errors: list[FieldError]) -> tuple[InlinePolicy, ...]:
    reader = PolicyReader(place.partition, errors)
    policies = []
    for index, inline in enumerate(permissions.inline_policies):
        at = (*AT, "permissions", "inlinePolicies", index)
        if inline.document_json is not None:
            policy = reader.json_document(inline.document_json, (*at, "documentJSON"))
        elif inline.document is not None:
            policy = reader.document(inline.document, (*at, "document"))
        else:
            policy = _short_form(inline.statements or [], (*at, "statements"), reader)
        policies.append(InlinePolicy(inline.name, policy.json()))
    length = sum(characters(inline.document) for inline in policies)
    errors += rules.check_inline_policies([inline.name for inline in policies], length)
    return tuple(policies)


def _short_form(statements: list[PolicyStatement], at: Path, reader: PolicyReader) -> PolicyDocument:
    numbered = enumerate(statements)
    return PolicyDocument(tuple(reader.short_statement(s.actions, s.resources, s.conditions, (*at, i)) for i, s in numbered))


def _trust_request(identity: Identity, spec: AWS, place: Place, errors: list[FieldError], *, pin_known: bool) -> TrustRequest:
    written = spec.trust or Trust()
    session_tags = not spec.disable_session_tags
    request = TrustRequest(
        subjects=_facts(identity, place),
        account=place.account or "",
        pin=written.pin,
        session_tags=session_tags,
        source_account=written.source_account,
        source_organization=written.source_organization,
        conditions=read_conditions(written.conditions, (*AT, "trust", "conditions"), errors),
        statements=_trust_statements(written, place, errors, session_tags=session_tags),
        max_characters=written.max_characters,
    )
    errors += trust_rules.check_conditions(request, pin_known=pin_known)
    return request


def _trust_statements(written: Trust, place: Place, errors: list[FieldError], *, session_tags: bool) -> tuple[Statement, ...]:
    at = (*AT, "trust", "statements")
    reader = PolicyReader(place.partition, errors)
    reader.refuse_repeated_sids(written.statements, at)
    statements = tuple(reader.trust_statement(raw, (*at, index)) for index, raw in enumerate(written.statements))
    for index, statement in enumerate(statements):
        errors += trust_rules.check_statement(statement, (*at, index), session_tags=session_tags)
    return statements


def _facts(identity: Identity, place: Place) -> tuple[tuple[str, str, str], ...]:
    """What the session tags of each subject's pods say."""
    arns = {cluster.name: cluster_arn_of(cluster, place.partition or "") for cluster in identity.clusters}
    return tuple((arns[s.cluster], s.namespace, s.service_account) for s in identity.subjects)

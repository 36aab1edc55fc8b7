"""Decides the trust policies of a PodIdentity's roles: which callers they admit for which pods, and what is wrong with that.

The role that pods are given trusts EKS (pod_identity), the tokens of the clusters' issuers (irsa), or both. A target role
trusts the role before it (target_role). What the user wrote under spec.aws.trust comes on top.
"""

from collections.abc import Iterable, Iterator

from function.clouds.aws.account import AT, IRSA, POD_IDENTITY, Placement
from function.clouds.aws.iam.condition_reader import read_conditions
from function.clouds.aws.iam.policy import PolicyDocument, Statement
from function.clouds.aws.iam.policy_reader import read_trust_statements
from function.clouds.aws.spec import AWS, Trust
from function.clouds.aws.trust import policy, target_role
from function.clouds.aws.trust.condition_keys import check_for_eks, check_for_tokens
from function.clouds.aws.trust.irsa import trust_in_tokens
from function.clouds.aws.trust.pod_identity import SERVICE, trust_in_eks
from function.clouds.aws.trust.policy import Admitted, ListStatement
from function.clusters.vcluster_names import HostName
from function.errors import FieldError, Path, Read
from function.identity.subjects import Identity
from function.spec.arn import Arn
from function.spec.issuer import Issuer

_AT: Path = (*AT, "trust")

# An error in one of these would make a trust policy another one than was meant, so its size would say nothing.
_SHAPE_OF_ROLE: tuple[Path, ...] = (
    ("spec", "clusters"),
    ("spec", "serviceAccounts"),
    (*AT, "accountId"),
    (*AT, "credentials"),
    _AT,
    (*AT, "disableSessionTags"),
    (*AT, "role", "arn"),
    (*AT, "sourceRoleArn"),
)
_SHAPE_OF_TARGET: tuple[Path, ...] = (*_SHAPE_OF_ROLE, (*AT, "role"), (*AT, "targetRole"))

_UNKNOWN = PolicyDocument(())
"""Stands in where the real policy cannot be known; the errors that say so keep it from being rendered."""


def trust_of_role(
    identity: Identity, spec: AWS, placement: Placement, before: Iterable[FieldError], *, pin_known: bool
) -> Read[PolicyDocument]:
    """The trust policy of the role that is composed; `before` are the errors that were found already."""
    written, session_tags = spec.trust or Trust(), not spec.disable_session_tags
    conditions = read_conditions(written.conditions, (*_AT, "conditions"))
    statements = read_trust_statements(written.statements, (*_AT, "statements"), placement.account.partition)
    errors = [*conditions.errors, *statements.errors]
    for index, statement in enumerate(statements.value):
        errors += _check_statement(statement, (*_AT, "statements", index), session_tags=session_tags)
    if spec.source_role_arn is not None:
        admitted = _chain(identity, spec, placement, spec.source_role_arn, statements.value)
    else:
        tagged = trust_in_eks(
            _pod_tags(identity, placement),
            placement.account.id or "",
            written.pin,
            session_tags=session_tags,
            source_account=written.source_account,
            source_organization=written.source_organization,
        )
        admitted = Admitted(
            tagged=tagged if tagged.subjects else None,
            listed=_tokens(identity, placement, written.pin),
            conditions=conditions.value,
            statements=statements.value,
            max_characters=written.max_characters,
        )
        errors += _check_conditions(admitted, session_tags=session_tags, pin_known=pin_known)
    return _written(admitted, "the trust policy", _SHAPE_OF_ROLE, errors, before)


def trust_of_target(
    identity: Identity, spec: AWS, placement: Placement, source: Arn, before: Iterable[FieldError]
) -> Read[PolicyDocument]:
    """The trust policy of a target role that is composed; `source` is the role before it."""
    admitted = _chain(identity, spec, placement, source, ())
    return _written(admitted, "the target role's trust policy", _SHAPE_OF_TARGET, [], before)


def _written(
    admitted: Admitted, whose: str, shape: tuple[Path, ...], errors: list[FieldError], before: Iterable[FieldError]
) -> Read[PolicyDocument]:
    if any(error.path[: len(place)] == place for error in (*before, *errors) for place in shape):
        return Read(_UNKNOWN, tuple(errors))
    document = policy.trust_policy(admitted)
    return Read(document, (*errors, *_check_size(document, admitted, whose)))


def _chain(identity: Identity, spec: AWS, placement: Placement, source: Arn, statements: tuple[Statement, ...]) -> Admitted:
    """Whom a target role trusts: the first role, for the listed subjects. The user's conditions are not for it."""
    most, subjects = (spec.trust or Trust()).max_characters, _pod_tags(identity, placement)
    if not spec.disable_session_tags:
        tagged = target_role.trust_with_tags(source, subjects, spec.pin)
        return Admitted(tagged=tagged if tagged.subjects else None, statements=statements, max_characters=most)
    listed, tagging = target_role.trust_by_external_id(source, subjects)
    return Admitted(listed=(listed,) if listed.values else (), constant=(tagging,), statements=statements, max_characters=most)


def _pod_tags(identity: Identity, placement: Placement) -> tuple[tuple[Arn, str, str], ...]:
    """What the session tags of each subject's pods say, where the cluster has EKS Pod Identity."""
    partition, tagged = placement.account.partition or "", placement.with_credentials(POD_IDENTITY)
    arns = {c.name: c.eks.arn(c.name, partition) for c in identity.clusters if c.eks and c.name in tagged}
    return tuple((arns[s.cluster], *identity.host(s)) for s in identity.subjects if s.cluster in arns)


def _tokens(identity: Identity, placement: Placement, pin: str) -> tuple[ListStatement, ...]:
    """A statement for each issuer whose tokens are trusted, in the order of the issuers' names."""
    account, admitted = placement.account, _service_accounts(identity, placement)
    return tuple(
        trust_in_tokens(account.partition or "", account.id or "", issuer, audience, admitted[issuer, audience], pin)
        for issuer, audience in sorted(admitted)
    )


def _service_accounts(identity: Identity, placement: Placement) -> dict[tuple[Issuer, str], list[HostName]]:
    """The service accounts by issuer and audience: those of a cluster, and of every vcluster in it."""
    found: dict[tuple[Issuer, str], list[HostName]] = {}
    handles = placement.with_credentials(IRSA)
    issuers = {c.name: (c.issuer, c.audience_for_aws) for c in identity.clusters if c.issuer and c.name in handles}
    for subject in identity.subjects:
        if subject.cluster in issuers:
            found.setdefault(issuers[subject.cluster], []).append(identity.host(subject))
    return found


def _check_conditions(admitted: Admitted, *, session_tags: bool, pin_known: bool) -> Iterator[FieldError]:
    """Errors of `trust.conditions`, which are ANDed into the generated statements."""
    if not admitted.conditions:
        return
    at, conditions = (*_AT, "conditions"), admitted.conditions
    if admitted.tagged:
        yield from check_for_eks(conditions, at, session_tags=session_tags)
    for listed in admitted.listed:
        yield from check_for_tokens(conditions, at, listed.key.removesuffix(":sub"))
    generated = {(operator, key.lower()) for operator, key in admitted.generated()} if pin_known else set()
    for operator, keys in conditions.items():
        for key in keys:
            if (operator, key.lower()) in generated:
                message = "is generated by trust.pin or another field of trust; a value here would replace it"
                yield FieldError((*at, operator, key), message)


def _check_statement(statement: Statement, at: Path, *, session_tags: bool) -> Iterator[FieldError]:
    """Errors of a trust statement of the user's, beyond those of its elements."""
    if statement.not_principal and statement.effect == "Allow":
        yield FieldError(
            (*at, "NotPrincipal"), "would admit everyone but those named; name who may assume the role in Principal"
        )
    if SERVICE in statement.principal.get("Service", ()):
        yield from check_for_eks(statement.condition, (*at, "Condition"), session_tags=session_tags)


def _check_size(document: PolicyDocument, admitted: Admitted, whose: str) -> Iterator[FieldError]:
    """A trust policy that is too long, by how much, and how to split it; `whose` says which role's it is."""
    characters = document.length
    excess = characters - admitted.max_characters
    if excess <= 0:
        return
    raised = (
        ""
        if admitted.max_characters == 8192
        else " (or raise trust.maxCharacters, if the account's quota was raised, up to 8192)"
    )
    limit = f"the {admitted.max_characters:,} of trust.maxCharacters"
    what = f"{whose} has {characters:,} characters, {excess:,} more than {limit}"
    room = admitted.max_characters - admitted.fixed
    if not admitted.divisible or room < admitted.shortest():
        field = "statements" if admitted.statements else "conditions" if admitted.conditions else "maxCharacters"
        yield FieldError((*_AT, field), f"{what}, which not even a single service account would fit; shorten it{raised}")
        return
    parts = -(-(characters - admitted.fixed) // room)
    # A statement for each issuer: that is shortened by fewer clusters, not by fewer service accounts.
    splitting = "clusters and service accounts" if len(admitted.listed) > 1 else "service accounts"
    message = (
        f"{what}, in {len(document.statements)} statements as short as was found: split the {splitting} over {parts} or more "
        f"PodIdentities, keeping those with the same namespaces and clusters together{raised}"
    )
    yield FieldError(("spec", "serviceAccounts"), message)

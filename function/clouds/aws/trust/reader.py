"""Decides the trust policies of a PodIdentity's roles: which callers they admit for which pods, and what is wrong with that.

The role that pods are given trusts EKS (pod_identity), the tokens of the clusters' issuers (irsa), or both. A target role
trusts the role before it (target_role). What the user wrote under spec.aws.trust comes on top.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from function.clouds.aws.account import AT, IRSA, POD_IDENTITY, Placement
from function.clouds.aws.iam.condition_reader import read_conditions
from function.clouds.aws.iam.policy import Conditions, PolicyDocument, Statement
from function.clouds.aws.iam.policy_reader import read_trust_statements
from function.clouds.aws.spec import AWS, Trust
from function.clouds.aws.trust import policy, target_role
from function.clouds.aws.trust.callers import check_callers
from function.clouds.aws.trust.condition_keys import check_for_eks, check_for_tokens
from function.clouds.aws.trust.irsa import trust_in_tokens
from function.clouds.aws.trust.judge import LeftOut, Unjudged, Who, left_out
from function.clouds.aws.trust.pod_identity import SERVICE, trust_in_eks
from function.clouds.aws.trust.policy import Admitted, ListStatement
from function.clouds.aws.trust.requests import Chained, Pod, Token
from function.clusters.kinds import Cluster
from function.clusters.vcluster_names import HostName
from function.errors import FieldError, Found, Path, Read, listed
from function.identity.subjects import Identity, Subject
from function.resources.readiness import few
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
    errors = Found([*conditions.errors, *statements.errors])
    unread = {index for error in statements.errors for index in error.path[len(_AT) + 1 : len(_AT) + 2]}
    for index, statement in enumerate(statements.value):
        errors += _check_statement(statement, (*_AT, "statements", index), session_tags=session_tags)
        if index not in unread:
            errors += check_callers(statement, (*_AT, "statements", index), placement.account.id)
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
    read = _written(admitted, "the trust policy", _SHAPE_OF_ROLE, errors, before)
    if read.errors or read.value is _UNKNOWN or not (written.conditions or written.statements):
        return read
    who = callers(
        identity,
        placement.with_credentials(POD_IDENTITY),
        placement.with_credentials(IRSA),
        placement.account.partition or "",
        session_tags=session_tags,
        source=spec.source_role_arn,
    )
    account = placement.account
    judged = left_out(read.value.json, tuple(who.values()), account.partition or "", account.id or "", "ServiceAccount")
    if isinstance(judged, Unjudged):
        return Read(replace(read.value, too_complex=judged is Unjudged.TOO_COMPLEX))
    return Read(read.value, tuple(_check_admits(read.value, len(written.statements), list(who), judged)))


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


def callers(
    identity: Identity,
    tagged: Collection[str],
    tokens: Collection[str],
    partition: str,
    *,
    session_tags: bool,
    source: Arn | None = None,
) -> dict[tuple[Subject, str], Who]:
    """All who are to be admitted: each service account by each of the credentials that it has.

    `tagged` and `tokens` are the handles of clusters with EKS Pod Identity and with IRSA; `source` is a role of somebody else's
    as which EKS assumes this one.
    """
    found: dict[tuple[Subject, str], Who] = {}
    clusters = {cluster.name: cluster for cluster in identity.clusters}
    for subject in identity.subjects:
        cluster, host = clusters[subject.cluster], identity.host(subject)
        if cluster.eks and cluster.name in tagged:
            pod = Pod(cluster.eks.arn(cluster.name, partition), *host, session_tags=session_tags)
            found[subject, "EKS Pod Identity"] = Chained(pod, source) if source else pod
        if cluster.name in tokens:
            found |= {(subject, by): Token(issuer, *host, cluster.audience_for_aws) for by, issuer in _by_issuer(cluster)}
    return found


def _by_issuer(cluster: Cluster) -> Iterator[tuple[str, Issuer]]:
    """The issuers of a cluster, and what to call credentials by each."""
    for issuer in cluster.issuers:
        yield "IRSA" if issuer == cluster.issuer else f"IRSA (issuer {issuer.name})", issuer


def _check_admits(
    document: PolicyDocument, written: int, who: Sequence[tuple[Subject, str]], missing: LeftOut
) -> Iterator[FieldError]:
    """Conditions and statements of the user's, the last `written`, that keep listed pods out whatever is not known yet.

    Where more than the service account is left open by the pin, they may narrow it to those who are listed.
    """
    if not missing:
        return
    denied_by = missing.denied_by
    own = None if denied_by is None else denied_by - (len(document.statements) - written)
    at = (*_AT, "conditions") if own is None else (*_AT, "statements", own)
    reason = missing.reason if own is None else f"it {missing.reason}"
    yield FieldError(at, f"would keep out {named(who, missing)}: {reason}")


def named(who: Sequence[tuple[Subject, str]], missing: LeftOut) -> str:
    """Those of the callers who are left out, in words."""
    some = (who[index] for index in missing.indices)
    return listed(few(f"{s.service_account} in {s.cluster}/{s.namespace} by {how}" for s, how in some))


def _chain(identity: Identity, spec: AWS, placement: Placement, source: Arn, statements: tuple[Statement, ...]) -> Admitted:
    """Whom a target role trusts: the first role, for the listed subjects. The user's conditions are not for it."""
    most, subjects = (spec.trust or Trust()).max_characters, _pod_tags(identity, placement)
    if not spec.disable_session_tags:
        tagged = target_role.trust_with_tags(source, subjects, spec.pin)
        return Admitted(tagged=tagged if tagged.subjects else None, statements=statements, max_characters=most)
    pods, tagging = target_role.trust_by_external_id(source, subjects)
    return Admitted(listed=(pods,) if pods.values else (), constant=(tagging,), statements=statements, max_characters=most)


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
    clusters = {c.name: c for c in identity.clusters if c.name in handles}
    for subject in identity.subjects:
        cluster = clusters.get(subject.cluster)
        for issuer in cluster.issuers if cluster else ():
            found.setdefault((issuer, clusters[subject.cluster].audience_for_aws), []).append(identity.host(subject))
    return found


def _check_conditions(admitted: Admitted, *, session_tags: bool, pin_known: bool) -> Iterator[FieldError]:
    """Errors of `trust.conditions`, which are ANDed into the generated statements."""
    if not admitted.conditions:
        return
    at, conditions = (*_AT, "conditions"), admitted.conditions
    by_eks = list(check_for_eks(conditions, at, session_tags=session_tags)) if admitted.tagged else []
    by_tokens = list(check_for_tokens(conditions, at, [each.key.removesuffix(":sub") for each in admitted.listed]))
    both = bool(admitted.tagged and admitted.listed)
    yield from _not_optional(by_eks, by_tokens, conditions, both=both)
    yield from _not_optional(by_tokens, by_eks, conditions, both=both)
    generated = {(operator, key.lower()) for operator, key in admitted.generated()} if pin_known else set()
    for operator, keys in conditions.items():
        for key in keys:
            if (operator, key.lower()) in generated:
                message = "is generated by trust.pin or another field of trust; a value here would replace it"
                yield FieldError((*at, operator, key), message)


def _not_optional(
    errors: Iterable[FieldError], of_other: Iterable[FieldError], conditions: Conditions, *, both: bool
) -> Iterator[FieldError]:
    """The errors, but for keys that only the other of two callers sends, where the condition holds without them."""
    wrong_anyway = {error.path for error in of_other}
    for error in errors:
        operator, key = str(error.path[-2]), str(error.path[-1])
        optional = operator.endswith("IfExists") or (operator == "Null" and conditions[operator][key] == ("true",))
        if not both or not optional or error.path in wrong_anyway:
            yield error


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

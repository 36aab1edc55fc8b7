"""What AWS would refuse although every field reads well alone: roles, associations and session tags."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from function.clouds.aws.account import AT, IRSA, POD_IDENTITY, USE_TARGET_ROLE, Account, Placement
from function.clouds.aws.permissions.reader import NOT_ATTACHABLE, OF_SERVICE_ROLES
from function.clouds.aws.previous import Previous, PreviousRole
from function.clouds.aws.resource_names import role_key
from function.clouds.aws.spec import AWS, Role, TargetRole
from function.clouds.aws.tags import check_tags
from function.conditions import ROLE_READY
from function.errors import FieldError, Path, listed, quoted
from function.identity.shared_hosts import Shared, shared_accounts, shared_namespaces
from function.identity.subjects import Identity, Subject
from function.spec.arn import Arn

WHERE_PIN_IS_DECIDED: tuple[Path, ...] = ((*AT, "trust", "pin"), (*AT, "role", "arn"), (*AT, "sourceRoleArn"))
"""The fields by which `_check_session_tags` judges; it is not asked where one of them could not be read."""

_OF_COMPOSED_ROLE = {
    "name": "name",
    "path": "path",
    "description": "description",
    "max_session_duration": "maxSessionDuration",
    "permissions_boundary_arn": "permissionsBoundaryArn",
    "revoke_sessions_before": "revokeSessionsBefore",
}


def check(
    identity: Identity,
    spec: AWS,
    placement: Placement,
    target_account: Account,
    previous: Previous,
    *,
    subjects_known: bool,
    pin_known: bool,
) -> Iterator[FieldError]:
    """Errors that need more than one field, but no policy.

    Rules about subjects, and about what the pin is decided by, are asked only where those could be read.
    """
    target = spec.target_role
    yield from spec.provider_config_ref.check(identity.scope, (*AT, "providerConfigRef"))
    if target is not None and target.provider_config_ref is not None:
        yield from target.provider_config_ref.check(identity.scope, (*AT, "targetRole", "providerConfigRef"))
    yield from _check_role(spec, placement)
    yield from _check_target_role(spec, placement, target_account)
    if not spec.role.observe:
        yield from _check_hand_over(spec.role.arn, (*AT, "role"), previous)
    yield from _check_hand_over(target.arn if target else None, (*AT, "targetRole"), previous)
    if pin_known:
        yield from _check_session_tags(spec)
    yield from _check_trust_sources(spec, placement)
    if subjects_known:
        yield from _check_sharing(spec, identity)
    yield from _check_irsa(spec, placement)
    yield from _check_existing_associations(spec, identity, placement, subjects_known=subjects_known)
    if identity.tags or spec.associations.tags:
        yield from check_tags(identity.tags, spec.associations.tags)


def _check_role(spec: AWS, placement: Placement) -> Iterator[FieldError]:
    """Errors of `spec.aws.role`, apart from those of single fields."""
    at: Path = (*AT, "role")
    if spec.role.arn is not None:
        yield from _check_existing_role(spec, placement)
    elif spec.role.observe:
        yield FieldError((*at, "observe"), "looks at an existing role: it needs role.arn")
    yield from _check_composed(spec.role, at, placement.account)


def _check_composed(role: Role | TargetRole, at: Path, account: Account) -> Iterator[FieldError]:
    if role.name is not None and role.name.lower().startswith("awsservicerolefor"):
        yield FieldError((*at, "name"), "names a service-linked role, which only AWS can make")
    if role.path is not None and role.path.startswith("/aws-service-role/"):
        yield FieldError((*at, "path"), "is the path of service-linked roles, which only AWS can make")
    boundary = role.permissions_boundary_arn
    if boundary is not None and (message := account.foreign(boundary, aws_owned=True)):
        yield FieldError((*at, "permissionsBoundaryArn"), message)
    elif boundary is not None and boundary.resource.startswith(OF_SERVICE_ROLES):
        yield FieldError((*at, "permissionsBoundaryArn"), f"{quoted(boundary)} {NOT_ATTACHABLE}")


def _not_with_arn(role: Role | TargetRole, at: Path, whose: str) -> Iterator[FieldError]:
    for field, alias in _OF_COMPOSED_ROLE.items():
        if getattr(role, field) is not None:
            yield FieldError((*at, alias), f"cannot be set with {whose}.arn, which names an existing role that is not changed")


def _check_existing_role(spec: AWS, placement: Placement) -> Iterator[FieldError]:
    at, account, arn = (*AT, "role"), placement.account, spec.role.arn
    yield from _not_with_arn(spec.role, at, "role")
    if spec.permissions is not None:
        yield FieldError((*AT, "permissions"), "cannot be set with role.arn: an existing role keeps its own")
    yield from _trust_of_existing(spec)
    if not spec.associations.create and _nothing_else(spec, placement):
        yield FieldError(
            (*AT, "association", "create"), "is false and role.arn names an existing role: nothing is left to compose"
        )
    if arn is None or not arn.aws_partition:
        return
    if arn.resource.startswith("role/aws-service-role/"):
        yield FieldError((*at, "arn"), "is a service-linked role, which pods cannot be given")
    if account.id and arn.account != account.id:
        whose = "the clusters in" if placement.with_credentials(POD_IDENTITY) else "spec.aws.accountId is"
        rule = f": {USE_TARGET_ROLE}" if placement.with_credentials(POD_IDENTITY) else ""
        yield FieldError((*at, "arn"), f"is in account {arn.account}, {whose} {account.id}{rule}")
    elif foreign := account.foreign(arn, aws_owned=False):
        yield FieldError((*at, "arn"), foreign)


def _trust_of_existing(spec: AWS) -> Iterator[FieldError]:
    """With an existing role, trust can hold only pin and maxCharacters: for role.observe, and for a composed target role."""
    if spec.trust is None:
        return
    judged = spec.role.observe or (spec.target_role is not None and spec.target_role.account_id is not None)
    if not judged:
        yield FieldError((*AT, "trust"), "cannot be set with role.arn: an existing role keeps its own")
    elif spec.trust.model_fields_set - {"pin", "max_characters"}:
        yield FieldError(
            (*AT, "trust"), "can have pin and maxCharacters alone with role.arn: an existing role keeps its own trust"
        )


def _nothing_else(spec: AWS, placement: Placement) -> bool:
    target = spec.target_role is not None and spec.target_role.account_id is not None
    return not (spec.role.observe or target or placement.with_credentials(IRSA))


def _check_target_role(spec: AWS, placement: Placement, account: Account) -> Iterator[FieldError]:
    """Errors of `spec.aws.targetRole`; `account` is where the target role is to be."""
    target, at = spec.target_role, (*AT, "targetRole")
    if target is None:
        return
    if tokens := sorted(placement.with_credentials(IRSA)):
        message = f"EKS chains roles for pod identity associations alone, and {listed(tokens)} would get credentials by IRSA"
        yield FieldError(at, message)
    if target.arn is not None:
        yield from _not_with_arn(target, at, "targetRole")
        for field, alias in (("permissions", "permissions"), ("provider_config_ref", "providerConfigRef")):
            if getattr(target, field) is not None:
                yield FieldError(
                    (*at, alias), "cannot be set with targetRole.arn, which names an existing role that is not changed"
                )
        if foreign := account.foreign_partition(target.arn):
            yield FieldError((*at, "arn"), foreign)
    elif target.provider_config_ref is None and target.account_id and placement.account.id not in (None, target.account_id):
        message = f"is required: the target role is in account {target.account_id}, the first role in {placement.account.id}"
        yield FieldError((*at, "providerConfigRef"), message)
    if not spec.associations.create:
        message = "is false, but EKS assumes targetRole only through an association"
        yield FieldError((*AT, "association", "create"), message)
    yield from _check_composed(target, at, account)


def same_role(one: Arn, other: Arn) -> bool:
    """Whether two ARNs are of one role: IAM's names are unique ignoring case, and across paths."""
    known = one.aws_partition and other.aws_partition
    return bool(known) and (one.account, one.name.lower()) == (other.account, other.name.lower())


def check_not_before_itself(arn: Arn, statements: Sequence[Any], at: Path) -> Iterator[FieldError]:
    """Trust statements that name the role, which is not there yet."""
    for index, statement in enumerate(statements):
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        names = principal.get("AWS") if isinstance(principal, Mapping) else None
        if arn in (names if isinstance(names, list) else [names]):
            message = (
                f"{quoted(arn)} is this role, which IAM does not know before it is there: name the account's root, "
                f"arn:{arn.aws_partition}:iam::{arn.account}:root, with condition ArnEquals aws:PrincipalArn {arn}"
            )
            yield FieldError((*at, index, "Principal", "AWS"), message)


def check_not_itself(first: Arn, then: Arn, at: Path) -> Iterator[FieldError]:
    """A role chained to itself."""
    if same_role(first, then):
        yield FieldError(at, f"is {then}, the very role that is to assume it: a role cannot be chained to itself")


def check_source_role(spec: AWS, account: Account, composed: Arn) -> Iterator[FieldError]:
    """Errors of `spec.aws.sourceRoleArn` with what it excludes; `composed` is the role that it may assume."""
    if spec.source_role_arn is None:
        return
    if same_role(spec.source_role_arn, composed):
        message = f"is {spec.source_role_arn}, the very role that is composed here: a role cannot be chained to itself"
        yield FieldError((*AT, "sourceRoleArn"), message)
    if foreign := account.foreign_partition(spec.source_role_arn):
        yield FieldError((*AT, "sourceRoleArn"), foreign)
    excluded = {
        "credentials": spec.credentials,
        "irsa": spec.irsa,
        "targetRole": spec.target_role,
        "association": spec.association,
        "role.arn": spec.role.arn,
    }
    for name, value in excluded.items():
        if value is not None:
            message = (
                "cannot be set with sourceRoleArn, whose owner associates it: what is composed here is its target role alone"
            )
            yield FieldError((*AT, *name.split(".")), message)


def _check_trust_sources(spec: AWS, placement: Placement) -> Iterator[FieldError]:
    """Parts of trust that would have no effect, or that no caller could satisfy."""
    trust, at = spec.trust, (*AT, "trust")
    tokens = sorted(placement.with_credentials(IRSA)) if spec.source_role_arn is None else []
    if tokens and spec.role.arn is None and spec.pin in ("Cluster", "None"):
        message = (
            f'"{spec.pin}" cannot be used with IRSA ({listed(tokens)}), whose tokens can be pinned by service account or '
            "namespace only"
        )
        yield FieldError((*at, "pin"), message)
    if trust is None:
        return
    for field, alias in (("source_account", "sourceAccount"), ("source_organization", "sourceOrganization")):
        if not getattr(trust, field):
            continue
        if spec.source_role_arn is not None:
            yield FieldError((*at, alias), "is not sent when sourceRoleArn assumes the role: it would deny every pod")
        elif not placement.with_credentials(POD_IDENTITY) and placement.credentials:
            yield FieldError((*at, alias), "is sent by EKS Pod Identity alone, which no cluster uses: it would say nothing")
    if trust.conditions and spec.source_role_arn is not None:
        message = "are for the role that pods are given; with sourceRoleArn the role composed here is a target role"
        yield FieldError((*at, "conditions"), message)


def _check_sharing(spec: AWS, identity: Identity) -> Iterator[FieldError]:
    """Pods that cannot be told from listed ones, since vclusters of a cluster give them the same host names."""
    groups = {cluster.name: cluster.where for cluster in identity.clusters}
    told_apart = len(set(groups.values())) == len(groups) and not any(cluster.vcluster for cluster in identity.clusters)
    if told_apart or spec.pin not in ("ServiceAccount", "Namespace"):
        return
    clusters = {cluster.name: cluster for cluster in identity.clusters}
    pinned = shared_namespaces if spec.pin == "Namespace" else shared_accounts
    for shared in pinned(identity, groups):
        words = shared.words(identity.host(shared.subject))
        if shared.cluster.shares_issuer and clusters[shared.subject.cluster].shares_issuer:
            yield FieldError(("spec", "serviceAccounts"), _same_issuer(shared))
        elif shared.namespace:
            yield FieldError(("spec", "serviceAccounts"), words)
        else:
            yield FieldError((*AT, "trust", "pin"), f'"Namespace" cannot be pinned: {words}')


def _same_issuer(shared: Shared) -> str:
    subject, handle, issuer = shared.subject, shared.cluster.name, shared.cluster.issuer
    who = f"{subject.service_account} in namespace {subject.namespace}" if shared.name else f"namespace {subject.namespace}"
    return (
        f"{who} is listed for {subject.cluster} and not for {handle}, but both clusters have issuer {issuer}, so that AWS "
        f"cannot tell their pods apart: its pods in {handle} would be admitted, too; list it for both, or rename it in one of "
        "them"
    )


def _check_irsa(spec: AWS, placement: Placement) -> Iterator[FieldError]:
    """`spec.aws.irsa` where there is none."""
    if (
        spec.irsa is not None
        and placement.credentials
        and not placement.with_credentials(IRSA)
        and spec.source_role_arn is None
    ):
        yield FieldError((*AT, "irsa"), "is for IRSA, which no cluster uses: add it to credentials, or leave this out")


def _check_existing_associations(
    spec: AWS, identity: Identity, placement: Placement, *, subjects_known: bool
) -> Iterator[FieldError]:
    """Errors of `spec.aws.association.existing`."""
    at, associations = (*AT, "association", "existing"), spec.associations
    if associations.existing and not associations.create:
        yield FieldError(at, "cannot be set with association.create: false")
    ids: set[tuple[tuple[str, ...], str]] = set()
    places = {cluster.name: cluster.where for cluster in identity.clusters}
    taken: set[Subject] = set()
    known, tagged = set(identity.subjects), placement.with_credentials(POD_IDENTITY)
    for index, entry in enumerate(associations.existing):
        subject = Subject(entry.cluster, entry.namespace, entry.service_account)
        if subjects_known and subject not in known:
            message = (
                "no such service account is listed: cluster, namespace and serviceAccount must be those of spec.serviceAccounts"
            )
            yield FieldError((*at, index), message)
        elif subjects_known and entry.cluster not in tagged:
            yield FieldError((*at, index, "cluster"), f"the pods of {entry.cluster} use IRSA alone, which has no associations")
        if subject in taken:
            yield FieldError((*at, index), "an earlier entry is for the same service account")
        # Vclusters of a cluster have its associations in common.
        where = places.get(entry.cluster, (entry.cluster,))
        if (where, entry.id) in ids:
            yield FieldError((*at, index, "id"), f"{quoted(entry.id)} is the id of an earlier entry of this cluster")
        taken.add(subject)
        ids.add((where, entry.id))


def _check_session_tags(spec: AWS) -> Iterator[FieldError]:
    """Without session tags the default pin would deny every pod, and another one has to be somebody's decision."""
    decided = spec.role.arn is not None or spec.source_role_arn is not None or spec.pin in ("Cluster", "None")
    if spec.disable_session_tags and not decided:
        message = "no session tag arrives, so no single pod can be pinned: write trust.pin: Cluster or None"
        yield FieldError((*AT, "disableSessionTags"), message)


def check_role_stays(role: PreviousRole, account: str, name: str, path: str, at: Path) -> Iterator[FieldError]:
    """IAM cannot move a role, its names are unique across paths, and ignoring case; `role` is the one that exists."""
    old, arn = role.name_in(account), role.arn
    # Before the role is there, its external name is but an annotation, and becomes what is asked for.
    if old is not None and old != name and arn is not None:
        message = (
            f"{quoted(name)} differs from {quoted(old)} in case alone, which IAM takes for the same role: keep {quoted(old)}"
        )
        yield FieldError((*at, "name"), message)
    if arn is None or arn.account != account or arn.name != old:
        return
    if arn.path != path:
        change = f"the path of role {name} is {quoted(arn.path)} and cannot become {quoted(path)}"
        yield FieldError((*at, "path"), f"{change}: keep it, or give the role another name")


def check_account_stays(
    account: str, config: Mapping[str, str], key: str, at: Path, previous: Previous
) -> Iterator[FieldError]:
    """A provider config reaches one account, and a role that is observed through it says which.

    Another account, written by mistake, would take away what exists, and nothing could be made in its place.
    """
    for role in previous.roles:
        arn = role.arn
        if arn is None or arn.account == account or role.key == key:
            continue
        if role.provider_config == (config.get("kind", ""), config["name"]):
            message = (
                f"is {account}, but provider config {config['name']} reaches account {arn.account}, where role "
                f"{arn.name} exists: nothing is changed until this says {arn.account}, or providerConfigRef names "
                f"another provider config, that of {account}"
            )
            yield FieldError(at, message, ROLE_READY)


def _check_hand_over(existing: Arn | None, at: Path, previous: Previous) -> Iterator[FieldError]:
    """A role that is composed and becomes an existing one would be deleted, and associated all the same."""
    known = existing is not None and existing.aws_partition
    role = previous.role(role_key(existing.account, existing.name)) if existing and known else None
    if role is not None and role.deleted_with_it:
        message = (
            "is the role that is composed here, which would be deleted; to hand it over, take Delete out of "
            "spec.managementPolicies first (Observe, Create, Update, LateInitialize), and then name its ARN"
        )
        yield FieldError((*at, "arn"), message)

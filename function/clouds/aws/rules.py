"""What AWS would refuse although every field reads well alone: clusters, role, permissions and associations."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from function.clouds.aws.eks import cluster_arn_of
from function.clouds.aws.history import History
from function.clouds.aws.iam.arn import Arn, partition_of
from function.clouds.aws.keys import role_key
from function.clouds.aws.spec import AWS
from function.clusters import Cluster
from function.errors import FieldError, Path, quoted
from function.parsing import Parsed
from function.subjects import Identity, Subject

AT: Path = ("spec", "aws")
_IN_CLUSTER_ACCOUNT = "association role must be in the cluster's account; write one PodIdentity per account"
_INLINE_MAX = 10_240
_ACCOUNT_DIGITS = 12

_OF_COMPOSED_ROLE = {
    "name": "name",
    "path": "path",
    "description": "description",
    "max_session_duration": "maxSessionDuration",
    "permissions_boundary_arn": "permissionsBoundaryArn",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the role has to be; None where the XR does not say so yet."""

    account: str | None
    partition: str | None

    def foreign(self, text: str, *, aws_owned: bool) -> str | None:
        """Why an ARN cannot be used in this place."""
        arn = Arn.parse(text)
        if arn is None:
            return None
        if self.partition and arn.partition != self.partition:
            return f"partition mismatch: {quoted(text)} is in {arn.partition}, the clusters are in {self.partition}"
        if self.account and arn.account != self.account and not (aws_owned and arn.account == "aws"):
            return f"{quoted(text)} is in account {arn.account}, the role in {self.account}"
        return None


def check_clusters(clusters: Iterable[tuple[int, Cluster]], spec: AWS) -> tuple[Place, list[FieldError]]:
    """The place that the clusters put the role in, and what is wrong with them."""
    account, partition = spec.account_id, None
    first_account: str | None = None
    arns: set[str] = set()
    errors = []
    for index, cluster in clusters:
        at: Path = ("spec", "clusters", index, "eks")
        eks, here = cluster.eks, partition_of(cluster.eks.region)
        if len(eks.account_id) != _ACCOUNT_DIGITS:
            continue
        if here is None:
            errors.append(FieldError((*at, "region"), f"{quoted(eks.region)} is not a region of any partition of AWS"))
            continue
        partition, first_account = partition or here, first_account or eks.account_id
        if here != partition:
            errors.append(FieldError((*at, "region"), f"is in partition {here}, an earlier cluster in {partition}"))
        if eks.account_id != first_account:
            message = f"is {eks.account_id}, an earlier cluster's is {first_account}: {_IN_CLUSTER_ACCOUNT}"
            errors.append(FieldError((*at, "accountId"), message))
        arn = cluster_arn_of(cluster, here)
        if arn in arns:
            errors.append(FieldError(at, f"an earlier entry is the same cluster, {arn}"))
        arns.add(arn)
    if account and first_account and account != first_account:
        message = f"is {account}, the clusters' account is {first_account}: {_IN_CLUSTER_ACCOUNT}"
        errors.append(FieldError((*AT, "accountId"), message))
    return Place(first_account or account, partition), errors


def check_role(spec: AWS, place: Place) -> Iterator[FieldError]:
    """Faults of `spec.aws.role`, apart from those of single fields."""
    role, at = spec.role, (*AT, "role")
    if role.arn is not None:
        yield from _check_existing_role(spec, place)
    if role.name is not None and role.name.lower().startswith("awsservicerolefor"):
        yield FieldError((*at, "name"), "names a service-linked role, which only AWS can make")
    if role.path is not None and role.path.startswith("/aws-service-role/"):
        yield FieldError((*at, "path"), "is the path of service-linked roles, which only AWS can make")
    boundary = role.permissions_boundary_arn
    if boundary is not None and (message := place.foreign(boundary, aws_owned=True)):
        yield FieldError((*at, "permissionsBoundaryArn"), message)


def _check_existing_role(spec: AWS, place: Place) -> Iterator[FieldError]:
    at = (*AT, "role")
    for field, alias in _OF_COMPOSED_ROLE.items():
        if getattr(spec.role, field) is not None:
            yield FieldError((*at, alias), "cannot be set with role.arn, which names an existing role that is not changed")
    for section in ("permissions", "trust"):
        if getattr(spec, section) is not None:
            yield FieldError((*AT, section), "cannot be set with role.arn: an existing role keeps its own")
    if not spec.association.create:
        yield FieldError(
            (*AT, "association", "create"), "is false and role.arn names an existing role: nothing is left to compose"
        )
    arn = Arn.parse(spec.role.arn or "")
    if arn and arn.resource.startswith("role/aws-service-role/"):
        yield FieldError((*at, "arn"), "is a service-linked role, which pods cannot be given")
    if arn and place.account and arn.account != place.account:
        message = f"is in account {arn.account}, the clusters in {place.account}: {_IN_CLUSTER_ACCOUNT}"
        yield FieldError((*at, "arn"), message)
    elif foreign := place.foreign(spec.role.arn or "", aws_owned=False):
        yield FieldError((*at, "arn"), foreign)


def check_managed_policies(arns: Iterable[str], place: Place) -> Iterator[FieldError]:
    """Faults of `spec.aws.permissions.managedPolicyArns`."""
    for index, arn in enumerate(arns):
        if message := place.foreign(arn, aws_owned=True):
            yield FieldError((*AT, "permissions", "managedPolicyArns", index), message)


def check_inline_policies(names: list[str], characters: int) -> Iterator[FieldError]:
    """Faults of the inline policies together: names that meet, and their length, white space not counted."""
    at = (*AT, "permissions", "inlinePolicies")
    for name, count in Counter(names).items():
        if count > 1:
            repeated = [index for index, other in enumerate(names) if other == name]
            yield FieldError((*at, repeated[1], "name"), f"{quoted(name)} is the name of an earlier policy")
    if characters > _INLINE_MAX:
        message = (
            f"the policies have {characters:,} characters in all, white space not counted; a role holds {_INLINE_MAX:,}: "
            "shorten them, or make some of them managed policies and attach those"
        )
        yield FieldError(at, message)


def check_existing_associations(spec: AWS, identity: Identity, *, subjects_known: bool) -> Iterator[FieldError]:
    """Faults of `spec.aws.association.existing`."""
    at = (*AT, "association", "existing")
    if spec.association.existing and not spec.association.create:
        yield FieldError(at, "cannot be set with association.create: false")
    ids: set[tuple[str, str]] = set()
    taken: set[Subject] = set()
    known = set(identity.subjects)
    for index, entry in enumerate(spec.association.existing):
        subject = Subject(entry.cluster, entry.namespace, entry.service_account)
        if subjects_known and subject not in known:
            message = (
                "no such service account is listed: cluster, namespace and serviceAccount must be those of spec.serviceAccounts"
            )
            yield FieldError((*at, index), message)
        if subject in taken:
            yield FieldError((*at, index), "an earlier entry is for the same service account")
        if (entry.cluster, entry.id) in ids:
            yield FieldError((*at, index, "id"), f"{quoted(entry.id)} is the id of an earlier entry of this cluster")
        taken.add(subject)
        ids.add((entry.cluster, entry.id))


def check_session_tags(parsed: Parsed[AWS], spec: AWS) -> Iterator[FieldError]:
    """Without session tags the default pin would deny every pod, and another one has to be somebody's decision."""
    if (
        not spec.disable_session_tags
        or spec.role.arn is not None
        or not parsed.whole((*AT, "trust", "pin"), (*AT, "role", "arn"))
    ):
        return
    if (spec.trust.pin if spec.trust else "ServiceAccount") in ("ServiceAccount", "Namespace"):
        message = "no session tag arrives, so no single pod can be pinned: write trust.pin: Cluster or None"
        yield FieldError((*AT, "disableSessionTags"), message)


def check_role_stays(account: str, name: str, path: str, history: History) -> Iterator[FieldError]:
    """IAM cannot move a role, its names are unique across paths, and ignoring case."""
    role = history.role(role_key(account, name))
    if role is None:
        return
    old = role.name or name
    if old != name:
        message = (
            f"{quoted(name)} differs from {quoted(old)} in case alone, which IAM takes for the same role: keep {quoted(old)}"
        )
        yield FieldError((*AT, "role", "name"), message)
    arn = Arn.parse(role.arn or "")
    if arn is None or arn.account != account or arn.path_and_name[1] != old:
        return
    old_path = arn.path_and_name[0]
    if old_path != path:
        change = f"the path of role {name} is {quoted(old_path)} and cannot become {quoted(path)}"
        yield FieldError((*AT, "role", "path"), f"{change}: keep it, or give the role another name")


def check_hand_over(spec: AWS, history: History) -> Iterator[FieldError]:
    """A role that is composed and becomes an existing one would be deleted, and associated all the same."""
    arn = Arn.parse(spec.role.arn or "")
    role = history.role(role_key(arn.account, arn.path_and_name[1])) if arn else None
    if role is not None and role.deleted_with_it:
        message = (
            "is the role that is composed here, which would be deleted; to hand it over, take Delete out of "
            "spec.managementPolicies first (Observe, Create, Update, LateInitialize), and then name its ARN"
        )
        yield FieldError((*AT, "role", "arn"), message)

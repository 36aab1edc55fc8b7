"""Who gets an identity: clusters x service accounts, and the pods of each pair."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import Field

from function.clusters import Cluster
from function.composition import Flavour
from function.errors import FieldError, quoted
from function.schema import Distinct, DNSLabel, Exclusive, Exclusively, Maybe, Namespace, NotEmpty, ServiceAccountName

# Crossplane reads, applies and watches every one of them in a single reconcile, which it gives two minutes.
MAX_SUBJECTS = 1024


class ServiceAccount(Exclusively):
    """Kubernetes service accounts of one name that get the identity."""

    RULES = (Exclusive(("namespace", "namespaces")),)

    name: ServiceAccountName
    """The service account's name; exact, no wildcards. Example: `demo-sa`."""
    namespace: Maybe[Namespace] = None
    """Its namespace. Default: the namespace of the PodIdentity or claim. Example: `default`."""
    namespaces: Maybe[Annotated[list[Namespace], NotEmpty, Field(max_length=64), Distinct]] = None
    """Several namespaces instead of one: a service account of this name in
    each. Default: the one of `namespace`. Example: `[blue, green]`."""
    clusters: Maybe[Annotated[list[DNSLabel], NotEmpty, Field(max_length=16), Distinct]] = None
    """The `name`s of the clusters where it gets the identity. Default: all of `spec.clusters`. Example: `[prod]`."""


class Owner(NamedTuple):
    """Whose identity it is: the PodIdentity, or the claim. Names and guardrails follow the owner."""

    namespace: str
    name: str


class Subject(NamedTuple):
    """The pods of one service account in one cluster, which is called by its handle."""

    cluster: str
    namespace: str
    service_account: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The part of a PodIdentity that says nothing of a cloud."""

    owner: Owner
    flavour: Flavour
    clusters: tuple[Cluster, ...]
    subjects: tuple[Subject, ...]
    management_policies: tuple[str, ...]
    tags: Mapping[str, str]
    service_account_management: str = "None"
    deletion_order: str = "None"


def expand(
    owner: Owner, clusters: list[Cluster], service_accounts: list[ServiceAccount], *, handles_known: bool
) -> tuple[tuple[Subject, ...], list[FieldError]]:
    """Every (cluster, namespace, service account) that the lists name, in their order, and what is wrong with the lists.

    `handles_known` is False where a cluster could not be read: then no reference to one can be judged.
    """
    handles = {cluster.name for cluster in clusters}
    errors = [*_repeated_handles(clusters)]
    found: dict[Subject, None] = {}
    for index, account in enumerate(service_accounts):
        at = ("spec", "serviceAccounts", index)
        for position, handle in enumerate(account.clusters or ()):
            if handles_known and handle not in handles:
                message = f"{quoted(handle)} is not the name of an entry of spec.clusters"
                errors.append(FieldError((*at, "clusters", position), message))
        if account.namespace is None and account.namespaces is None and not owner.namespace:
            errors.append(FieldError((*at, "namespace"), "is required: an XPodIdentity without a claim has no namespace"))
        elif len(found) <= MAX_SUBJECTS:
            errors += _add(found, index, list(_subjects(account, owner, clusters)))
    if len(found) > MAX_SUBJECTS:
        message = f"more than {MAX_SUBJECTS} combinations of cluster, namespace and name; split them over several PodIdentities"
        errors.append(FieldError(("spec", "serviceAccounts"), message))
    return tuple(found), errors


def _repeated_handles(clusters: list[Cluster]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, cluster in enumerate(clusters):
        if cluster.name in seen:
            yield FieldError(("spec", "clusters", index, "name"), f"{quoted(cluster.name)} is the name of an earlier entry")
        seen.add(cluster.name)


def _subjects(account: ServiceAccount, owner: Owner, clusters: list[Cluster]) -> Iterator[Subject]:
    namespaces = account.namespaces or [account.namespace or owner.namespace]
    wanted = None if account.clusters is None else set(account.clusters)
    for handle in dict.fromkeys(cluster.name for cluster in clusters):
        if wanted is None or handle in wanted:
            for namespace in namespaces:
                yield Subject(handle, namespace, account.name)


def _add(found: dict[Subject, None], index: int, subjects: list[Subject]) -> Iterator[FieldError]:
    """Put the subjects of entry `index` down; a fault where an entry before it named some of them."""
    repeated = [subject for subject in subjects if subject in found]
    found.update(dict.fromkeys(subjects))
    if repeated:
        one = repeated[0]
        more = f" (and {len(repeated) - 1} more of this entry)" if len(repeated) > 1 else ""
        message = (
            f"an earlier entry lists {one.service_account} in namespace {one.namespace} of cluster {one.cluster}{more}: "
            "duplicate association; EKS would return ResourceInUseException"
        )
        yield FieldError(("spec", "serviceAccounts", index), message)

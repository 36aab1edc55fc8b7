"""Who gets an identity: clusters x service accounts, and the pods of each pair."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import Field

from function.clusters.kinds import Cluster
from function.clusters.vcluster_names import HostName
from function.errors import FieldError, Path, quoted
from function.identity.status import ServiceAccountStatus
from function.spec.management import Scope
from function.spec.model import Distinct, Exclusive, Exclusively, Maybe, NotEmpty
from function.spec.patterns import LABEL_MAX, DNSLabel, Namespace, ServiceAccountName

# Crossplane reads, applies and watches every one of them in a single reconcile, which it gives two minutes.
MAX_SUBJECTS = 1024

_DUPLICATE = "duplicate association; EKS would return ResourceInUseException"


class ServiceAccount(Exclusively):
    """Kubernetes service accounts of one name that get the identity."""

    RULES = (Exclusive(("namespace", "namespaces")),)

    name: ServiceAccountName
    """The service account's name; exact, no wildcards. Example: `demo-sa`."""
    namespace: Maybe[Namespace] = None
    """Its namespace; in a vcluster the one within it, which has to be written. Default: the namespace of the PodIdentity or
    claim. Example: `default`."""
    namespaces: Maybe[Annotated[list[Namespace], Field(max_length=64), NotEmpty, Distinct]] = None
    """Several namespaces instead of one: a service account of this name in
    each. Default: the one of `namespace`. Example: `[blue, green]`."""
    clusters: Maybe[Annotated[list[DNSLabel], Field(max_length=16), NotEmpty, Distinct]] = None
    """The `name`s of the clusters where it gets the identity. Default: all of `spec.clusters`. Example: `[prod]`."""


class Owner(NamedTuple):
    """Whose identity it is: the PodIdentity, or the claim. Derived names follow from it."""

    namespace: str
    name: str


class Subject(NamedTuple):
    """The pods of one service account in one cluster, which is called by its handle; in a vcluster by their names there."""

    cluster: str
    namespace: str
    service_account: str


Hosts = Mapping[Subject, HostName]
"""What host clusters call those that are in a vcluster."""


@dataclass(frozen=True)
class Identity:
    """The part of a PodIdentity that says nothing of a cloud."""

    owner: Owner
    scope: Scope
    clusters: tuple[Cluster, ...]
    subjects: tuple[Subject, ...]
    management_policies: tuple[str, ...]
    tags: Mapping[str, str]
    service_account_management: str = "None"
    deletion_order: str = "None"
    hosts: Hosts = field(default_factory=dict)
    without_agent: frozenset[str] = frozenset()
    """The handles of the clusters that are known to have no EKS Pod Identity Agent."""

    @cached_property
    def vclusters(self) -> Mapping[str, str]:
        """The names of the vclusters, by the handles of their clusters."""
        return {cluster.name: cluster.vcluster.name for cluster in self.clusters if cluster.vcluster}

    def host(self, subject: Subject) -> HostName:
        """The subject's host names; outside a vcluster, its own namespace and service account."""
        return self.hosts.get(subject) or HostName(subject.namespace, subject.service_account)


def expand(
    owner: Owner, clusters: list[Cluster], service_accounts: list[ServiceAccount], *, handles_known: bool
) -> tuple[tuple[Subject, ...], Hosts, list[FieldError]]:
    """Every (cluster, namespace, service account) that the lists name, in their order, and what is wrong with the lists.

    Those in vclusters have the names of the host cluster, too.
    `handles_known` is False where a cluster could not be read: then no reference to one can be judged.
    """
    handles = {cluster.name for cluster in clusters}
    eks = {cluster.name for cluster in clusters if cluster.eks}
    errors = [*_repeated_handles(clusters)]
    found: dict[Subject, int] = {}
    for index, account in enumerate(service_accounts):
        at = ("spec", "serviceAccounts", index)
        for position, handle in enumerate(account.clusters or ()):
            if handles_known and handle not in handles:
                message = f"{quoted(handle)} is not the name of an item of spec.clusters"
                errors.append(FieldError((*at, "clusters", position), message))
        missing = _namespace_missing(account, owner, clusters)
        if missing:
            errors.append(FieldError((*at, "namespace"), missing))
        elif len(found) <= MAX_SUBJECTS:
            errors += _add(found, index, list(_subjects(account, owner, clusters)), eks)
    if len(found) > MAX_SUBJECTS:
        message = f"more than {MAX_SUBJECTS} combinations of cluster, namespace and name; split them over several PodIdentities"
        errors.append(FieldError(("spec", "serviceAccounts"), message))
    hosts, untranslated = _translated(found, clusters, service_accounts)
    return tuple(found), hosts, [*errors, *untranslated]


def _namespace_missing(account: ServiceAccount, owner: Owner, clusters: list[Cluster]) -> str | None:
    """Why an entry without a namespace needs one."""
    if account.namespace is not None or account.namespaces is not None:
        return None
    virtual = next((c for c in clusters if c.vcluster and (account.clusters is None or c.name in account.clusters)), None)
    if virtual and virtual.vcluster:
        whose = f"vcluster {virtual.vcluster.name} ({virtual.name})"
        return f"is required in {whose}, which has namespaces of its own: there is no default"
    return None if owner.namespace else "is required: an XPodIdentity without a claim has no namespace"


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


def _add(found: dict[Subject, int], index: int, subjects: list[Subject], eks: set[str]) -> Iterator[FieldError]:
    """Put the subjects of entry `index` down; an error where an entry before it named some of them."""
    repeated = [subject for subject in subjects if subject in found]
    found.update(dict.fromkeys(subjects, index))
    if repeated:
        one = repeated[0]
        more = f" (and {len(repeated) - 1} more of this entry)" if len(repeated) > 1 else ""
        message = (
            f"an earlier entry lists {one.service_account} in namespace {one.namespace} of cluster {one.cluster}{more}: "
            f"{_DUPLICATE if one.cluster in eks else 'leave one of them out'}"
        )
        yield FieldError(("spec", "serviceAccounts", index), message)


def _translated(
    found: Mapping[Subject, int], clusters: list[Cluster], service_accounts: list[ServiceAccount]
) -> tuple[Hosts, list[FieldError]]:
    """The host's names of subjects in vclusters; errors where there is none, or two subjects have the same."""
    errors: list[FieldError] = []
    hosts: dict[Subject, HostName] = {}
    virtual = {cluster.name: cluster.vcluster for cluster in clusters if cluster.vcluster}
    if not virtual:
        return hosts, errors
    places = {cluster.name: cluster.where for cluster in clusters}
    taken: dict[tuple[tuple[str, ...], HostName], Subject] = {}
    for subject, index in found.items():
        vcluster = virtual.get(subject.cluster)
        at: Path = ("spec", "serviceAccounts", index)
        host = HostName(subject.namespace, subject.service_account)
        if vcluster:
            translated = vcluster.host(subject.namespace, subject.service_account)
            if translated is None:
                errors.append(_not_synced(subject, vcluster.name, at, service_accounts[index]))
                continue
            hosts[subject] = host = translated
            if len(host.namespace) > LABEL_MAX and host.namespace != vcluster.namespace:
                errors.append(_too_long(subject, host, at, service_accounts[index]))
        other = taken.setdefault((places[subject.cluster], host), subject)
        if other != subject:
            errors.append(FieldError(at, _meeting(subject, other, host, places[subject.cluster])))
    return hosts, errors


def _namespace_field(account: ServiceAccount, at: Path) -> Path:
    return (*at, "namespaces" if account.namespaces is not None else "namespace")


def _not_synced(subject: Subject, vcluster: str, at: Path, account: ServiceAccount) -> FieldError:
    message = (
        f"namespace not synced: no mapping of vcluster {vcluster} ({subject.cluster}) matches {quoted(subject.namespace)}, and "
        "its mappingsOnly is true"
    )
    return FieldError(_namespace_field(account, at), message)


def _too_long(subject: Subject, host: HostName, at: Path, account: ServiceAccount) -> FieldError:
    message = (
        f"{quoted(subject.namespace)} is mapped to {quoted(host.namespace)}, which is {len(host.namespace)} characters and can "
        f"have {LABEL_MAX}"
    )
    return FieldError(_namespace_field(account, at), message)


def _meeting(subject: Subject, other: Subject, host: HostName, where: tuple[str, ...]) -> str:
    return (
        f"{subject.service_account} in namespace {subject.namespace} of {subject.cluster} and {other.service_account} in "
        f"namespace {other.namespace} of {other.cluster} are both {host.name} in {host.namespace} of the host cluster: "
        f"{_DUPLICATE if where[0] == 'eks' else 'list one of them, or rename the other'}"
    )


def account_status(identity: Identity, subject: Subject) -> ServiceAccountStatus:
    """The status entry of a subject, as far as it is the same in every cloud."""
    entry: ServiceAccountStatus = {"cluster": subject.cluster, "namespace": subject.namespace, "name": subject.service_account}
    host = identity.hosts.get(subject)
    if host:
        entry |= {"vcluster": identity.vclusters[subject.cluster], "hostNamespace": host.namespace, "hostName": host.name}
    return entry

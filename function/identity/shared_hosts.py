"""Host names that several of the listed clusters have in common, so that admitting one admits the others.

A namespace or service account of a cluster can be the host side of others in the vclusters of that cluster. Where clouds do not
tell clusters apart (workload identity pools), it is the same in all of them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

from function.clusters.kinds import Cluster
from function.clusters.vcluster_names import HostName
from function.identity.subjects import Identity, Subject

Groups = Mapping[str, Hashable]
"""By handle, what the cloud tells clusters apart by: those of one group have their host names in common."""


class Shared(NamedTuple):
    """Pods that are not listed, but would be admitted together with a listed subject."""

    subject: Subject
    """The one that is listed."""
    cluster: Cluster
    """The cluster of the pods that are not listed."""
    namespace: str
    """The other's namespace there; empty where it can be any that has no mapping."""
    name: str = ""
    """The other's name, where service accounts are told apart."""

    @property
    def alone(self) -> bool:
        """Whether the pods are in other namespaces of the same vcluster, which share its host namespace."""
        return self.cluster.name == self.subject.cluster

    def words(self, host: HostName) -> str:
        """What is wrong with that; `host` is the host's name of the one that is listed."""
        subject, vcluster = self.subject, self.cluster.vcluster
        if not self.namespace and vcluster:
            whose = f"namespace {subject.namespace} of vcluster {vcluster.name} ({subject.cluster})"
            what = f"{whose} has no host namespace of its own"
            if not self.alone:
                what = f"namespace {host.namespace} is the one that vcluster {vcluster.name} ({self.cluster.name}) runs in"
            others = f"pods of other namespaces run in {host.namespace}, too"
            return f"{what}: {others}; write ServiceAccount, or map it to one of its own"
        one = _called(subject.service_account if self.name else "", subject.namespace)
        other = _called(self.name, self.namespace)
        what = f"{host.name} in {host.namespace}" if self.name else host.namespace
        return (
            f"{one} of {subject.cluster} and {other} of {self.cluster.name}, which is not listed, are both {what} of the host: "
            "pods of the latter would be admitted, too; list both, or have them mapped to different namespaces"
        )


def shared_accounts(identity: Identity, groups: Groups) -> Iterator[Shared]:
    """Service accounts of other clusters of the group that are the same as a listed one, and not listed."""
    listed, clusters = set(identity.subjects), {cluster.name: cluster for cluster in identity.clusters}
    alike = _alike(clusters, groups)
    # Clusters of one pool often list the same, and to find what a vcluster's name can stand for takes a while.
    found: dict[tuple[str, HostName, bool], tuple[tuple[str, str], ...]] = {}
    for subject in identity.subjects:
        mine, host = clusters[subject.cluster], identity.host(subject)
        for other in alike[subject.cluster]:
            # The host cluster and its vcluster name the same pods here, so nobody else is admitted.
            if other.same_place and (mine.vcluster is None) != (other.cluster.vcluster is None):
                continue
            key = (other.cluster.name, host, mine.vcluster is None)
            if key not in found:
                found[key] = tuple(_virtual(other.cluster, host, of_host=mine.vcluster is None))
            for namespace, name in found[key]:
                if Subject(other.cluster.name, namespace, name) not in listed:
                    yield Shared(subject, other.cluster, namespace, name)


def shared_namespaces(identity: Identity, groups: Groups) -> Iterator[Shared]:
    """Namespaces of the group that are the host namespace of a listed one, and of which nothing is listed."""
    listed = {(subject.cluster, subject.namespace) for subject in identity.subjects}
    clusters = {cluster.name: cluster for cluster in identity.clusters}
    alike = _alike(clusters, groups)
    for subject in {s._replace(service_account=""): s for s in identity.subjects}.values():
        mine = clusters[subject.cluster]
        if mine.vcluster and not mine.vcluster.owns(subject.namespace):
            yield Shared(subject, mine, "")
            continue
        host = identity.host(subject).namespace
        for other in alike[subject.cluster]:
            of_host = mine.vcluster is None and (not other.same_place or other.cluster.shares_issuer)
            yield from (
                Shared(subject, other.cluster, namespace)
                for namespace in _virtual_namespaces(other.cluster, host, of_host=of_host)
                if not namespace or (other.cluster.name, namespace) not in listed
            )


class _Alike(NamedTuple):
    """Another cluster of a cluster's group."""

    cluster: Cluster
    same_place: bool
    """Whether it is the same real cluster: with a vcluster, or another one."""


def _alike(clusters: Mapping[str, Cluster], groups: Groups) -> Mapping[str, list[_Alike]]:
    """By handle, the other clusters of the group; the same one under another handle is an error of its own.

    Clusters outside EKS and GKE are known by their issuers alone, so that two with one issuer are two clusters.
    """
    found: dict[str, list[_Alike]] = defaultdict(list)
    for handle, mine in clusters.items():
        for name, cluster in clusters.items():
            same_place = cluster.where == mine.where
            twice = same_place and cluster.within == mine.within
            another = not twice or (name != handle and cluster.shares_issuer)
            if name in groups and groups[name] == groups.get(handle) and another:
                found[handle].append(_Alike(cluster, same_place))
    return found


def _virtual(other: Cluster, host: HostName, *, of_host: bool) -> Iterator[tuple[str, str]]:
    """The (namespace, name) that other pods of these host names have there, as users would list them.

    `of_host` says whether somebody listed the host's names. Those that a vcluster makes mean nothing in a cluster without one.
    """
    if other.vcluster is None:
        if of_host:
            yield host
        return
    if other.vcluster.mappings:
        yield from ((namespace, host.name) for namespace in sorted(other.vcluster.mappings.sources(host.namespace)))
    if host.namespace == other.vcluster.namespace and not other.vcluster.mappings_only:
        yield from other.vcluster.unmapped(host.name)


def _virtual_namespaces(other: Cluster, host: str, *, of_host: bool) -> Iterator[str]:
    if other.vcluster is None:
        if of_host:
            yield host
        return
    if other.vcluster.mappings:
        yield from sorted(other.vcluster.mappings.sources(host))
    if host == other.vcluster.namespace:
        yield ""


def _called(name: str, namespace: str) -> str:
    return f"{name} in namespace {namespace}" if name else f"namespace {namespace}"

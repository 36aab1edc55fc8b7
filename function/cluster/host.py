"""A vcluster's facts: those of the entry that it runs in, and its own."""

from dataclasses import dataclass

from function.catalogue import Entry, Required, entry, fetched
from function.cluster.facts import Resolution
from function.cluster.spec import VirtualCluster
from function.cluster.status import ClusterFacts, VClusterFacts

_FACTS = ("eks", "gke", "kubernetes")


@dataclass(frozen=True, slots=True)
class Host:
    """What the host's entry says; None where it is not there, or not fetched yet."""

    name: str
    entry: Entry | None
    fetched: bool


def host_of(vcluster: VirtualCluster, required: Required) -> Host:
    """The entry of the cluster that a vcluster runs in."""
    name = vcluster.host_cluster
    return Host(name, entry(required, name), fetched(required, name))


def of_vcluster(vcluster: VirtualCluster, host: Host) -> Resolution:
    """The facts of a vcluster."""
    what = f"PodIdentityCluster {host.name}, which spec.vcluster.hostCluster names,"
    if not host.fetched:
        return Resolution(None, "Waiting", f"{what} has not been looked up yet")
    if host.entry is None:
        return Resolution(None, "HostAbsent", f"{what} does not exist")
    if host.entry.refused:
        return Resolution(None, "HostRefused", f"{what} is refused itself: {host.entry.refused}")
    facts = host.entry.facts
    if host.entry.virtual or "vcluster" in facts:
        message = f"{what} is a vcluster itself: name the cluster that it runs in, and its host namespace there"
        return Resolution(None, "HostIsVCluster", message)
    kind = next((kind for kind in _FACTS if kind in facts), None)
    if not host.entry.resolved or kind is None:
        return Resolution(None, "HostUnresolved", f"{what} is not resolved: {host.entry.unresolved or 'it has no facts yet'}")
    found: ClusterFacts = {"vcluster": _own(vcluster)}
    if kind == "eks":
        found["eks"] = facts["eks"]
    elif kind == "gke":
        found["gke"] = facts["gke"]
    else:
        found["kubernetes"] = facts["kubernetes"]
    return Resolution(found)


def _own(vcluster: VirtualCluster) -> VClusterFacts:
    own: VClusterFacts = {
        "name": vcluster.name,
        "hostNamespace": vcluster.namespace,
        "serviceAccountSync": vcluster.service_account_sync,
    }
    if vcluster.namespace_mappings:
        own["namespaceMappings"] = dict(vcluster.namespace_mappings)
        own["mappingsOnly"] = vcluster.mappings_only
    return own

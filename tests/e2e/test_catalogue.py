"""The platform's catalogue: PodIdentities that only name their clusters, and what comes of them when the entries change.

The XRs here use entries that compose namespaced managed resources, the claims those of cluster scope, so that both are seen.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.api import Api
from tests.e2e.audit import Audit
from tests.e2e.entries import PLURAL, Entry, look_again
from tests.e2e.identities import FLAVOURS, Identity
from tests.e2e.planes import restart_standin
from tests.e2e.specs import ACCOUNT, spec

_REGION = "eu-central-1"
_EKS = {"region": _REGION, "accountId": ACCOUNT}
_SMALLEST = """\
apiVersion: podidentity.dev/v1alpha1
kind: PodIdentity
metadata: {name: reports, namespace: data}
spec:
  clusters: [{name: prod}]
  serviceAccounts: [{name: demo-sa}]
  aws:
    permissions:
      managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
"""
"""What a developer writes, once the platform has written the entry `prod`."""

NewEntry = Callable[[str], Entry]


@pytest.fixture
def new_entry(plane: ControlPlane, api: Api, identity: Identity) -> Iterator[NewEntry]:
    """Makes entries for an identity. They are gone afterwards, and it before them: nobody is left to ask for them for ever."""
    scope = "Namespaced" if identity.flavour == FLAVOURS["xr"] else "Cluster"
    made = []

    def make(name: str) -> Entry:
        entry = Entry(plane, api, name, scope)
        made.append(entry)
        return entry

    yield make
    kubectl = Kubectl(plane.places)
    plurals = ",".join(flavour.plural for flavour in FLAVOURS.values())
    kubectl("delete", plurals, "--all", "-n", identity.namespace, "--wait=false")
    for entry in made:
        entry.delete()


@pytest.fixture
def entry(new_entry: NewEntry, identity: Identity) -> Entry:
    """One that no other test has, not written yet."""
    return new_entry(f"prod-{identity.namespace}")


def _named(*entries: Entry, **aws: Any) -> dict[str, Any]:
    """A spec that says nothing of its clusters but their names."""
    return spec("reader", clusters=tuple({"name": entry.name} for entry in entries), **aws)


def _resolved(identity: Identity) -> tuple[str, str, str]:
    return identity.conditions().get("ClustersResolved", ("", "", ""))


def _uids(identity: Identity) -> dict[str, str]:
    return {key: managed.uid for key, managed in identity.composed().items()}


def _deletions(audit: Audit) -> list[str]:
    """What was asked to be deleted, beside the entries themselves."""
    return [str(write) for write in audit.deletions() if write.plural != PLURAL]


def test_the_smallest_podidentity_names_its_cluster(identity: Identity, new_entry: NewEntry) -> None:
    """In at most eleven lines."""
    new_entry("prod").apply(eks=_EKS)
    assert len(_SMALLEST.splitlines()) <= 11
    written = yaml.safe_load(_SMALLEST)["spec"]
    identity.apply(written)
    identity.settle()
    (association,) = identity.cloud().associations(identity.namespace)
    assert (association.cluster, association.service_account) == ("prod", "demo-sa")
    assert f"cluster/prod" in identity.cloud().role(identity.role().external_name).trust
    assert _resolved(identity) == ("True", "Resolved", "the facts of the clusters are known; from the catalogue: prod")


def test_facts_that_are_observed_later(identity: Identity, entry: Entry, audit: Audit) -> None:
    """An identity may be there before its cluster is."""
    entry.apply(eks={"region": _REGION, "observe": True})
    identity.apply(_named(entry))
    why = f"the observed cluster {entry.name} is not as asked for, says the provider: observe failed"
    said = f"spec.clusters[0].name: PodIdentityCluster {entry.name} cannot be used yet: {why}"
    identity.until(lambda: _resolved(identity)[2].startswith(said), "told why it waits")
    print(_resolved(identity), entry.conditions())
    assert _resolved(identity)[:2] == ("False", "NotResolved")
    assert identity.conditions()["SpecValid"][:2] == ("Unknown", "ClustersNotResolved")
    assert entry.conditions()["FactsResolved"][:2] == ("False", "Waiting")
    assert not identity.composed()

    restart_standin(identity.plane, f"--existing-cluster={_REGION}/{ACCOUNT}/{entry.name}")
    identity.settle()
    arn = f"arn:aws:eks:{_REGION}:{ACCOUNT}:cluster/{entry.name}"
    assert entry.facts()["eks"]["arn"] == arn
    assert arn in identity.cloud().role(identity.role().external_name).trust
    assert not _deletions(audit)


def test_an_entry_that_is_deleted_while_it_is_used(identity: Identity, entry: Entry, audit: Audit) -> None:
    entry.apply(eks=_EKS)
    identity.apply(_named(entry))
    identity.settle()
    before, cloud = identity.composed(), identity.cloud()
    role, associations = identity.role().external_name, cloud.associations(identity.namespace)

    entry.delete()
    look_again(identity)
    absent = (
        f'spec.clusters[0].name: has no facts beside it, and there is no PodIdentityCluster "{entry.name}": '
        "write its facts, or have it made"
    )
    identity.until(lambda: _resolved(identity) == ("False", "NotResolved", absent), "told that the entry is gone")
    found = identity.conditions()
    assert found["SpecValid"][:2] == ("Unknown", "ClustersNotResolved")
    assert found["Synced"][0] == "False"
    assert absent in found["Synced"][2]
    assert (found["RoleReady"][0], found["AssociationsReady"][0]) == ("True", "True")
    assert identity.composed() == before
    assert identity.cloud().role(role) == cloud.role(role)
    assert identity.cloud().associations(identity.namespace) == associations

    entry.apply(eks=_EKS)
    identity.until(lambda: _resolved(identity)[0] == "True", "healed")
    identity.settle()
    assert _uids(identity) == {key: managed.uid for key, managed in before.items()}
    assert not _deletions(audit)


def test_an_entry_that_is_renamed(identity: Identity, entry: Entry, new_entry: NewEntry, audit: Audit) -> None:
    """What is composed is of the cluster, and not of what the catalogue calls it."""
    facts = {**_EKS, "clusterName": f"cluster-of-{identity.namespace}"}
    entry.apply(eks=facts)
    identity.apply(_named(entry))
    identity.settle()
    before = _uids(identity)

    renamed = new_entry(f"renamed-{identity.namespace}")
    renamed.apply(eks=facts)
    entry.delete()
    look_again(identity)
    identity.until(lambda: f'"{entry.name}"' in _resolved(identity)[2], "told that there is no entry of the old name")
    identity.apply(_named(renamed))
    identity.settle()
    assert _resolved(identity)[2].endswith(f"from the catalogue: {renamed.name}")
    assert _uids(identity) == before
    assert not _deletions(audit)

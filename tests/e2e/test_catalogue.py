"""The platform's catalogue: PodIdentities that only name their clusters, and what comes of them when the entries change.

The XRs here use entries that compose namespaced managed resources, the claims those of cluster scope, so that both are seen.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e import load, versions
from tests.e2e.api import Api
from tests.e2e.audit import Audit
from tests.e2e.cloud import GoogleSnapshot
from tests.e2e.conftest import NewEntry, NewIdentity
from tests.e2e.entries import PLURAL, Entry, look_again
from tests.e2e.identities import FLAVOURS, Flavour, Identity
from tests.e2e.planes import restart_standin, stop_standin
from tests.e2e.specs import ACCOUNT, CUSTOMER, HOST, HOST_ROLE, READ_ONLY, REGION, bare, issuer, spec

_EKS = {"region": REGION, "accountId": ACCOUNT}
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
_VCLUSTER = {"name": "sync", "project": "devspace", "serviceAccountSync": True}
_WITHIN = {
    "namespace": "default",
    "name": "demo-sa",
    "vcluster": "sync",
    "hostNamespace": "loft-devspace-v-sync",
    "hostName": "demo-sa-x-default-x-sync",
}


@pytest.fixture
def identity(
    new_identity: NewIdentity,
    flavour: Flavour,
    new_entry: NewEntry,
) -> Iterator[Identity]:
    """One that is gone before the entries that it names are: Crossplane would ask for them for ever."""
    identity = new_identity(flavour)
    yield identity
    plurals = ",".join(each.plural for each in FLAVOURS.values())
    Kubectl(identity.plane.places)("delete", plurals, "--all", "-n", identity.namespace, "--wait=false")
    identity.wait_gone()


def _named(*entries: Entry, **aws: Any) -> dict[str, Any]:
    """A spec that says nothing of its clusters but their names."""
    return spec("reader", clusters=tuple({"name": entry.name} for entry in entries), **aws)


def _resolved(identity: Identity) -> tuple[str, str, str]:
    return identity.conditions().get("ClustersResolved", ("", "", ""))


def _absent(entry: Entry) -> tuple[str, str, str]:
    """What an identity says of an entry that is not there."""
    what = f'has no facts beside it, and there is no PodIdentityCluster "{entry.name}": name one that there is, or write its facts beside the name, under eks, gke or kubernetes'
    return "False", "NotResolved", f"spec.clusters[0].name: {what}"


def _synced(identity: Identity) -> str:
    """What Crossplane says of an XR that it could not reconcile, empty where it could."""
    found = identity.xr().get("status", {}).get("conditions", [])
    return next((c["message"] for c in found if (c["type"], c["status"]) == ("Synced", "False")), "")


def _uids(identity: Identity) -> dict[str, str]:
    return {key: managed.uid for key, managed in identity.composed().items()}


def _trust(identity: Identity, account: str = ACCOUNT) -> str:
    """The trust policy of its role, as it is in AWS."""
    trust: str = identity.cloud(account).role(identity.role().external_name).trust
    return trust


def _deletions(audit: Audit) -> list[str]:
    """What was asked to be deleted, beside the entries themselves."""
    return [str(write) for write in audit.deletions() if write.plural != PLURAL]


@pytest.mark.real
def test_the_smallest_podidentity_names_its_cluster(identity: Identity, new_entry: NewEntry) -> None:
    """In at most eleven lines."""
    assert len(_SMALLEST.splitlines()) <= 11
    new_entry("prod").apply(eks=_EKS)
    identity.apply(yaml.safe_load(_SMALLEST)["spec"])
    identity.settle()
    (association,) = identity.cloud().associations(identity.namespace)
    assert (association.cluster, association.service_account) == ("prod", "demo-sa")
    assert f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/prod" in _trust(identity)
    assert _resolved(identity) == ("True", "Resolved", "the facts of the clusters are known; from the catalogue: prod")


def test_facts_that_are_observed_later_and_change(identity: Identity, entry: Entry, audit: Audit) -> None:
    """An identity may be there before its cluster; and a cluster that is made anew has another issuer."""
    cluster = f"--existing-cluster={REGION}/{ACCOUNT}/{entry.name}"
    entry.apply(eks={"region": REGION, "observe": True})
    why = (
        f"the observed cluster {entry.name} does not exist, says the provider: "
        "observe failed: external resource does not exist; check spec.eks.clusterName, spec.eks.region, and the account that "
        "spec.aws.providerConfigRef reaches"
    )
    entry.until(lambda: entry.conditions().get("FactsResolved") == ("False", "Waiting", why), "waiting for its cluster")
    identity.apply(_named(entry, credentials=["PodIdentity", "IRSA"]))
    said = f"spec.clusters[0].name: PodIdentityCluster {entry.name} cannot be used yet: {why}"
    identity.until(lambda: _resolved(identity) == ("False", "NotResolved", said), "told why it waits")
    assert identity.conditions()["SpecValid"][:2] == ("Unknown", "ClustersNotResolved")
    assert not identity.composed()

    start = time.monotonic()
    restart_standin(identity.plane, cluster)
    identity.settle()
    print(f"{identity.flavour.kind} ready {time.monotonic() - start:.1f} s after its cluster came")
    arn, first = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{entry.name}", issuer(entry.name)
    assert entry.facts()["eks"].items() >= {"arn": arn, "accountId": ACCOUNT, "oidcIssuer": first}.items()
    assert arn in _trust(identity)
    assert first.removeprefix("https://") in _trust(identity)
    before = _uids(identity)

    second = f"https://oidc.eks.{REGION}.amazonaws.com/id/{'F' * 32}"
    restart_standin(identity.plane, f"{cluster},issuer={second}")
    entry.until(lambda: entry.facts()["eks"]["oidcIssuer"] == second, "with the new issuer")
    start = time.monotonic()
    look_again(identity)
    identity.until(lambda: second.removeprefix("https://") in _trust(identity), "trusting the new issuer")
    print(f"{identity.flavour.kind} trusts the new issuer {time.monotonic() - start:.1f} s after the entry had it")
    identity.settle()
    assert first.removeprefix("https://") not in _trust(identity)
    assert _uids(identity) == before
    assert not _deletions(audit)


def test_a_mistyped_account_is_mended(identity: Identity, entry: Entry) -> None:
    entry.apply(eks={"region": REGION, "accountId": "111122223334"})
    identity.apply(_named(entry))
    identity.until(lambda: _resolved(identity)[0] == "True" and identity.associations(), "with what the typo comes to")
    identity.until(lambda: "111122223334" in identity.our_conditions()["RoleReady"][2], "told of the other account")
    print(identity.our_conditions())
    start = time.monotonic()
    entry.apply(eks=_EKS)
    look_again(identity)
    identity.until(lambda: "111122223334" not in json.dumps([m.spec for m in identity.composed().values()]), "mended")
    print(f"{identity.flavour.kind} mended {time.monotonic() - start:.1f} s after the entry was")
    identity.settle()
    assert f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{entry.name}" in _trust(identity)
    assert len(identity.cloud().associations(identity.namespace)) == 1
    assert identity.roles_of_associations() == {identity.role().external_name}


@pytest.mark.real
def test_associations_follow_the_facts(identity: Identity, entry: Entry) -> None:
    entry.apply(eks={**_EKS, "region": "eu-west-1"})
    identity.apply(_named(entry))
    identity.settle()
    role = identity.role()
    (before,) = identity.associations().values()
    start = time.monotonic()
    entry.apply(eks=_EKS)
    look_again(identity)
    identity.until(lambda: [m.uid for m in identity.associations().values()] != [before.uid], "with another association")
    print(f"{identity.flavour.kind} followed {time.monotonic() - start:.1f} s after the entry was edited")
    identity.until(lambda: len(identity.associations()) == 1, "without the old association")
    identity.settle()
    assert identity.role().uid == role.uid
    assert f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{entry.name}" in _trust(identity)
    assert "eu-west-1" not in _trust(identity)
    identity.until(lambda: len(identity.cloud().associations(identity.namespace)) == 1, "without the old association in AWS")
    (after,) = identity.cloud().associations(identity.namespace)
    assert f":eks:{REGION}:" in after.arn


@pytest.mark.real
def test_an_entry_that_is_deleted_while_it_is_used(identity: Identity, entry: Entry, audit: Audit) -> None:
    entry.apply(eks=_EKS)
    identity.apply(_named(entry))
    identity.settle()
    before, cloud, role = identity.composed(), identity.cloud(), identity.role().external_name

    entry.delete()
    look_again(identity)
    identity.until(lambda: _resolved(identity) == _absent(entry), "told that the entry is gone")
    found = identity.conditions()
    assert found["SpecValid"][:2] == ("Unknown", "ClustersNotResolved")
    assert _absent(entry)[2] in _synced(identity)
    assert (found["RoleReady"][0], found["AssociationsReady"][0]) == ("True", "True")
    assert identity.composed() == before
    assert identity.cloud().role(role) == cloud.role(role)
    assert identity.cloud().associations(identity.namespace) == cloud.associations(identity.namespace)

    start = time.monotonic()
    entry.apply(eks=_EKS)
    identity.until(lambda: _resolved(identity)[0] == "True", "healed")
    print(f"{identity.flavour.kind} healed {time.monotonic() - start:.1f} s after the entry was made again")
    identity.settle()
    assert _uids(identity) == {key: managed.uid for key, managed in before.items()}
    assert not _deletions(audit)


@pytest.mark.real
def test_an_entry_that_is_renamed(identity: Identity, entry: Entry, new_entry: NewEntry, audit: Audit) -> None:
    """What is composed is of the cluster, and not of what the catalogue calls it."""
    facts = {**_EKS, "clusterName": f"cluster-of-{identity.namespace}"}
    entry.apply(eks=facts)
    identity.apply(_named(entry))
    identity.settle()
    before = _uids(identity)

    renamed = new_entry(f"renamed-{entry.name}")
    renamed.apply(eks=facts)
    entry.delete()
    look_again(identity)
    identity.until(lambda: _resolved(identity) == _absent(entry), "told that there is no entry of the old name")
    identity.apply(_named(renamed))
    identity.settle()
    assert _resolved(identity)[2].endswith(f"from the catalogue: {renamed.name}")
    assert _uids(identity) == before
    assert not _deletions(audit)


def test_facts_stay_while_no_provider_runs(identity: Identity, entry: Entry, audit: Audit) -> None:
    """Not even what the provider had written is there any more, as after a restored backup."""
    entry.apply(eks={"clusterName": bare(entry.scope), "region": REGION, "observe": True})
    entry.settle()
    identity.apply(_named(entry))
    identity.settle()
    before, facts = identity.composed(), entry.facts()
    assert entry.conditions()["FactsResolved"] == ("True", "Resolved", "all facts of the cluster are known")

    stop_standin(identity.plane)
    try:
        entry.patch_observed("Cluster", {"status": {"atProvider": None}})
        said = f"the facts are those that were known before; the observed cluster {bare(entry.scope)} does not say more yet"
        entry.until(lambda: entry.conditions()["FactsResolved"] == ("True", "Resolved", said), "told what it knows from before")
        assert entry.facts() == facts
        look_again(identity)
        assert _resolved(identity)[0] == "True"
    finally:
        restart_standin(identity.plane)
    entry.until(lambda: entry.conditions()["FactsResolved"][2] == "all facts of the cluster are known", "seen again")
    identity.settle()
    assert entry.facts() == facts
    assert {key: (m.uid, m.spec) for key, m in identity.composed().items()} == {k: (m.uid, m.spec) for k, m in before.items()}
    assert not _deletions(audit)


@pytest.mark.real
def test_the_guides_walk_in_aws_with_nothing_but_a_name(
    identity: Identity, entry: Entry, new_entry: NewEntry, audit: Audit
) -> None:
    """The platform's two entries say where the vcluster runs, whose role the pods have there, and where roles are made."""
    host = new_entry(f"host-{entry.name}")
    entry.apply(
        vcluster={"hostCluster": host.name, **_VCLUSTER},
        aws={"accountId": CUSTOMER, "providerConfigRef": {"name": "customer"}, "sourceRoleArn": HOST_ROLE},
    )
    said = f"PodIdentityCluster {host.name}, which spec.vcluster.hostCluster names, does not exist"
    entry.until(
        lambda: entry.conditions().get("FactsResolved") == ("False", "HostAbsent", said), "told that its host is not there"
    )
    host.apply(eks={"region": "ap-northeast-2", "accountId": HOST}, aws={"providerConfigRef": {"name": "host"}})
    host.settle()
    look_again(entry)
    entry.settle()

    identity.apply(
        {
            "clusters": [{"name": entry.name}],
            "serviceAccounts": [{"name": "demo-sa", "namespace": "default"}],
            "aws": {"permissions": {"managedPolicyArns": [READ_ONLY]}},
        }
    )
    identity.settle()
    tags = {
        "eks-cluster-arn": f"arn:aws:eks:ap-northeast-2:{HOST}:cluster/{host.name}",
        "kubernetes-namespace": _WITHIN["hostNamespace"],
        "kubernetes-service-account": _WITHIN["hostName"],
    }
    assert json.loads(_trust(identity, CUSTOMER))["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{HOST}:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "ArnEquals": {"aws:PrincipalArn": HOST_ROLE},
                "StringEquals": {f"aws:RequestTag/{name}": value for name, value in tags.items()},
            },
        }
    ]
    status = identity.read()["status"]
    assert status["identity"] == f"arn:aws:iam::{CUSTOMER}:role/{identity.role().external_name}"
    assert status["serviceAccounts"] == [{"cluster": entry.name, **_WITHIN}]
    assert not _deletions(audit)


def test_the_guides_walk_in_google_cloud_with_nothing_but_a_name(
    identity: Identity, entry: Entry, new_entry: NewEntry, google: ControlPlane
) -> None:
    identity = replace(identity, provider="gcp")
    host, project = new_entry(f"host-{entry.name}"), f"walk-{entry.name}"
    host.apply(gke={"projectId": "prod-436507", "location": "europe-west1"})
    host.settle()
    entry.apply(vcluster={"hostCluster": host.name, **_VCLUSTER})
    entry.settle()
    identity.apply(
        {
            "clusters": [{"name": entry.name}],
            "serviceAccounts": [{"name": "demo-sa", "namespace": "default"}],
            "gcp": {"projectId": project, "roles": [{"role": "roles/spanner.viewer"}]},
        }
    )
    identity.settle()
    email = identity.read()["status"]["identity"]
    member = f"serviceAccount:prod-436507.svc.id.goog[{_WITHIN['hostNamespace']}/{_WITHIN['hostName']}]"
    cloud = GoogleSnapshot(google.places)
    assert cloud.members(f"projects/{project}/serviceAccounts/{email}", "roles/iam.workloadIdentityUser") == [member]
    assert cloud.members(f"projects/{project}", "roles/spanner.viewer") == [f"serviceAccount:{email}"]
    (account,) = identity.read()["status"]["serviceAccounts"]
    assert account.items() >= {"cluster": entry.name, **_WITHIN}.items()


def test_without_the_kind_only_inline_facts_are_known(
    plane: ControlPlane, new_identity: NewIdentity, api: Api, audit: Audit
) -> None:
    """As while the Configuration of an older release is installed, or when somebody deletes the kind."""
    entry = Entry(plane, api, "prod-of-the-kind")
    entry.apply(eks=_EKS)
    named = [new_identity(flavour) for flavour in FLAVOURS.values()]
    inline = replace(named[0], name="inline")
    for identity in named:
        identity.apply(_named(entry))
    inline.apply(spec("writer"))
    for identity in (*named, inline):
        identity.settle()
    before = [_uids(identity) for identity in named]
    with versions.without_the_catalogue(plane):
        # A core that has seen the kind waits for it, and says nothing for minutes: here is one that never has.
        load.restart_core(plane)
        no_match = 'no matches for kind "PodIdentityCluster" in version "podidentity.dev/v1alpha1"'
        for identity in named:
            _wait_refused(identity, no_match)
        inline.apply(spec("writer") | {"tags": {"team": "data"}})
        inline.until(lambda: inline.role().spec["forProvider"]["tags"].get("team") == "data", "edited")
        inline.settle()
        assert [_uids(identity) for identity in named] == before
    start = time.monotonic()
    entry.apply(eks=_EKS)
    for identity in named:
        _wait_healed(identity)
    print(f"healed {time.monotonic() - start:.1f} s after kind and entry were back")
    assert [_uids(identity) for identity in named] == before
    assert not _deletions(audit)
    # What other tests rely on: from here on Crossplane sees the entries' events as before.
    entry.apply(eks={**_EKS, "region": "eu-west-1"})
    for identity in named:
        look_again(identity)
        _wait_moved(identity, "eu-west-1")
        identity.delete()
    inline.delete()
    for identity in (*named, inline):
        identity.wait_gone()
    entry.delete()


def _wait_refused(identity: Identity, words: str) -> None:
    """By Crossplane, which then says of all our conditions that they are unknown."""
    identity.until(lambda: words in _synced(identity), "refused by Crossplane")
    identity.until(lambda: _resolved(identity)[:2] == ("Unknown", "FatalError"), "told so")


def _wait_healed(identity: Identity) -> None:
    identity.until(lambda: _resolved(identity)[0] == "True", "healed")
    identity.settle()


def _wait_moved(identity: Identity, region: str) -> None:
    def regions() -> set[str]:
        return {managed.spec["forProvider"]["region"] for managed in identity.associations().values()}

    identity.until(lambda: regions() == {region}, f"moved to {region}")

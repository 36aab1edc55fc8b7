"""PodIdentityClusters by themselves: the agent's add-on, OIDC providers, and entries that are refused."""

from typing import Any

import pytest

from tests.controlplane.kubectl import Kubectl, Refused
from tests.controlplane.plane import ControlPlane
from tests.e2e.audit import Audit
from tests.e2e.cloud import Snapshot
from tests.e2e.conftest import NewEntry
from tests.e2e.entries import Entry
from tests.e2e.identities import EXTERNAL_NAME, GROUP, VERSION
from tests.e2e.specs import ACCOUNT, AGENT, AUTO, CUSTOMER, REGION, bare, edge_issuer, furnished, issuer
from tests.standin.cloud.calls import Entry as Call

_OURS = {"accountId": ACCOUNT, "providerConfigRef": {"name": "default"}}
_CUSTOMERS = {"accountId": CUSTOMER, "providerConfigRef": {"name": "customer"}}


def _cloud(entry: Entry, account: str = ACCOUNT) -> Snapshot:
    return Snapshot(entry.plane.places, account)


def _observed(cluster: str, **eks: Any) -> dict[str, Any]:
    return {"clusterName": cluster, "region": REGION, "observe": True, **eks}


def _addons(entry: Entry, cluster: str) -> dict[str, str]:
    """The versions of the add-ons of a cluster, by name."""
    return {addon.name: addon.version for addon in _cloud(entry).addons(REGION, cluster)}


def _calls(entry: Entry, call: str, **arguments: str) -> list[Call]:
    """The calls of a name with these arguments, in any account."""
    return [e for e in _cloud(entry).entries if e.call == call and e.error is None and arguments.items() <= e.arguments.items()]


def test_the_agents_addon_is_installed_and_outlives_its_entry(entry: Entry) -> None:
    cluster = bare(entry.scope)
    entry.apply(eks=_observed(cluster, podIdentityAgent={"addon": True, "version": "v1.3.8-eksbuild.2"}))
    entry.settle()
    entry.until(lambda: entry.conditions()["AgentReady"] == ("True", "Available", "the add-on is installed"), "with the agent")
    assert entry.read()["status"]["podIdentityAgent"] == "Addon"
    assert _addons(entry, cluster) == {AGENT: "v1.3.8-eksbuild.2"}
    entry.delete()
    assert _addons(entry, cluster) == {AGENT: "v1.3.8-eksbuild.2"}


@pytest.mark.oldest
def test_an_addon_of_somebody_else_is_adopted(entry: Entry) -> None:
    cluster = furnished(entry.scope)
    assert _addons(entry, cluster) == {AGENT: "v1.2.0-eksbuild.1"}
    entry.apply(eks=_observed(cluster, podIdentityAgent={"addon": True}))
    entry.settle()
    (addon,) = entry.of_kind("Addon")
    assert addon["metadata"]["annotations"][EXTERNAL_NAME] == f"{cluster}:{AGENT}"
    assert _addons(entry, cluster) == {AGENT: "v1.2.0-eksbuild.1"}
    entry.apply(eks=_observed(cluster, podIdentityAgent={"addon": True, "version": "v1.3.8-eksbuild.2"}))
    entry.until(lambda: _addons(entry, cluster) == {AGENT: "v1.3.8-eksbuild.2"}, "with the new version in EKS")
    assert len(_calls(entry, "CreateAddon", cluster_name=cluster)) == 1


def test_no_addon_under_auto_mode(entry: Entry) -> None:
    entry.apply(eks=_observed(AUTO, podIdentityAgent={"addon": True}))
    entry.settle()
    assert entry.read()["status"]["podIdentityAgent"] == "AutoMode"
    assert entry.conditions()["AgentReady"] == ("True", "AutoMode", "EKS Auto Mode has the agent built in")
    assert entry.of_kind("Addon") == []
    assert _calls(entry, "CreateAddon", cluster_name=AUTO) == []


def _providers(entry: Entry, url: str, account: str = ACCOUNT) -> dict[str, list[str]]:
    """The client ids of the OIDC providers of an issuer in an account, by ARN."""
    host = url.removeprefix("https://")
    return {arn: ids for arn, ids in _cloud(entry, account).oidc_providers().items() if arn.endswith(f"oidc-provider/{host}")}


def _arn(url: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:oidc-provider/{url.removeprefix('https://')}"


@pytest.mark.real
@pytest.mark.oldest
def test_an_oidc_provider_in_each_account(entry: Entry) -> None:
    cluster = bare(entry.scope)
    url = issuer(cluster)
    entry.apply(eks=_observed(cluster, oidcProviders=[_OURS, _CUSTOMERS]))
    entry.settle()
    entry.until(
        lambda: entry.conditions()["OIDCProvidersReady"] == ("True", "Available", "all OIDC providers are ready (2)"),
        "with its OIDC providers",
    )
    for account in (ACCOUNT, CUSTOMER):
        assert _providers(entry, url, account) == {_arn(url, account): ["sts.amazonaws.com"]}
    assert len(_calls(entry, "CreateOpenIDConnectProvider", url=url)) == 2
    entry.delete()
    assert _providers(entry, url) == {_arn(url): ["sts.amazonaws.com"]}


@pytest.mark.real
def test_an_oidc_provider_of_somebody_else_is_adopted(entry: Entry, new_entry: NewEntry) -> None:
    """That of a cluster outside EKS gets the audience that its tokens have, and keeps the one that somebody else put there."""
    url, edge = issuer(furnished(entry.scope)), edge_issuer(entry.scope)
    outside = new_entry(f"edge-{entry.name}")
    entry.apply(eks=_observed(furnished(entry.scope), oidcProviders=[_OURS]))
    outside.apply(kubernetes={"oidcIssuer": edge, "audience": "sts.example.com", "oidcProviders": [_OURS]})
    entry.settle()
    outside.settle()
    for one, which in ((entry, url), (outside, edge)):
        (provider,) = one.of_kind("OpenIDConnectProvider")
        assert provider["metadata"]["annotations"][EXTERNAL_NAME] == _arn(which)
        assert len(_calls(one, "CreateOpenIDConnectProvider", url=which)) == 1
    assert _providers(entry, url) == {_arn(url): ["sts.amazonaws.com"]}
    audiences = ["sts.amazonaws.com", "sts.example.com"]
    outside.until(lambda: _providers(outside, edge) == {_arn(edge): audiences}, "with its audience in IAM")
    said = (
        f"all OIDC providers are ready (1); that of account {ACCOUNT} also admits sts.amazonaws.com, which is not written here "
        "and stays"
    )
    outside.until(lambda: outside.conditions()["OIDCProvidersReady"] == ("True", "Available", said), "and says so")
    (provider,) = outside.of_kind("OpenIDConnectProvider")
    assert "clientIdList" not in provider["spec"]["forProvider"]


def _bad(entry: Entry) -> dict[str, Any]:
    """Two faults that no schema can tell."""
    cluster = _observed(bare(entry.scope), accountId=ACCOUNT, podIdentityAgent={"addon": True})
    return {"eks": {**cluster, "region": "xx-north-1"}, "aws": {"sourceRoleArn": f"arn:aws:iam::{CUSTOMER}:role/host"}}


def test_a_bad_edit_names_every_fault_and_changes_nothing(entry: Entry, audit: Audit) -> None:
    good = _observed(bare(entry.scope), podIdentityAgent={"addon": True}, oidcProviders=[_OURS])
    entry.apply(eks=good)
    entry.settle()
    facts, before = entry.facts(), _resources(entry)
    entry.apply(**_bad(entry))
    said = (
        f'spec.aws.sourceRoleArn: "arn:aws:iam::{CUSTOMER}:role/host" is in account {CUSTOMER}, the cluster in {ACCOUNT}: '
        "EKS assumes roles of its account; "
        'spec.eks.region: "xx-north-1" is not a region of any partition of AWS; those begin with af, ap, ca, cn, eu, eusc, il, me, mx, sa or us'
    )
    entry.until(lambda: entry.conditions()["SpecValid"] == ("False", "Invalid", said), "refused")
    entry.until(lambda: entry.conditions()["Synced"][0] == "False", "not synced")
    assert said in entry.conditions()["Synced"][2]
    unread = "the facts cannot be told while the spec is invalid; PodIdentities that name it stay as they are"
    assert entry.conditions()["FactsResolved"] == ("Unknown", "SpecInvalid", unread)
    assert (entry.facts(), _resources(entry)) == (facts, before)
    entry.apply(eks=good)
    entry.until(lambda: entry.conditions()["SpecValid"][0] == "True", "healed")
    entry.settle()
    assert _resources(entry) == before
    assert not audit.deletions()


def _resources(entry: Entry) -> dict[str, str]:
    kinds = ("Cluster", "Addon", "OpenIDConnectProvider")
    return {found["metadata"]["uid"]: found["metadata"]["name"] for kind in kinds for found in entry.of_kind(kind)}


_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two kinds": ({"eks": {"region": REGION, "observe": True}, "gke": {"location": "x", "observe": True}}, "exactly one of"),
    "no account": ({"eks": {"region": REGION}}, "accountId is needed without observe"),
    "a version without the add-on": (
        {"eks": {"region": REGION, "observe": True, "podIdentityAgent": {"addon": False, "version": "v1.3.8-eksbuild.2"}}},
        "version needs addon: true",
    ),
}


@pytest.mark.parametrize("which", _REFUSED)
def test_what_the_api_server_refuses(plane: ControlPlane, which: str) -> None:
    spec, words = _REFUSED[which]
    manifest = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "PodIdentityCluster", "metadata": {"name": "refused"}, "spec": spec}
    with pytest.raises(Refused, match=words):
        Kubectl(plane.places).apply(manifest)

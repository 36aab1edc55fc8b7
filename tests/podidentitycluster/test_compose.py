"""PodIdentityCluster: facts that are written, observed or kept; what is composed; what is said of it."""

import copy
import itertools
from datetime import timedelta
from typing import Any

import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from crossplane.function.resource import update

from function.catalogue.entry import NOTHING_FETCHED, requirement
from function.fn import run
from function.observed import Observed, plain_struct
from function.podidentitycluster.compose import compose_cluster
from function.result import Result
from function.wire import encode
from tests.spec.bad_input_cluster import CASES
from tests.support.clusters import (
    ACCOUNT,
    ARN,
    EKS_FACTS,
    EKS_SEEN,
    GKE_FACTS,
    GKE_SEEN,
    HOST,
    ISSUER,
    OF_ACCOUNT,
    OF_OTHER,
    OTHER_ACCOUNT,
    REGION,
    absent,
    by_kind,
    composed,
    conditions,
    eks,
    entry,
    gke,
    held,
    seen,
    vcluster,
    xr,
)

TYPED = eks(observe=False, accountId=ACCOUNT, oidcIssuer=ISSUER)
ADDON = {"addon": True, "version": "v1.3.8-eksbuild.2"}
AGENT = eks(podIdentityAgent=ADDON)
IRSA = eks(oidcProviders=[OF_ACCOUNT, OF_OTHER])
KEPT = ["Observe", "Create", "Update", "LateInitialize"]
PROVIDER_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
DENIED = ("False", "False", "observe failed: AccessDenied")
CREATING = ("False", "True", "creating")
KINDS = ["SpecValid", "FactsResolved", "AgentReady", "OIDCProvidersReady"]


def of(result: Result, kind: str) -> tuple[str, str, str]:
    """One condition."""
    return conditions(result)[kind]


def names(result: Result) -> set[str]:
    """The names of what was composed."""
    return {resource.name for resource in result.resources}


def after(spec: dict[str, Any], at_provider: dict[str, dict[str, Any]], **states: Any) -> Result:
    """Once what is composed has been observed, and what comes of that, too."""
    first = composed(spec, seen(composed(spec), at_provider, **states))
    return composed(spec, seen(first, at_provider, **states))


# Facts


def test_written_facts_are_resolved_at_once() -> None:
    result = composed(TYPED)
    assert result.status == {**held({"eks": EKS_FACTS}, TYPED), "podIdentityAgent": "Unknown"}
    assert of(result, "FactsResolved") == ("True", "Resolved", "all facts of the cluster are known")
    assert not result.resources


def test_an_eks_cluster_is_observed() -> None:
    first = composed(eks())
    assert by_kind(first) == {
        "Cluster": [
            {
                "apiVersion": "eks.aws.m.upbound.io/v1beta1",
                "kind": "Cluster",
                "metadata": {"annotations": {"crossplane.io/external-name": "prod-apne2"}, "namespace": "crossplane-system"},
                "spec": {
                    "forProvider": {"region": REGION},
                    "managementPolicies": ["Observe"],
                    "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"},
                },
            }
        ]
    }
    assert first.status == {"podIdentityAgent": "Unknown"}
    assert of(first, "FactsResolved") == ("False", "Waiting", "the observed cluster prod-apne2 does not exist yet")
    result = after(eks(), {"Cluster": EKS_SEEN})
    assert result.status == {**held({"eks": EKS_FACTS}, eks()), "podIdentityAgent": "Unknown"}
    assert of(result, "FactsResolved") == ("True", "Resolved", "all facts of the cluster are known")
    assert result.ready == names(result)


def test_the_name_is_the_entrys_by_default() -> None:
    (cluster,) = by_kind(composed(eks(clusterName=...)))["Cluster"]
    assert cluster["metadata"]["annotations"] == {"crossplane.io/external-name": "prod"}


def test_a_gke_cluster_is_observed() -> None:
    spec = {**gke(projectNumber="123456789012"), "gcp": {"providerConfigRef": {"name": "google"}}}
    assert by_kind(composed(spec)) == {
        "Cluster": [
            {
                "apiVersion": "container.gcp.m.upbound.io/v1beta1",
                "kind": "Cluster",
                "metadata": {"annotations": {"crossplane.io/external-name": "prod-ew1"}, "namespace": "crossplane-system"},
                "spec": {
                    "forProvider": {"location": "europe-west1"},
                    "managementPolicies": ["Observe"],
                    "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "google"},
                },
            }
        ]
    }
    result = after(spec, {"Cluster": GKE_SEEN})
    assert result.status == held({"gke": {**GKE_FACTS, "projectNumber": "123456789012"}}, spec)
    assert of(result, "AgentReady") == ("True", "NotNeeded", "EKS clusters alone have the Pod Identity Agent")
    (cluster,) = by_kind(composed(gke(projectId="prod-436507")))["Cluster"]
    assert cluster["spec"]["forProvider"] == {"location": "europe-west1", "project": "prod-436507"}


def test_a_gke_cluster_can_be_written() -> None:
    spec = gke(observe=False, projectId="prod-436507")
    result = composed(spec)
    assert result.status == held({"gke": GKE_FACTS}, spec)
    assert not result.resources


def test_another_cluster_is_written() -> None:
    spec = {"kubernetes": {"oidcIssuer": "https://oidc.example.com/edge"}}
    result = composed(spec)
    facts = {"oidcIssuer": "https://oidc.example.com/edge", "audience": "sts.amazonaws.com"}
    assert result.status == held({"kubernetes": facts}, spec)
    assert {kind: status for kind, (status, _, _) in conditions(result).items()} == dict.fromkeys(KINDS, "True")


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (DENIED, "does not match the spec yet, says the provider: observe failed: AccessDenied"),
        (
            ("False", "False", "observe failed: external resource does not exist"),
            "does not exist, says the provider: observe failed: external resource does not exist; check spec.eks.clusterName, "
            "spec.eks.region, and the account that spec.aws.providerConfigRef reaches",
        ),
        (("False", "True", ""), "is not there yet"),
        (("True", "True", ""), "does not say its ARN yet"),
    ],
)
def test_waiting_is_said_in_the_providers_words(state: tuple[str, str, str], says: str) -> None:
    result = composed(eks(), seen(composed(eks()), {}, Cluster=state))
    assert of(result, "FactsResolved") == ("False", "Waiting", f"the observed cluster prod-apne2 {says}")
    assert not result.ready


def test_written_facts_that_agree_are_fine() -> None:
    spec = eks(accountId=ACCOUNT, oidcIssuer=f"https://{HOST.replace('.com/', '.com:443/')}", autoMode=False)
    assert of(after(spec, {"Cluster": EKS_SEEN}), "FactsResolved")[0] == "True"


@pytest.mark.parametrize(
    ("spec", "sight", "wrong"),
    [
        (
            eks(accountId=OTHER_ACCOUNT),
            EKS_SEEN,
            f'spec.eks.accountId is "{OTHER_ACCOUNT}", the observed cluster\'s is "{ACCOUNT}" ({ARN})',
        ),
        (
            eks(),
            {**EKS_SEEN, "arn": ARN.replace(REGION, "eu-west-1").replace("prod-apne2", "x")},
            f'spec.eks.region is "{REGION}", the observed cluster\'s is "eu-west-1" (arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/x); '
            'spec.eks.clusterName is "prod-apne2", the observed cluster\'s is "x" '
            f"(arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/x)",
        ),
        (
            eks(oidcIssuer="https://oidc.example.com/edge"),
            EKS_SEEN,
            f'spec.eks.oidcIssuer is "https://oidc.example.com/edge", the observed cluster\'s is "{ISSUER[:75]}..."',
        ),
        (eks(autoMode=True), EKS_SEEN, "spec.eks.autoMode is true, the observed cluster's is false"),
        (
            gke(projectId="other-project"),
            GKE_SEEN,
            'spec.gke.projectId is "other-project", the observed cluster\'s is "prod-436507"',
        ),
        (
            gke(workloadPool="fleet-host.svc.id.goog"),
            GKE_SEEN,
            'spec.gke.workloadPool is "fleet-host.svc.id.goog", the observed cluster\'s is "prod-436507.svc.id.goog"',
        ),
    ],
)
def test_what_contradicts_the_real_cluster_is_said_with_both(spec: dict[str, Any], sight: dict[str, Any], wrong: str) -> None:
    known = {"eks": {**EKS_FACTS, "accountId": "111122223333"}}
    result = composed(spec, seen(composed(spec), {"Cluster": sight}), known=known)
    cloud = "aws" if "eks" in spec else "gcp"
    advice = f"correct the spec, or spec.{cloud}.providerConfigRef, through which it is read"
    if "spec.gke.workloadPool" in wrong:
        advice += "; where its pods use a fleet's pool, write the facts without observe"
    assert of(result, "FactsResolved") == ("False", "Contradiction", f"{wrong}: {advice}")
    assert result.status is not None
    assert result.status["cluster"] == known
    assert not result.ready


def test_a_gke_cluster_without_a_pool_is_not_resolved() -> None:
    result = after(gke(), {"Cluster": {"project": "prod-436507"}})
    message = "cluster prod-ew1 has no workload identity pool: enable Workload Identity Federation for GKE on it"
    assert of(result, "FactsResolved") == ("False", "NoWorkloadPool", message)


@pytest.mark.parametrize(("spec", "known"), [(eks(), {"eks": EKS_FACTS}), (gke(), {"gke": GKE_FACTS})])
def test_a_resolved_fact_stays_when_a_later_observation_lacks_it(spec: dict[str, Any], known: dict[str, Any]) -> None:
    result = composed(spec, seen(composed(spec), {}, Cluster=DENIED), known=known)
    assert result.status is not None
    assert result.status["cluster"] == known
    state, reason, message = of(result, "FactsResolved")
    assert (state, reason) == ("True", "Resolved")
    assert message.startswith("the facts are those that were known before; the observed cluster prod-")


@pytest.mark.parametrize(("spec", "known"), [(eks(), {"eks": EKS_FACTS}), (gke(), {"gke": GKE_FACTS})])
def test_what_was_typed_or_seen_with_other_credentials_is_no_observation(spec: dict[str, Any], known: dict[str, Any]) -> None:
    """Nor is it on the next call, when there is the managed resource already and the status of the first was never written."""
    kind, cloud = ("eks", "aws") if "eks" in spec else ("gke", "gcp")
    typed = {kind: {**spec[kind], "observe": False, "accountId": ACCOUNT}}
    elsewhere = {**spec, cloud: {"providerConfigRef": {"name": "other"}}}
    moved = {**spec, "managedResources": {"namespace": "platform"}}
    for before in (typed, elsewhere, moved):
        for there in ((), seen(composed(spec), {}, Cluster=DENIED)):
            result = composed(spec, there, known=known, of_spec=before)
            assert of(result, "FactsResolved")[:2] == ("False", "Waiting")
            assert "cluster" not in (result.status or {})


@pytest.mark.parametrize(
    "beside",
    [
        {"usableFrom": {"namespaces": ["team-*"]}},
        {"aws": {"accountId": OTHER_ACCOUNT}},
        {"eks": eks(podIdentityAgent=ADDON, oidcProviders=[OF_ACCOUNT])["eks"]},
    ],
)
def test_facts_outlast_an_edit_of_what_they_do_not_follow_from(beside: dict[str, Any]) -> None:
    spec = {**eks(), **beside}
    result = composed(spec, seen(composed(spec), {}, Cluster=DENIED), known={"eks": EKS_FACTS}, of_spec=eks())
    assert of(result, "FactsResolved")[:2] == ("True", "Resolved")


def test_an_issuer_and_a_pool_stay_when_a_later_observation_lacks_them() -> None:
    some = seen(composed(eks()), {"Cluster": {"arn": ARN}})
    assert composed(eks(), some, known={"eks": EKS_FACTS}).status == {
        **held({"eks": EKS_FACTS}, eks()),
        "podIdentityAgent": "Unknown",
    }
    some = seen(composed(gke()), {"Cluster": {"project": "prod-436507"}})
    assert composed(gke(), some, known={"gke": GKE_FACTS}).status == held({"gke": GKE_FACTS}, gke())
    numbered = gke(projectNumber="123456789012")
    facts = {"gke": {**GKE_FACTS, "projectNumber": "123456789012"}}
    assert composed(numbered, some, known={"gke": GKE_FACTS}, of_spec=gke()).status == held(facts, numbered)
    elsewhere = gke(workloadPool="fleet-host.svc.id.goog")
    assert of(composed(elsewhere, some, known={"gke": GKE_FACTS}), "FactsResolved")[1] == "NoWorkloadPool"


@pytest.mark.parametrize(
    ("spec", "known"),
    [
        (eks(clusterName="other"), {"eks": EKS_FACTS}),
        (eks(region="eu-west-1"), {"eks": EKS_FACTS}),
        (eks(accountId=OTHER_ACCOUNT), {"eks": EKS_FACTS}),
        (eks(oidcIssuer="https://oidc.example.com/edge"), {"eks": EKS_FACTS}),
        (eks(), {"eks": EKS_FACTS, "vcluster": {"name": "sync"}}),
        (eks(), {"eks": "nonsense"}),
        (gke(projectId="other-project"), {"gke": GKE_FACTS}),
        (gke(location="europe-west2"), {"gke": GKE_FACTS}),
        (gke(), {"eks": EKS_FACTS}),
    ],
)
def test_facts_of_another_cluster_are_no_facts_of_this_one(spec: dict[str, Any], known: dict[str, Any]) -> None:
    result = composed(spec, seen(composed(spec), {}, Cluster=DENIED), known=known)
    assert of(result, "FactsResolved")[:2] == ("False", "Waiting")
    assert (result.status or {}).get("cluster", {}) == {kind: part for kind, part in known.items() if part != "nonsense"}


@pytest.mark.parametrize("field", ["accountId", "oidcIssuer"])
@pytest.mark.parametrize("value", [5, True, [], {}, "", "zzz"])
def test_facts_that_can_be_none_are_not_believed(field: str, value: Any) -> None:
    there = seen(composed(IRSA), {}, Cluster=DENIED)
    result = composed(IRSA, there, known={"eks": {**EKS_FACTS, field: value}})
    assert of(result, "FactsResolved")[:2] == ("False", "Waiting")
    assert "cluster" not in (result.status or {})


def test_nothing_else_of_the_status_is_read() -> None:
    """Nor anything in it that is not as the function writes it."""
    for status in (None, "x", {"cluster": None}, {"podIdentityAgent": "AutoMode", "conditions": [{"type": "FactsResolved"}]}):
        assert compose_cluster({**xr(AGENT), "status": status}, Observed({}), NOTHING_FETCHED) == composed(AGENT)


# The agent


def test_the_addon_is_composed_once_auto_mode_is_known_to_be_off() -> None:
    first = composed(AGENT)
    assert list(by_kind(first)) == ["Cluster"]
    message = "the add-on waits until it is known whether EKS Auto Mode is on"
    assert of(first, "AgentReady") == ("False", "Waiting", message)
    second = composed(AGENT, seen(first, {"Cluster": EKS_SEEN}))
    assert by_kind(second)["Addon"] == [
        {
            "apiVersion": "eks.aws.m.upbound.io/v1beta1",
            "kind": "Addon",
            "metadata": {
                "annotations": {"crossplane.io/external-name": "prod-apne2:eks-pod-identity-agent"},
                "namespace": "crossplane-system",
            },
            "spec": {
                "forProvider": {
                    "addonName": "eks-pod-identity-agent",
                    "clusterName": "prod-apne2",
                    "region": REGION,
                    "addonVersion": "v1.3.8-eksbuild.2",
                },
                "managementPolicies": KEPT,
                "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"},
            },
        }
    ]
    assert of(second, "AgentReady") == ("False", "Waiting", "the add-on does not exist yet")
    result = after(AGENT, {"Cluster": EKS_SEEN})
    assert result.status is not None
    assert result.status["podIdentityAgent"] == "Addon"
    assert of(result, "AgentReady") == ("True", "Available", "the add-on is installed")


def test_an_addon_that_is_being_made_or_refused_is_not_ready() -> None:
    making = after(AGENT, {"Cluster": EKS_SEEN}, Addon=CREATING)
    assert making.status is not None
    assert making.status["podIdentityAgent"] == "Unknown"
    assert of(making, "AgentReady") == ("False", "Waiting", "the add-on is not there yet, says the provider: creating")
    refused = after(AGENT, {"Cluster": EKS_SEEN}, Addon=("True", "False", "no such version"))
    assert refused.status is not None
    assert refused.status["podIdentityAgent"] == "Addon"
    message = "the add-on does not match the spec yet, says the provider: no such version"
    assert of(refused, "AgentReady") == ("False", "Waiting", message)


def test_with_auto_mode_there_is_no_addon() -> None:
    automatic = {"Cluster": {**EKS_SEEN, "computeConfig": {"enabled": True}}}
    there = seen(after(AGENT, {"Cluster": EKS_SEEN}), automatic)
    for result in (after(AGENT, automatic), composed(AGENT, there), composed({"eks": {**TYPED["eks"], "autoMode": True}})):
        assert "Addon" not in by_kind(result)
        assert result.status is not None
        assert result.status["podIdentityAgent"] == "AutoMode"
        assert of(result, "AgentReady") == ("True", "AutoMode", "EKS Auto Mode has the agent built in")


def test_an_addon_stays_while_auto_mode_is_not_known() -> None:
    there = seen(after(AGENT, {"Cluster": EKS_SEEN}), {}, Cluster=DENIED)
    assert "Addon" in by_kind(composed(AGENT, there))


def test_an_agent_that_is_not_installed_here() -> None:
    absent = composed({"eks": {**TYPED["eks"], "podIdentityAgent": {"addon": False}}})
    assert absent.status is not None
    assert absent.status["podIdentityAgent"] == "Absent"
    assert of(absent, "AgentReady") == (
        "False",
        "Absent",
        "the cluster has no agent, so that its pods get no credentials from EKS Pod Identity: "
        "spec.eks.podIdentityAgent.addon is false",
    )
    assert of(composed(TYPED), "AgentReady") == (
        "Unknown",
        "NotManaged",
        "spec.eks.podIdentityAgent is not written: whether the agent is in the cluster is not known here",
    )


# OIDC providers


def test_an_oidc_provider_is_composed_for_each_account() -> None:
    first = composed(IRSA)
    assert list(by_kind(first)) == ["Cluster"]
    message = "the OIDC providers wait until the cluster's issuer is known"
    assert of(first, "OIDCProvidersReady") == ("False", "Waiting", message)
    second = composed(IRSA, seen(first, {"Cluster": EKS_SEEN}))
    own, other = by_kind(second)["OpenIDConnectProvider"]
    assert own == {
        "apiVersion": "iam.aws.m.upbound.io/v1beta1",
        "kind": "OpenIDConnectProvider",
        "metadata": {"annotations": {"crossplane.io/external-name": PROVIDER_ARN}, "namespace": "crossplane-system"},
        "spec": {
            "forProvider": {"url": ISSUER},
            "initProvider": {"clientIdList": ["sts.amazonaws.com"]},
            "managementPolicies": ["Observe", "Create", "Update"],
            "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "prod"},
        },
    }
    assert other["metadata"]["annotations"]["crossplane.io/external-name"] == PROVIDER_ARN.replace(ACCOUNT, OTHER_ACCOUNT)
    assert other["spec"]["providerConfigRef"]["name"] == "customer"
    message = f"2 of 2 OIDC providers are not ready; that of account {ACCOUNT} does not exist yet"
    assert of(second, "OIDCProvidersReady") == ("False", "Waiting", message)
    result = after(IRSA, {"Cluster": EKS_SEEN})
    assert of(result, "OIDCProvidersReady") == ("True", "Available", "all OIDC providers are ready (2)")


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_an_oidc_provider_is_in_the_regions_partition(region: str, partition: str) -> None:
    host = HOST.replace("ap-northeast-2", region).replace(".com/", ".com.cn/" if partition == "aws-cn" else ".com/")
    facts = {**TYPED["eks"], "region": region, "oidcIssuer": f"https://{host}", "oidcProviders": [OF_ACCOUNT]}
    result = composed({"eks": facts})
    (provider,) = by_kind(result)["OpenIDConnectProvider"]
    arn = provider["metadata"]["annotations"]["crossplane.io/external-name"]
    assert arn == f"arn:{partition}:iam::{ACCOUNT}:oidc-provider/{host}"
    assert result.status is not None
    assert result.status["cluster"]["eks"]["arn"] == f"arn:{partition}:eks:{region}:{ACCOUNT}:cluster/prod-apne2"


def test_an_oidc_provider_has_the_clusters_audience_and_no_port() -> None:
    issuer = {"oidcIssuer": "https://oidc.example.com:443/edge", "audience": "example"}
    result = composed({"kubernetes": {**issuer, "oidcProviders": [OF_ACCOUNT]}})
    (provider,) = by_kind(result)["OpenIDConnectProvider"]
    assert provider["spec"]["forProvider"] == {"url": "https://oidc.example.com/edge"}
    assert provider["spec"]["initProvider"] == {"clientIdList": ["example"]}


ROSA = {
    "kubernetes": {
        "oidcIssuer": "https://oidc.example.com/rosa",
        "audiences": ["vault"],
        "oidcProviders": [OF_ACCOUNT],
    }
}
ROSAS_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example.com/rosa"
OURS = ["sts.amazonaws.com", "vault"]


@pytest.mark.parametrize(
    ("there", "written", "condition"),
    [
        (
            [],
            OURS,
            (
                "False",
                "Waiting",
                f"1 of 1 OIDC providers are not ready; that of account {ACCOUNT} does not admit sts.amazonaws.com and vault yet",
            ),
        ),
        (OURS, None, ("True", "Available", "all OIDC providers are ready (1)")),
        (
            ["openshift", *OURS],
            None,
            (
                "True",
                "Available",
                f"all OIDC providers are ready (1); that of account {ACCOUNT} also admits openshift, which is not written here "
                "and stays",
            ),
        ),
        (
            ["openshift"],
            ["openshift", *OURS],
            (
                "False",
                "Waiting",
                f"1 of 1 OIDC providers are not ready; that of account {ACCOUNT} does not admit sts.amazonaws.com and vault yet",
            ),
        ),
        (
            ["vault", "openshift"],
            ["openshift", "vault", "sts.amazonaws.com"],
            (
                "False",
                "Waiting",
                f"1 of 1 OIDC providers are not ready; that of account {ACCOUNT} does not admit sts.amazonaws.com yet",
            ),
        ),
    ],
    ids=["none at all", "only ours", "somebody else's beside ours", "somebody else's only", "one of ours is missing"],
)
def test_audiences_of_somebody_else_stay(there: list[str], written: list[str] | None, condition: tuple[str, str, str]) -> None:
    """ForProvider names audiences only while one is missing, and then all: the provider takes away what it does not name."""
    state = {"arn": ROSAS_ARN, "clientIdList": there}
    result = after(ROSA, {"OpenIDConnectProvider": state})
    (provider,) = by_kind(result)["OpenIDConnectProvider"]
    assert provider["spec"]["forProvider"].get("clientIdList") == written
    assert provider["spec"]["initProvider"] == {"clientIdList": OURS}
    assert of(result, "OIDCProvidersReady") == condition


def test_every_issuer_has_an_oidc_provider() -> None:
    """While the API server's issuer changes, tokens of both are alive."""
    both = ["https://oidc.example.com/rosa", "https://oidc.example.com/rosa-2"]
    cluster = {"oidcIssuer": both[0], "additionalIssuers": both[1:], "oidcProviders": [OF_ACCOUNT, OF_OTHER]}
    result = composed({"kubernetes": cluster})
    made = by_kind(result)["OpenIDConnectProvider"]
    assert [provider["spec"]["forProvider"]["url"] for provider in made] == [both[0], both[0], both[1], both[1]]
    assert result.status is not None
    assert result.status["cluster"]["kubernetes"]["additionalIssuers"] == both[1:]
    turned = {"oidcIssuer": both[1], "additionalIssuers": both[:1], "oidcProviders": [OF_ACCOUNT, OF_OTHER]}
    assert names(composed({"kubernetes": turned})) == names(result)


def test_what_no_podidentity_could_use_is_told_in_the_entry() -> None:
    """A pool that GKE reports, of a form that is not known here."""
    seen_pool = {**GKE_SEEN, "workloadIdentityConfig": {"workloadPool": "prod_436507.example"}}
    result = after(gke(), {"Cluster": seen_pool})
    status, reason, message = of(result, "FactsResolved")
    assert (status, reason) == ("False", "Unusable")
    assert message.startswith(
        'the cluster cannot be used: gke.workloadPool: "prod_436507.example" is not a workload identity pool of GKE'
    )


def test_an_oidc_provider_in_another_account_is_said() -> None:
    typed = {"eks": {**TYPED["eks"], "oidcProviders": [OF_ACCOUNT]}}
    elsewhere = PROVIDER_ARN.replace(ACCOUNT, OTHER_ACCOUNT)
    result = composed(typed, seen(composed(typed), {"OpenIDConnectProvider": {"arn": elsewhere}}))
    assert of(result, "OIDCProvidersReady") == (
        "False",
        "OtherAccount",
        f"the OIDC provider of account {ACCOUNT} is {elsewhere}, not {PROVIDER_ARN}: its provider config is another account's",
    )


def test_an_oidc_provider_that_is_refused_is_said() -> None:
    result = after(IRSA, {"Cluster": EKS_SEEN}, OpenIDConnectProvider=DENIED)
    assert of(result, "OIDCProvidersReady")[2] == (
        f"2 of 2 OIDC providers are not ready; that of account {ACCOUNT} does not match the spec yet, says the provider: "
        "observe failed: AccessDenied"
    )


@pytest.mark.parametrize("known", [None, {"eks": EKS_FACTS}])
def test_oidc_providers_stay_while_the_issuer_is_not_known(known: dict[str, Any] | None) -> None:
    """Whether or not status.cluster was lost: a backup that is restored may lack it."""
    there = after(IRSA, {"Cluster": EKS_SEEN})
    lost = composed(IRSA, seen(there, {}, Cluster=DENIED), known=known)
    assert names(lost) == names(there)
    contradicted = eks(accountId=OTHER_ACCOUNT, oidcProviders=[OF_ACCOUNT, OF_OTHER])
    result = composed(contradicted, seen(there, {"Cluster": EKS_SEEN}), known=known)
    assert names(result) == names(there)
    message = "the OIDC providers wait until the cluster's issuer is known, and those that exist stay (2)"
    assert of(result, "OIDCProvidersReady") == ("False", "Waiting", message)


def test_no_oidc_provider_is_made_for_an_issuer_that_is_not_resolved() -> None:
    one = eks(oidcProviders=[OF_ACCOUNT])
    there = seen(after(one, {"Cluster": EKS_SEEN}), {"Cluster": EKS_SEEN})
    result = composed(eks(accountId=OTHER_ACCOUNT, oidcProviders=[OF_ACCOUNT, OF_OTHER]), there, known={"eks": EKS_FACTS})
    assert len(by_kind(result)["OpenIDConnectProvider"]) == 1


def test_a_new_issuer_makes_new_oidc_providers() -> None:
    """The cluster was made anew under its name: roles cannot trust the old issuer any longer."""
    before = after(IRSA, {"Cluster": EKS_SEEN})
    new = {**EKS_SEEN, "identity": [{"oidc": [{"issuer": f"{ISSUER[:-4]}0000"}]}]}
    result = composed(IRSA, seen(before, {"Cluster": new}), known={"eks": EKS_FACTS})
    assert len(names(result) & names(before)) == 1
    assert by_kind(result)["OpenIDConnectProvider"][0]["spec"]["forProvider"]["url"] == f"{ISSUER[:-4]}0000"


# Both kinds of managed resources


def test_cluster_scoped_resources() -> None:
    spec = {
        **eks(podIdentityAgent={"addon": True}, oidcProviders=[OF_ACCOUNT]),
        "aws": {"providerConfigRef": {"kind": "ClusterProviderConfig", "name": "prod"}},
        "managedResources": {"scope": "Cluster"},
        "managementPolicies": ["*"],
    }
    made = by_kind(after(spec, {"Cluster": EKS_SEEN}))
    assert {kind: resource["apiVersion"] for kind, (resource,) in made.items()} == {
        "Cluster": "eks.aws.upbound.io/v1beta2",
        "Addon": "eks.aws.upbound.io/v1beta1",
        "OpenIDConnectProvider": "iam.aws.upbound.io/v1beta1",
    }
    for (resource,) in made.values():
        assert "namespace" not in resource["metadata"]
        assert resource["spec"]["providerConfigRef"] == {"name": "prod"}
        policies = {"Cluster": ["Observe"], "OpenIDConnectProvider": ["Observe", "Create", "Update", "Delete"]}
        assert resource["spec"]["managementPolicies"] == policies.get(resource["kind"], ["*"])
    (cluster,) = by_kind(composed({**gke(), "managedResources": {"scope": "Cluster"}}))["Cluster"]
    assert cluster["apiVersion"] == "container.gcp.upbound.io/v1beta2"


def test_what_cannot_change_in_place_gets_another_name() -> None:
    """Also where the objects are: Crossplane would leave behind one that moves."""
    base = {"eks": {**TYPED["eks"], "observe": True, "podIdentityAgent": {"addon": True}, "oidcProviders": [OF_ACCOUNT]}}

    def all_of(spec: dict[str, Any]) -> set[str]:
        facts = spec["eks"]
        arn = f"arn:aws:eks:{facts['region']}:{ACCOUNT}:cluster/{facts['clusterName']}"
        return names(after(spec, {"Cluster": {**EKS_SEEN, "arn": arn}}))

    assert len(all_of(base)) == 3
    others: list[dict[str, Any]] = [
        {"managedResources": {"scope": "Cluster"}},
        {"managedResources": {"namespace": "platform"}},
    ]
    for other, another in itertools.combinations([base, *({**base, **other} for other in others)], 2):
        assert not all_of(other) & all_of(another)
    moved = copy.deepcopy(base)
    moved["eks"]["region"] = "eu-west-1"
    del moved["eks"]["oidcIssuer"]  # which says the region; the observed one is as it was
    assert {name.split("-")[0] for name in all_of(base) & all_of(moved)} == {"oidc"}


def test_composition_resource_names_stay() -> None:
    """Another name deletes and makes anew what users have."""
    spec = eks(podIdentityAgent={"addon": True}, oidcProviders=[OF_ACCOUNT])
    assert sorted(names(after(spec, {"Cluster": EKS_SEEN}))) == [
        "addon-4dd841b573a931ef",
        "eks-cluster-44e24c567ead96d8",
        "oidc-provider-34e5227d30324a19",
    ]
    assert names(composed(gke())) == {"gke-cluster-655e2005384345b9"}


# vclusters


def test_a_vcluster_has_its_hosts_facts() -> None:
    required = entry(facts={"eks": EKS_FACTS}, podIdentityAgent="Addon")
    result = composed(vcluster(), required=required, name="sync")
    own = {"name": "sync", "hostNamespace": "loft-devspace-v-sync", "serviceAccountSync": True}
    assert result.status == {**held({"vcluster": own, "eks": EKS_FACTS}, vcluster()), "podIdentityAgent": "Addon"}
    assert not result.resources
    (wanted,) = result.requirements
    assert (wanted.kind, wanted.match_name) == ("PodIdentityCluster", "prod")
    assert conditions(result) == {
        "SpecValid": ("True", "Valid", "the spec is valid"),
        "FactsResolved": ("True", "Resolved", "all facts of the cluster are known"),
        "AgentReady": ("True", "OfHost", "PodIdentityCluster prod says that the agent is in the host cluster (Addon)"),
        "OIDCProvidersReady": ("True", "OfHost", "PodIdentityCluster prod answers for the OIDC providers"),
    }


def test_a_vclusters_mappings_are_facts() -> None:
    spec = vcluster(project=..., hostNamespace="host", namespaceMappings={"team-*": "host-team-*"}, mappingsOnly=True)
    for facts in ({"gke": GKE_FACTS}, {"kubernetes": {"oidcIssuer": ISSUER, "audience": "sts.amazonaws.com"}}):
        result = composed(spec, required=entry(facts=facts), name="sync")
        own = {
            "name": "sync",
            "hostNamespace": "host",
            "serviceAccountSync": True,
            "namespaceMappings": {"team-*": "host-team-*"},
            "mappingsOnly": True,
        }
        assert result.status == held({"vcluster": own, **facts}, spec)
        assert of(result, "AgentReady")[1] == "NotNeeded"


_NAMES_IT = "PodIdentityCluster prod, which spec.vcluster.hostCluster names,"


@pytest.mark.parametrize(
    ("required", "reason", "message"),
    [
        ({}, "Waiting", f"{_NAMES_IT} has not been looked up yet"),
        (absent(), "HostAbsent", f"{_NAMES_IT} does not exist"),
        (entry(resolved="False"), "HostUnresolved", f"{_NAMES_IT} is not resolved: the observed cluster does not exist yet"),
        (
            entry(facts={"eks": EKS_FACTS}, resolved="False"),
            "HostUnresolved",
            f"{_NAMES_IT} is not resolved: the observed cluster does not exist yet",
        ),
        (
            entry(facts={"eks": EKS_FACTS}, refused="spec.gcp: says nothing for an EKS cluster"),
            "HostRefused",
            f"{_NAMES_IT} is refused itself: spec.gcp: says nothing for an EKS cluster",
        ),
        (
            entry(facts={"eks": EKS_FACTS}, edited=True),
            "HostUnresolved",
            f"{_NAMES_IT} is not resolved: its status is older than its spec; if that lasts, its condition Synced says why, or it is paused",
        ),
        (
            entry(facts={"eks": EKS_FACTS, "vcluster": {"name": "x"}}),
            "HostIsVCluster",
            f"{_NAMES_IT} is a vcluster itself: name the cluster that it runs in, and its host namespace there",
        ),
    ],
)
def test_a_vcluster_whose_host_is_not_known_keeps_what_it_had(required: Any, reason: str, message: str) -> None:
    known = {"eks": EKS_FACTS, "vcluster": {"name": "sync", "hostNamespace": "x", "serviceAccountSync": True}}
    result = composed(vcluster(), required=required, name="sync", known=known)
    assert of(result, "FactsResolved") == ("False", reason, message)
    assert result.status == held(known, vcluster())
    assert [wanted.match_name for wanted in result.requirements] == ["prod"]
    assert of(result, "AgentReady") == (
        "Unknown",
        "OfHost",
        "PodIdentityCluster prod says nothing of the agent in the host cluster",
    )


def test_a_host_without_the_agent_is_said() -> None:
    result = composed(vcluster(), required=entry(facts={"eks": EKS_FACTS}, podIdentityAgent="Absent"), name="sync")
    message = "PodIdentityCluster prod says that the agent is not in the host cluster"
    assert of(result, "AgentReady") == ("False", "OfHost", message)


# Bad input


@pytest.mark.parametrize(("spec", "errors"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_error_is_named(spec: Any, errors: list[str]) -> None:
    result = composed(spec, name="me")
    assert [str(error) for error in result.errors] == errors
    assert result.fatal == "; ".join(errors)
    assert of(result, "SpecValid") == ("False", "Invalid", result.fatal)
    assert list(conditions(result)) == KINDS
    assert (result.resources, result.status, result.requirements) == ((), None, ())


def test_a_name_that_cannot_be_listed_is_refused() -> None:
    message = 'metadata.name: "prod.eu" is not a DNS-1123 label, which it has to be as a name in spec.clusters'
    assert composed(TYPED, name="prod.eu").fatal == message


def test_a_name_that_cannot_be_the_clusters_is_refused() -> None:
    assert composed(gke(clusterName=...), name="1st").fatal == (
        "spec.gke.clusterName: \"1st\" is not a GKE cluster name: lower case letters, digits and '-', beginning with a letter"
    )


def test_a_bad_edit_leaves_everything_and_is_said() -> None:
    there = seen(after(IRSA, {"Cluster": EKS_SEEN}), {"Cluster": EKS_SEEN})
    bad = {**IRSA, "managementPolicies": ["Create"]}
    assert list(conditions(composed(bad, there, known={"eks": EKS_FACTS})).values())[1:] == [
        (
            "Unknown",
            "SpecInvalid",
            "the facts cannot be told while the spec is invalid; PodIdentities that name it stay as they are",
        ),
        (
            "Unknown",
            "SpecInvalid",
            "pod identity agents cannot be told while the spec is invalid; nothing exists yet",
        ),
        ("True", "Available", "OIDC providers are ready as last applied; nothing changes while the spec is invalid"),
    ]


def test_crossplanes_own_fields_are_left_to_it() -> None:
    assert composed({**TYPED, "crossplane": {"compositionRef": {"name": "x"}}}).fatal is None


# Always


@pytest.mark.parametrize("spec", [TYPED, AGENT, IRSA, gke(), vcluster()])
def test_every_answer_has_every_condition_with_a_reason(spec: dict[str, Any]) -> None:
    for result in (composed(spec, name="x"), composed({}, name="x"), after(spec, {"Cluster": EKS_SEEN | GKE_SEEN})):
        assert list(conditions(result)) == KINDS
        assert all(reason and message and not message.endswith(".") for _, reason, message in conditions(result).values())


def test_the_answer_does_not_depend_on_the_order_of_what_is_written() -> None:
    spec = {**eks(podIdentityAgent=ADDON, oidcProviders=[OF_ACCOUNT, OF_OTHER]), "aws": {"accountId": ACCOUNT}}
    turned = {key: dict(reversed(value.items())) for key, value in reversed(spec.items())}
    there = seen(after(spec, {"Cluster": EKS_SEEN}), {"Cluster": EKS_SEEN})
    assert composed(spec, there) == composed(turned, list(reversed(there)))


def sent_by(result: Result) -> fnv1.RunFunctionResponse:
    return encode(result, fnv1.RunFunctionRequest(), timedelta(minutes=1)).message()


def test_the_answer_can_be_sent() -> None:
    result = after({**eks(podIdentityAgent=ADDON, oidcProviders=[OF_ACCOUNT])}, {"Cluster": EKS_SEEN})
    sent = sent_by(result)
    assert {name: plain_struct(made.resource) for name, made in sent.desired.resources.items()} == {
        made.name: made.object() for made in result.resources
    }
    assert all(made.ready == fnv1.READY_TRUE for made in sent.desired.resources.values())
    assert plain_struct(sent.desired.composite.resource)["status"] == result.status
    host = sent_by(composed(vcluster(), name="sync"))
    assert [wanted.match_name for wanted in host.requirements.resources.values()] == ["prod"]


def test_two_vclusters_that_name_each_other_do_not_feed_each_other() -> None:
    """Messages that hold one another's would grow with every answer."""
    (host,) = entry(resolved="False").values()
    virtual = ({**host[0], "spec": {"vcluster": {"hostCluster": "sync"}}},)
    result = composed(vcluster(), required={requirement("prod").name: virtual}, name="sync")
    assert of(result, "FactsResolved")[1] == "HostIsVCluster"


def test_a_status_with_nothing_in_it_is_not_written() -> None:
    """Crossplane would read it as null."""
    result = composed(gke())
    answer = sent_by(result)
    assert "status" not in answer.desired.composite.resource.fields


@pytest.mark.parametrize("known", [None, {"eks": EKS_FACTS}])
def test_over_grpc_it_is_the_same(known: dict[str, Any] | None) -> None:
    """What it knew before as well, which stands in its own status."""
    spec, asked = eks(), fnv1.RunFunctionRequest()
    update(asked.observed.composite, xr(spec, known=known))
    answer, wanted = run(asked), sent_by(composed(spec, known=known))
    answer.meta.Clear()
    wanted.meta.Clear()
    assert answer == wanted
    assert plain_struct(answer.desired.composite.resource)["status"].get("cluster") == known

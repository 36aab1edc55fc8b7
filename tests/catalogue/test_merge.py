"""Clusters that a PodIdentity only names: what of the catalogue it gets, and what it says while it does not get it."""

from collections.abc import Mapping
from typing import Any

import pytest
from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.cache import Cache
from function.catalogue.entry import Fetched, spec_digest, usable
from function.compose import compose
from function.fn import run
from function.observed import NOTHING_OBSERVED
from tests.support.xrs import ACCOUNT, FLAVOURS, changed, desired, everything_provided, request

EKS = {"clusterName": "prod", "region": "eu-central-1", "accountId": ACCOUNT}
SHORT = changed((("clusters",), [{"name": "prod"}]), (("serviceAccounts",), [{"name": "api"}]))
INLINE = changed((("clusters",), [{"name": "prod", "eks": EKS}]), (("serviceAccounts",), [{"name": "api"}]))


def entry(name: str = "prod", facts: dict[str, Any] | None = None, *, resolved: bool = True, **fields: Any) -> dict[str, Any]:
    """A PodIdentityCluster as it stands."""
    arn = f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/{name}"
    status: dict[str, Any] = {"conditions": [{"type": "FactsResolved", "status": str(resolved), "message": "no such cluster"}]}
    if resolved:
        status["cluster"] = facts or {"eks": {**EKS, "clusterName": name, "arn": arn}}
    base = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "PodIdentityCluster", "metadata": {"name": name}}
    spec = {"eks": {"region": "eu-central-1"}, **fields}
    return {**base, "spec": spec, "status": {**status, "specDigest": spec_digest(spec)}}


def asked(
    some: Any,
    entries: Mapping[str, dict[str, Any] | None] | None,
    kind: str = "PodIdentity",
    observed: dict[str, dict[str, Any]] | None = None,
) -> fnv1.RunFunctionRequest:
    """A request with what Crossplane fetched: an entry of None is one that does not exist."""
    built = request(some, kind, observed)
    for name, found in (entries or {}).items():
        items = built.required_resources[f"cluster-{name}"].items
        if found is not None:
            resource.update(items.add(), found)
    return built


def conditions(answer: fnv1.RunFunctionResponse) -> dict[str, tuple[int, str, str]]:
    return {c.type: (c.status, c.reason, c.message) for c in answer.conditions}


def required(answer: fnv1.RunFunctionResponse) -> dict[str, tuple[str, str, str]]:
    return {name: (r.api_version, r.kind, r.match_name) for name, r in answer.requirements.resources.items()}


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_name_is_the_same_as_its_facts_written_out(kind: str) -> None:
    answer = run(asked(SHORT, {"prod": entry()}, kind))
    assert desired(answer) == desired(run(request(INLINE, kind)))
    assert not answer.results
    assert required(answer) == {"cluster-prod": ("podidentity.dev/v1alpha1", "PodIdentityCluster", "prod")}
    assert conditions(answer)["ClustersResolved"][1:] == (
        "Resolved",
        "the facts of the clusters are known; from the catalogue: prod",
    )


def test_what_has_not_been_fetched_is_asked_for_and_nothing_else_is_said() -> None:
    answer = run(asked(SHORT, None))
    assert (set(required(answer)), len(answer.results), len(answer.desired.resources)) == ({"cluster-prod"}, 0, 0)
    assert conditions(answer)["ClustersResolved"][:2] == (fnv1.STATUS_CONDITION_UNKNOWN, "Fetching")


def test_nothing_is_required_where_all_facts_are_written() -> None:
    assert not run(request(INLINE)).HasField("requirements")


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(
    ("found", "message"),
    [
        (
            None,
            'spec.clusters[0].name: has no facts beside it, and there is no PodIdentityCluster "prod": name one that there is, or write its facts beside the name, under eks, gke or kubernetes',
        ),
        (entry(resolved=False), "spec.clusters[0].name: PodIdentityCluster prod cannot be used yet: no such cluster"),
        (
            entry(usableFrom={"namespaces": ["team-*"]}),
            'spec.clusters[0].name: PodIdentityCluster prod is not for namespace "data": its usableFrom says "team-*"',
        ),
    ],
    ids=["absent", "not resolved", "not for this namespace"],
)
def test_an_entry_that_cannot_be_used_is_fatal_and_deletes_nothing(kind: str, found: Any, message: str) -> None:
    there = everything_provided(INLINE, kind)
    answer = run(asked(SHORT, {"prod": found}, kind, there))
    assert [(result.severity, result.message) for result in answer.results] == [(fnv1.SEVERITY_FATAL, message)]
    assert not answer.desired.resources
    assert conditions(answer)["ClustersResolved"] == (fnv1.STATUS_CONDITION_FALSE, "NotResolved", message)
    assert conditions(answer)["SpecValid"][:2] == (fnv1.STATUS_CONDITION_UNKNOWN, "ClustersNotResolved")
    assert conditions(answer)["RoleReady"][:2] == (fnv1.STATUS_CONDITION_TRUE, "Available")
    # It has to be asked for again, to see when that changes.
    assert required(answer)


def test_a_name_that_is_misspelt_is_told_which_entry_is_meant() -> None:
    clusters = changed((("clusters",), [{"name": "staging"}, {"name": "stagin"}]), base=SHORT)
    (result,) = run(asked(clusters, {"staging": entry("staging"), "stagin": None})).results
    said = 'spec.clusters[1].name: has no facts beside it, and there is no PodIdentityCluster "stagin"; did you mean staging?'
    assert result.message == said


def test_entries_that_are_known_are_named_up_to_ten() -> None:
    some = frozenset(f"cluster-{number:02}" for number in range(12))
    xr = {"kind": "PodIdentity", "metadata": {"name": "x", "namespace": "data"}, "spec": SHORT}
    (error,) = compose(xr, NOTHING_OBSERVED, Fetched({"prod": None}, some)).errors
    ten = ", ".join(f"cluster-{number:02}" for number in range(10))
    assert f"name one that there is ({ten} and 2 more), or write" in error.message


def test_what_is_said_while_the_facts_are_unknown() -> None:
    """Not that the spec is invalid, which nobody knows."""
    answer = run(asked(SHORT, {"prod": None}))
    assert conditions(answer)["RoleReady"][1:] == (
        "SpecNotRead",
        "the role cannot be told until the facts of the clusters are known; nothing exists yet",
    )
    answer = run(asked(SHORT, {"prod": None}, observed=everything_provided(INLINE)))
    assert conditions(answer)["RoleReady"][2] == (
        "the role is ready as last applied; nothing changes until the facts of the clusters are known"
    )


def test_names_and_facts_go_together() -> None:
    mixed = changed((("clusters",), [{"name": "prod"}, {"name": "stage", "eks": {**EKS, "clusterName": "stage"}}]))
    answer = run(asked(mixed, {"prod": entry()}))
    assert not answer.results
    clusters = {m["spec"]["forProvider"].get("clusterName") for m in desired(answer).values()}
    assert clusters >= {"prod", "stage"}
    assert set(required(answer)) == {"cluster-prod"}


AWS = {"providerConfigRef": {"kind": "ClusterProviderConfig", "name": "prod-account"}}


class TestDefaults:
    """What a platform team says once."""

    @pytest.mark.parametrize("kind", FLAVOURS)
    def test_the_provider_configuration(self, kind: str) -> None:
        answer = run(asked(SHORT, {"prod": entry(aws=AWS)}, kind))
        references = [manifest["spec"]["providerConfigRef"] for manifest in desired(answer).values()]
        expected = AWS["providerConfigRef"] if kind == "PodIdentity" else {"name": "prod-account"}
        assert references
        assert all(reference == expected for reference in references)

    def test_what_the_user_writes_comes_first(self) -> None:
        own = changed((("aws", "providerConfigRef"), {"name": "mine"}), base=SHORT)
        answer = run(asked(own, {"prod": entry(aws=AWS)}))
        assert {m["spec"]["providerConfigRef"]["name"] for m in desired(answer).values()} == {"mine"}

    def test_a_provider_configuration_that_a_claim_cannot_have(self) -> None:
        found = entry(aws={"providerConfigRef": {"kind": "ProviderConfig", "name": "x"}})
        (result,) = run(asked(SHORT, {"prod": found}, "XPodIdentity")).results
        assert result.message.startswith(
            "spec.clusters[0].name: PodIdentityCluster prod: aws.providerConfigRef.kind: cannot be chosen in a claim"
        )

    def test_entries_that_disagree(self) -> None:
        both = changed((("clusters",), [{"name": "prod"}, {"name": "stage"}]), base=SHORT)
        entries = {
            "prod": entry(aws={"providerConfigRef": {"name": "a"}}),
            "stage": entry("stage", aws={"providerConfigRef": {"name": "b"}}),
        }
        (result,) = run(asked(both, entries)).results
        assert result.message == (
            "spec.aws.providerConfigRef: is required: the defaults of the clusters differ, PodIdentityCluster prod has "
            '{"kind": "ClusterProviderConfig", "name": "a"} and PodIdentityCluster stage has '
            '{"kind": "ClusterProviderConfig", "name": "b"}'
        )

    def test_references_that_mean_the_same(self) -> None:
        both = changed((("clusters",), [{"name": "prod"}, {"name": "stage"}]), base=SHORT)
        entries = {
            "prod": entry(aws={"providerConfigRef": {"name": "a"}}),
            "stage": entry("stage", aws={"providerConfigRef": {"name": "a", "kind": "ClusterProviderConfig"}}),
        }
        assert not run(asked(both, entries)).results

    def test_the_default_is_the_same_whether_written_or_not(self) -> None:
        """The configuration called default is what all have that say nothing."""
        clusters = [{"name": "prod"}, {"name": "stage"}, {"name": "third", "eks": {**EKS, "clusterName": "third"}}]
        three = changed((("clusters",), clusters), base=SHORT)
        for reference in ({}, {"name": "default"}, {"kind": "ClusterProviderConfig"}):
            entries = {"prod": entry(), "stage": entry("stage", aws={"providerConfigRef": reference})}
            answer = run(asked(three, entries))
            assert not answer.results
            assert {m["spec"]["providerConfigRef"]["name"] for m in desired(answer).values()} == {"default"}

    def test_a_source_role_of_one_entry_is_none_of_anothers(self) -> None:
        """The associations of the other cluster would be deleted."""
        aws = {"sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host"}
        both = changed((("clusters",), [{"name": "prod"}, {"name": "stage"}]), base=SHORT)
        message = (
            "spec.aws.sourceRoleArn: is required: the defaults of the clusters differ, PodIdentityCluster prod has "
            f'"arn:aws:iam::{ACCOUNT}:role/host" and '
        )
        (result,) = run(asked(both, {"prod": entry(aws=aws), "stage": entry("stage")})).results
        assert result.message == f"{message}PodIdentityCluster stage has none"
        mixed = changed((("clusters",), [{"name": "prod"}, {"name": "stage", "eks": EKS}]), base=SHORT)
        (result,) = run(asked(mixed, {"prod": entry(aws=aws)})).results
        assert result.message == f"{message}clusters with facts beside their name have none"

    def test_the_source_role_of_a_vcluster(self) -> None:
        """The developer of a guide's walk names nothing but the entry."""
        facts = {
            "eks": EKS,
            "vcluster": {"name": "sync", "hostNamespace": "loft-devspace-v-sync", "serviceAccountSync": True},
        }
        aws = {
            "accountId": "340605141517",
            "providerConfigRef": {"name": "customer"},
            "sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host",
        }
        walk = changed((("serviceAccounts",), [{"name": "demo-sa", "namespace": "default"}]), base=SHORT)
        answer = run(asked(walk, {"prod": entry(facts=facts, aws=aws)}))
        (role,) = desired(answer).values()
        trust = role["spec"]["forProvider"]["assumeRolePolicy"]
        assert f"arn:aws:iam::{ACCOUNT}:role/host" in trust
        assert "demo-sa-x-default-x-sync" in trust

    def test_a_source_role_is_no_default_beside_what_excludes_it(self) -> None:
        aws = {"sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host"}
        own = changed((("aws", "association"), {"tags": {"a": "b"}}), base=SHORT)
        answer = run(asked(own, {"prod": entry(aws=aws)}))
        assert not answer.results
        assert {m["kind"] for m in desired(answer).values()} == {"Role", "PodIdentityAssociation"}


def test_errors_of_an_entrys_facts_are_named_where_the_entry_is() -> None:
    irsa = changed((("aws", "credentials"), ["IRSA"]), base=SHORT)
    (result,) = run(asked(irsa, {"prod": entry()})).results
    assert result.message == (
        "spec.clusters[0].name: PodIdentityCluster prod: eks.oidcIssuer: is required: spec.aws.credentials has IRSA alone"
    )


def test_errors_that_the_user_wrote_are_named_where_they_are() -> None:
    own = changed((("clusters", 0, "vcluster"), {"name": "V", "hostNamespace": "y", "serviceAccountSync": True}), base=SHORT)
    assert run(asked(own, {"prod": entry()})).results[0].message.startswith("spec.clusters[0].vcluster.name: ")


def test_other_errors_are_named_beside_an_entry_that_cannot_be_used() -> None:
    bad = changed((("serviceAccounts", 0, "name"), "A_"), base=SHORT)
    message = run(asked(bad, {"prod": None})).results[0].message
    assert "spec.clusters[0].name: has no facts beside it" in message
    assert 'spec.serviceAccounts[0].name: "A_" is not a DNS-1123 subdomain' in message


def test_a_name_that_is_none_is_not_asked_for() -> None:
    for name in ("", "A b", "x" * 64):
        answer = run(asked(changed((("clusters",), [{"name": name}])), None))
        assert (len(answer.results), len(required(answer))) == (1, 0)


def test_nothing_of_a_refused_entry_counts() -> None:
    found = entry()
    found["status"]["conditions"].append({"type": "SpecValid", "status": "False", "message": "spec.gcp: says nothing"})
    (result,) = run(asked(SHORT, {"prod": found})).results
    assert result.message == "spec.clusters[0].name: PodIdentityCluster prod is refused itself: spec.gcp: says nothing"


_OBSERVED = {"region": "eu-central-1", "clusterName": "prod", "observe": True}
_POOL = "prod-436507.svc.id.goog"
_GKE = {"projectId": "prod-436507", "location": "europe-west1", "clusterName": "prod"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"eks": EKS}, {"eks": {**EKS, "accountId": "444455556666"}}),
        (
            {"eks": _OBSERVED, "aws": {"providerConfigRef": {"name": "prod"}}},
            {"eks": _OBSERVED, "aws": {"providerConfigRef": {"name": "stage"}}},
        ),
        ({"eks": _OBSERVED}, {"eks": _OBSERVED, "managedResources": {"scope": "Cluster"}}),
        ({"eks": EKS}, {"eks": {**EKS, "observe": True}}),
        ({"eks": EKS}, {"kubernetes": {"oidcIssuer": "https://oidc.example.com/edge"}}),
        ({"eks": EKS}, {"vcluster": {"hostCluster": "host", "name": "sync", "project": "x", "serviceAccountSync": True}}),
        (
            {"vcluster": {"hostCluster": "host", "name": "old", "project": "x", "serviceAccountSync": True}},
            {"vcluster": {"hostCluster": "host", "name": "new", "project": "x", "serviceAccountSync": True}},
        ),
        (
            {"vcluster": {"hostCluster": "host"}, "aws": {"providerConfigRef": {"name": "prod"}}},
            {"vcluster": {"hostCluster": "host"}, "aws": {"providerConfigRef": {"name": "stage"}}},
        ),
        ({"gke": {**_GKE, "workloadPool": "old-pool.svc.id.goog"}}, {"gke": {**_GKE, "workloadPool": _POOL}}),
        (
            {"kubernetes": {"oidcIssuer": "https://oidc.example.com/edge"}},
            {"kubernetes": {"oidcIssuer": "https://oidc.example.com/edge", "audience": "other"}},
        ),
    ],
    ids=[
        "account",
        "config",
        "scope",
        "observe",
        "kind",
        "into a vcluster",
        "vcluster's name",
        "vcluster's config",
        "pool",
        "audience",
    ],
)
def test_facts_of_before_an_edit_do_not_count(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Between the edit and what follows from it: spec and status would be of two clusters, or of two accounts."""
    found = {**entry(), "spec": after}
    found["status"]["specDigest"] = spec_digest(before)
    (result,) = run(asked(SHORT, {"prod": found}, observed=everything_provided(INLINE))).results
    assert result.severity == fnv1.SEVERITY_FATAL
    assert result.message == (
        "spec.clusters[0].name: PodIdentityCluster prod cannot be used yet: "
        "its status is older than its spec; if that lasts, its condition Synced says why, or it is paused"
    )


@pytest.mark.parametrize(
    "beside",
    [
        {"usableFrom": {"namespaces": ["*", "x"]}},
        {"aws": {"providerConfigRef": {"name": "stage"}}},
        {"kubernetesProviderConfigRef": {"name": "prod"}},
        {"eks": {**EKS, "podIdentityAgent": {"addon": True}, "oidcProviders": []}},
        {"crossplane": {"resourceRefs": [{"name": "x"}]}},
    ],
)
def test_an_edit_that_changes_no_fact_makes_nobody_wait(beside: dict[str, Any]) -> None:
    found = entry(eks=EKS)
    found["spec"] |= beside
    assert not run(asked(SHORT, {"prod": found})).results


def test_an_edit_is_seen_although_the_identity_is_remembered() -> None:
    """The status of an entry alone may tell that its facts are no longer those of its spec."""
    memory: Cache[Any, Any] = Cache(32, lambda _key, _outcome: 1)
    assert not run(asked(SHORT, {"prod": entry()}), memory).results
    found = entry()
    found["status"]["specDigest"] = "d" + "0" * 15
    assert run(asked(SHORT, {"prod": found}), memory).results


def test_a_status_without_facts_is_said_in_its_own_words() -> None:
    """Crossplane writes the condition after the status: it may be True already."""
    found = entry()
    del found["status"]["cluster"]
    (result,) = run(asked(SHORT, {"prod": found})).results
    assert result.message.endswith("PodIdentityCluster prod cannot be used yet: its facts are not known yet")


def test_how_a_host_is_reached_does_not_reach_a_vcluster_beside_the_name() -> None:
    within = {"name": "v", "hostNamespace": "y", "serviceAccountSync": True}
    own = changed(
        (("clusters", 0, "vcluster"), within),
        (("serviceAccounts",), [{"name": "api", "namespace": "n"}]),
        (("serviceAccountManagement",), "Own"),
        base=SHORT,
    )
    (result,) = run(asked(own, {"prod": entry(kubernetesProviderConfigRef={"name": "host"})})).results
    assert result.message.startswith("spec.clusters[0].kubernetesProviderConfigRef: is required")


@pytest.mark.parametrize(
    ("pattern", "namespace", "matches"),
    [
        ("data", "data", True),
        ("data", "data2", False),
        ("*", "", True),
        ("team-*", "team-", True),
        ("team-*", "a-team-b", False),
        ("*-a-*", "x-a-y", True),
        ("a*a", "a", False),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "ab", False),
        ("*a" * 30 + "z", "a" * 60, False),
    ],
)
def test_patterns_of_namespaces(pattern: str, namespace: str, matches: bool) -> None:
    found = Fetched.read({"cluster-x": (entry(usableFrom={"namespaces": [pattern]}),)}).entries["x"]
    assert found
    assert usable(found, namespace) is matches


def test_patterns_that_cannot_be_read_are_nobodys() -> None:
    some: tuple[Any, ...] = ("team-*", [], {"namespaces": "team-*"}, {"namespaces": None}, {}, None)
    for written in some:
        found = Fetched.read({"cluster-x": (entry(usableFrom=written),)}).entries["x"]
        assert found
        assert not usable(found, "data")


def test_a_vcluster_within_a_vcluster() -> None:
    facts = {"eks": EKS, "vcluster": {"name": "sync", "hostNamespace": "x", "serviceAccountSync": True}}
    twice = changed((("clusters", 0, "vcluster"), {"name": "v", "hostNamespace": "y", "serviceAccountSync": True}), base=SHORT)
    (result,) = run(asked(twice, {"prod": entry(facts=facts)})).results
    assert result.message == "spec.clusters[0].vcluster: PodIdentityCluster prod is a vcluster itself: leave this out"


def test_a_changed_entry_is_seen_although_the_identity_is_remembered() -> None:
    memory: Cache[Any, Any] = Cache(32, lambda _key, _outcome: 1)
    before = desired(run(asked(SHORT, {"prod": entry()}), memory))
    elsewhere = {"eks": {**EKS, "region": "eu-west-1"}}
    after = desired(run(asked(SHORT, {"prod": entry(facts=elsewhere)}), memory))
    assert before.keys() != after.keys()
    assert desired(run(asked(SHORT, {"prod": entry()}), memory)) == before


def test_an_answer_is_good_for_ten_minutes_where_something_was_required() -> None:
    there = everything_provided(INLINE)
    assert run(asked(SHORT, {"prod": entry()}, observed=there)).meta.ttl.seconds == 600
    assert run(request(INLINE, observed=there)).meta.ttl.seconds == 3600


def test_an_agent_that_is_not_there_is_said_and_keeps_nothing() -> None:
    found = entry()
    found["status"]["podIdentityAgent"] = "Absent"
    answer = run(asked(SHORT, {"prod": found}, observed=everything_provided(INLINE)))
    assert conditions(answer)["AssociationsReady"][0] == fnv1.STATUS_CONDITION_TRUE
    assert (
        "; no EKS Pod Identity Agent in prod: pods there get nothing until it is installed"
        in (conditions(answer)["AssociationsReady"][2])
    )


def test_an_entry_without_facts_is_not_ready() -> None:
    xr = {**entry(resolved=False), "spec": {"eks": {"region": "eu-central-1", "observe": True}}}
    built = fnv1.RunFunctionRequest()
    resource.update(built.observed.composite, xr)
    assert run(built).desired.composite.ready == fnv1.READY_FALSE
    typed = {**xr, "spec": {"eks": {"region": "eu-central-1", "accountId": ACCOUNT}}}
    built = fnv1.RunFunctionRequest()
    resource.update(built.observed.composite, typed)
    assert run(built).desired.composite.ready == fnv1.READY_UNSPECIFIED


def test_an_unknown_cluster_hides_no_other_error() -> None:
    """Those that need no facts are said with it: of single fields, and that there is one cloud too many, or none."""
    missing = 'spec.clusters[0].name: has no facts beside it, and there is no PodIdentityCluster "prod": name one that there is, or write its facts beside the name, under eks, gke or kubernetes'
    for sections, has in (({"aws": {}, "gcp": {"projectId": "customer-project"}}, "aws and gcp"), ({}, "none")):
        spec = {name: value for name, value in SHORT.items() if name != "aws"} | sections | {"tags": {"team": 5}}
        (result,) = run(asked(spec, {"prod": None})).results
        assert result.message == (
            f"spec: needs exactly one cloud, spec.aws or spec.gcp; has {has}; {missing}; "
            "spec.tags.team: must be a string, not 5: put it in quotes"
        )

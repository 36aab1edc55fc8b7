"""The pods' side: credentials by cluster, annotations, service accounts, adopted associations, Usages."""

import json
from typing import Any

import pytest

from tests.clouds.aws.test_chains import condition, of_kind, status
from tests.support.xrs import ACCOUNT, FLAVOURS, answered, changed, desired, everything_provided, provided
from tests.test_properties import rich_source, rich_spec, rich_tokens

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
K3S = {"name": "edge", "kubernetes": {"oidcIssuer": "https://oidc.example.com/edge", "audience": "pods"}}
ID = "a-0123456789abcdef0"
CONFLICT = f"create failed: ResourceInUseException: Association already exists: {ID}"
ROLE_ARN = "eks.amazonaws.com/role-arn"


def mixed() -> dict[str, Any]:
    """An EKS cluster with an issuer, and another one without EKS."""
    eks = {"region": "eu-central-1", "accountId": ACCOUNT, "oidcIssuer": ISSUER}
    return changed((("clusters",), [{"name": "prod", "eks": eks}, K3S]), (("serviceAccounts",), [{"name": "api"}]))


def principals(answer: Any) -> list[dict[str, str]]:
    (role,) = of_kind(answer, "Role")
    return [s["Principal"] for s in json.loads(role["spec"]["forProvider"]["assumeRolePolicy"])["Statement"]]


@pytest.mark.parametrize(
    ("credentials", "wanted"),
    [
        (None, ["Service", "oidc.example.com/edge"]),
        (["IRSA"], [ISSUER[8:], "oidc.example.com/edge"]),
        (["PodIdentity", "IRSA"], ["Service", ISSUER[8:], "oidc.example.com/edge"]),
    ],
)
def test_each_cluster_takes_the_credentials_that_it_supports(credentials: list[str] | None, wanted: list[str]) -> None:
    answer = answered(mixed() if credentials is None else changed((("aws", "credentials"), credentials), base=mixed()))
    found = [p["Federated"].partition("oidc-provider/")[2] if "Federated" in p else "Service" for p in principals(answer)]
    assert found == wanted
    assert len(of_kind(answer, "PodIdentityAssociation")) == (credentials != ["IRSA"])


def test_annotations_hold_what_is_not_the_default() -> None:
    written = changed((("aws", "irsa"), {"tokenExpirationSeconds": 3600}), (("aws", "credentials"), ["IRSA"]), base=mixed())
    entries = status(answered(written))["serviceAccounts"]
    arn = f"arn:aws:iam::{ACCOUNT}:role/data-reports-9ac6bf6d19d802b9"
    assert entries[0]["annotations"] == {ROLE_ARN: arn, "eks.amazonaws.com/token-expiration": "3600"}
    assert entries[1]["annotations"] == entries[0]["annotations"] | {"eks.amazonaws.com/audience": "pods"}


def test_with_irsa_alone_it_is_said_what_is_left_to_do() -> None:
    written = changed((("aws", "credentials"), ["IRSA"]), base=mixed())
    answer = answered(written, observed=everything_provided(written))
    assert condition(answer, "AssociationsReady") == (
        "True",
        "NotManaged",
        "IRSA needs no associations; the service accounts have to carry the annotations in status.serviceAccounts",
    )


def managed(how: str) -> dict[str, Any]:
    refs = [((("clusters", i, "kubernetesProviderConfigRef")), {"name": name}) for i, name in enumerate(("prod", "edge"))]
    return changed(*refs, (("serviceAccountManagement",), how), base=mixed())


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(("how", "count"), [("Annotate", 1), ("Own", 2)])
def test_service_accounts_are_written_where_there_is_something_to_write(kind: str, how: str, count: int) -> None:
    """Pod Identity needs no annotation, but an account of one's own has to be made."""
    objects = of_kind(answered(managed(how), kind), "Object")
    assert len(objects) == count
    policies = {tuple(found["spec"]["managementPolicies"]) for found in objects}
    assert policies == {("Observe", "Update") if how == "Annotate" else ("*",)}


def test_annotating_becomes_owning_under_the_same_key() -> None:
    """Back again, nothing is deleted."""
    keys = [{k for k in desired(answered(managed(how))) if k.startswith("account-")} for how in ("Annotate", "Own")]
    assert keys[0] < keys[1]


def test_what_is_not_allowed_is_not_done_to_a_service_account_either() -> None:
    answer = answered(changed((("managementPolicies",), ["Observe", "Create"]), base=managed("Annotate")))
    assert [found["spec"]["managementPolicies"] for found in of_kind(answer, "Object")] == [["Observe"]]


def test_service_accounts_that_are_waited_for() -> None:
    there = everything_provided(managed("Own"))
    for key in list(there):
        if key.startswith("account-"):
            del there[key]
    assert condition(answered(managed("Own"), observed=there), "AssociationsReady") == (
        "False",
        "Waiting",
        "2 of 2 service accounts do not match the spec yet: api in prod/data and api in edge/data; the first does not exist yet",
    )


def refused(message: str = CONFLICT) -> tuple[dict[str, Any], str]:
    """A spec with one association, which EKS has already, as observed; and the association's key."""
    written = changed((("serviceAccounts",), [{"name": "api", "clusters": ["prod"]}]))
    there = everything_provided(written)
    (key,) = (name for name in there if name.startswith("association-"))
    del there[key]["metadata"]["annotations"]
    there[key] = provided(there[key], ready=False, synced=False)
    there[key]["metadata"]["annotations"] = {"crossplane.io/external-name": "a-stubassocid123456"}
    there[key]["status"]["conditions"][1]["message"] = message
    return {"spec": written, "there": there}, key


def test_a_conflict_says_how_to_take_the_association_over() -> None:
    case, key = refused()
    answer = answered(case["spec"], observed=case["there"])
    assert "metadata" not in desired(answer)[key]
    assert condition(answer, "AssociationsReady")[2] == (
        f"1 of 1 associations are not ready: api in prod/data; the first does not match the spec yet, says the provider: {CONFLICT}; "
        f"to take it over, write association.existing with id {ID}, or association.onConflict: Adopt"
    )


@pytest.mark.parametrize("kind", FLAVOURS)
def test_an_adopted_association_keeps_its_id_whatever_is_written_later(kind: str) -> None:
    case, key = refused()
    adopting = changed((("aws", "association"), {"onConflict": "Adopt"}), base=case["spec"])
    manifest = desired(answered(adopting, kind, case["there"]))[key]
    assert manifest["metadata"]["annotations"] == {"crossplane.io/external-name": ID, "podidentity.dev/imported": "adopted"}
    there = {**case["there"], key: provided(manifest)}
    for later in (adopting, case["spec"]):
        answer = answered(later, kind, there)
        assert desired(answer)[key]["metadata"]["annotations"] == manifest["metadata"]["annotations"]
        assert condition(answer, "AssociationsReady")[2].endswith(f"; adopted, whoever made them: {ID} for api in prod/data")


def test_an_addons_association_is_not_adopted() -> None:
    case, key = refused(f"{CONFLICT}, owned by an EKS add-on")
    adopting = changed((("aws", "association"), {"onConflict": "Adopt"}), base=case["spec"])
    answer = answered(adopting, observed=case["there"])
    assert "metadata" not in desired(answer)[key]
    assert f"{ID} belongs to an EKS add-on, which is not adopted" in condition(answer, "AssociationsReady")[2]


def test_the_association_that_is_about_to_be_deleted_here_is_not_adopted() -> None:
    """A target role that is taken out makes the association anew, while the old one is still in the way."""
    case, key = refused()
    old = provided(desired(answered(case["spec"]))[key])
    old["metadata"]["annotations"] = {"crossplane.io/external-name": ID}
    adopting = changed((("aws", "association"), {"onConflict": "Adopt"}), base=case["spec"])
    answer = answered(adopting, observed={**case["there"], "association-0000000000000000": old})
    assert "metadata" not in desired(answer)[key]


ORDERED: Any = (("deletionOrder",), "Ordered")


@pytest.mark.parametrize("kind", FLAVOURS)
def test_usages_follow_when_both_are_there(kind: str) -> None:
    written = changed(ORDERED, (("aws", "role", "name"), "one"))
    assert not [name for name in desired(answered(written, kind)) if name.startswith("usage-")]
    there = everything_provided(written, kind)
    found = [manifest for name, manifest in desired(answered(written, kind, there)).items() if name.startswith("usage-")]
    assert len(found) == 3
    assert {manifest["kind"] for manifest in found} == {"Usage" if kind == "PodIdentity" else "ClusterUsage"}
    assert {(m["spec"]["of"]["kind"], m["spec"]["by"]["kind"]) for m in found} == {("Role", "PodIdentityAssociation")}
    assert all(manifest["spec"]["replayDeletion"] for manifest in found)


def test_a_renamed_role_goes_when_the_usages_have_moved_on() -> None:
    """Crossplane's garbage collection would be refused, and with it everything else of that reconcile."""
    first, second = (changed(ORDERED, (("aws", "role", "name"), name)) for name in ("one", "two"))
    there = named(everything_provided(first), "one")
    (old,) = (name for name in there if name.startswith("role-"))
    usages = of_usages(answered(first, observed=there))
    assert {usage["spec"]["of"]["resourceRef"]["name"] for usage in usages.values()} == {"reports-one"}

    during = answered(second, observed={**there, **usages})
    assert desired(during)[old]["spec"] == there[old]["spec"]
    assert of_usages(during) == usages
    # Looked at again soon, whatever events Crossplane drops.
    assert during.meta.ttl.seconds == 60

    both = {**there, **named({k: provided(m) for k, m in desired(during).items() if k.startswith("role-") and k != old}, "two")}
    moved = of_usages(answered(second, observed={**both, **usages}))
    assert moved.keys() == usages.keys()
    assert {usage["spec"]["of"]["resourceRef"]["name"] for usage in moved.values()} == {"reports-two"}
    assert old in desired(answered(second, observed={**both, **usages}))
    assert old not in desired(answered(second, observed={**both, **moved}))


def of_usages(answer: Any) -> dict[str, dict[str, Any]]:
    return {name: manifest for name, manifest in desired(answer).items() if name.startswith("usage-")}


def named(there: dict[str, dict[str, Any]], suffix: str) -> dict[str, dict[str, Any]]:
    """With a role's object called after its name."""
    for key, manifest in there.items():
        if key.startswith("role-"):
            manifest["metadata"]["name"] = f"reports-{suffix}"
    return there


@pytest.mark.parametrize("rich", [rich_spec, rich_tokens, rich_source])
def test_claim_and_xr_differ_in_nothing_but_groups(rich: Any) -> None:
    """And in what a cluster-scoped provider config reference cannot say."""
    both = [desired(answered(rich(), kind, everything_provided(rich(), kind))) for kind in FLAVOURS]
    plain = [json.loads(json.dumps(one, sort_keys=True).replace(".m.", ".").replace("ClusterUsage", "Usage")) for one in both]
    for one in plain:
        for manifest in one.values():
            manifest["spec"].get("providerConfigRef", {}).pop("kind", None)
            manifest["apiVersion"] = manifest["apiVersion"].replace("v1alpha2", "v1alpha1")
    # A service account's key hashes how its cluster is reached, which differs.
    accounts = [sorted(json.dumps(m) for n, m in one.items() if n.startswith("account-")) for one in plain]
    assert accounts[0] == accounts[1]
    assert {n: m for n, m in plain[0].items() if not n.startswith("account-")} == {
        n: m for n, m in plain[1].items() if not n.startswith("account-")
    }


@pytest.mark.parametrize("field", ["path", "description"])
def test_what_iam_cannot_change_in_a_managed_policy_is_refused(field: str) -> None:
    policy = {"name": "p", "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"]}]}
    at = ("aws", "permissions", "managedPolicies")
    old, new = {"path": ("/a/", "/b/"), "description": ("a", "b")}[field]
    there = everything_provided(changed((at, [{**policy, field: old}])))
    answer = answered(changed((at, [{**policy, field: new}])), observed=there)
    assert answer.results[0].message == (
        f'spec.aws.permissions.managedPolicies[0].{field}: the {field} of policy p is "{old}" and cannot become "{new}": '
        "keep it, or give the policy another name"
    )


def test_additive_permissions_leave_the_role_alone() -> None:
    answer = answered(rich_tokens())
    (role,) = of_kind(answer, "Role")
    assert {"inlinePolicy", "managedPolicyArns"}.isdisjoint(role["spec"]["forProvider"])
    inline = {policy["metadata"]["annotations"]["crossplane.io/external-name"] for policy in of_kind(answer, "RolePolicy")}
    assert inline == {"i", "preset-external-dns", "preset-cert-manager", "preset-external-secrets"}
    (policy,) = of_kind(answer, "Policy")
    assert policy["metadata"]["annotations"] == {"crossplane.io/external-name": "m"}
    arns = {attachment["spec"]["forProvider"]["policyArn"] for attachment in of_kind(answer, "RolePolicyAttachment")}
    assert arns == {"arn:aws:iam::aws:policy/X", f"arn:aws:iam::{ACCOUNT}:policy/m/m"}


def test_a_rollout_token_changes_with_what_pods_hold_and_nothing_else() -> None:
    def token(*changes: Any) -> str:
        written = changed(*changes)
        return str(status(answered(written, observed=everything_provided(written)))["rolloutToken"])

    assert token() == token((("tags",), {"a": "b"})) == token((("aws", "permissions"), {"managedPolicyArns": []}))
    others = [
        token((("aws", "role", "name"), "x")),
        token((("aws", "targetRole"), {"arn": f"arn:aws:iam::{ACCOUNT}:role/t"})),
        token((("aws", "disableSessionTags"), True), (("aws", "trust"), {"pin": "Cluster"})),
        token((("serviceAccounts", 1), {"name": "other"})),
    ]
    assert len({token(), *others}) == 5

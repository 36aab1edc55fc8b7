"""An account or a project that is edited by mistake, where what exists says otherwise: nothing is changed until it is mended."""

import copy
from typing import Any

import pytest

from function.fn import run
from tests.catalogue.test_merge import EKS, SHORT, asked, entry
from tests.clouds.aws.test_chains import COMPOSED, CUSTOMER, condition
from tests.support.random_gcp import rich_gcp
from tests.support.xrs import ACCOUNT, FLAVOURS, answered, changed, desired, everything_provided, request, spec

WRONG = "111122223334"
_AT_ALL = (("clusters",), [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}}])
_ONE = (("serviceAccounts",), [{"name": "api"}])
ROLE = "data-reports-9ac6bf6d19d802b9"


def _words(wrong: str, right: str, role: str = ROLE, config: str = "default") -> str:
    return (
        f"is {wrong}, but provider config {config} reaches account {right}, where role {role} exists: nothing is changed until "
        f"this says {right}, or providerConfigRef names another provider config, that of {wrong}"
    )


def _named() -> dict[str, dict[str, Any]]:
    """What there is of a PodIdentity that names an entry of the catalogue; the same as with the entry's facts in it."""
    return everything_provided(changed(_AT_ALL, _ONE))


def _entry(account: str, **fields: Any) -> dict[str, Any]:
    return entry(facts={"eks": {**EKS, "accountId": account}}, **fields)


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_wrong_digit_in_the_catalogue_changes_nothing(kind: str) -> None:
    there = everything_provided(changed(_AT_ALL, _ONE), kind)
    answer = run(asked(SHORT, {"prod": _entry(WRONG)}, kind, there))
    said = f"spec.clusters[0].name: PodIdentityCluster prod: eks.accountId: {_words(WRONG, ACCOUNT)}"
    assert [result.message for result in answer.results] == [said]
    assert not desired(answer)
    assert condition(answer, "RoleReady") == ("False", "AccountMismatch", said)
    assert condition(answer, "AssociationsReady")[0] == "True"
    mended = run(asked(SHORT, {"prod": _entry(ACCOUNT)}, kind, there))
    assert desired(mended).keys() == there.keys()


def test_it_heals_by_the_provider_config_as_well() -> None:
    """An account that really changes has other credentials, so another provider config: that goes through."""
    aws = {"providerConfigRef": {"name": "moved"}}
    answer = run(asked(SHORT, {"prod": _entry(WRONG, aws=aws)}, observed=_named()))
    assert not answer.results
    roles = [m for m in desired(answer).values() if m["kind"] == "Role"]
    assert [role["spec"]["providerConfigRef"]["name"] for role in roles] == ["moved"]
    assert desired(answer).keys().isdisjoint(_named())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            changed(),
            changed((("clusters", 0, "eks", "accountId"), WRONG), (("clusters", 1, "eks", "accountId"), WRONG)),
            f"spec.clusters[0].eks.accountId: {_words(WRONG, ACCOUNT)}",
        ),
        (
            changed((("aws", "targetRole"), COMPOSED)),
            changed((("aws", "targetRole"), {**COMPOSED, "accountId": WRONG})),
            f"spec.aws.targetRole.accountId: {_words(WRONG, CUSTOMER, 'data-reports-target-7b9f8cc9db4f0a1c', 'customer')}",
        ),
        (
            changed((("aws",), {"accountId": CUSTOMER, "sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host"})),
            changed((("aws",), {"accountId": WRONG, "sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host"})),
            f"spec.aws.accountId: {_words(WRONG, CUSTOMER)}",
        ),
    ],
    ids=["inline", "target role", "source role"],
)
def test_whatever_says_the_account(before: dict[str, Any], after: dict[str, Any], said: str) -> None:
    answer = answered(after, observed=everything_provided(before))
    (result,) = answer.results
    target = next((m for m in everything_provided(before).values() if "-target-" in str(m["metadata"])), None)
    derived = target["metadata"]["annotations"]["crossplane.io/external-name"] if target else ROLE
    assert result.message == said.replace("data-reports-target-7b9f8cc9db4f0a1c", derived)
    assert not desired(answer)


def test_what_was_never_seen_in_the_cloud_contradicts_nothing() -> None:
    there = everything_provided(spec())
    for manifest in there.values():
        manifest["status"]["atProvider"] = {}
    wrong = [{**cluster, "eks": {**cluster["eks"], "accountId": WRONG}} for cluster in spec()["clusters"]]
    assert not answered(changed((("clusters",), wrong)), observed=there).results


def test_a_role_that_is_where_it_is_asked_for_never_holds() -> None:
    """A name that changes in one account, and an account that was wrong from the beginning and is mended."""
    renamed = answered(changed((("aws", "role", "name"), "other")), observed=everything_provided(spec()))
    assert not renamed.results
    wrong = [{**cluster, "eks": {**cluster["eks"], "accountId": WRONG}} for cluster in spec()["clusters"]]
    there = everything_provided(changed((("clusters",), wrong)))
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["status"]["atProvider"]["arn"] = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
    before = answered(changed((("clusters",), wrong)), observed=there)
    assert (condition(before, "RoleReady")[1], list(before.results)) == ("AccountMismatch", [])
    assert not answered(spec(), observed=there).results


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_project_of_google_cloud(kind: str) -> None:
    there = everything_provided(rich_gcp(), kind)
    wrong = changed((("gcp", "projectId"), "customer-projekt"), base=rich_gcp())
    answer = answered(wrong, kind, there)
    said = (
        "spec.gcp.projectId: is customer-projekt, but through provider config customer service account "
        "reports@customer-project.iam.gserviceaccount.com exists in project customer-project: nothing is changed until this "
        "says customer-project, or providerConfigRef names another provider config"
    )
    assert [result.message for result in answer.results] == [said]
    assert condition(answer, "BindingsReady") == ("False", "AccountMismatch", said)
    moved = changed((("gcp", "providerConfigRef", "name"), "other"), base=wrong)
    assert not answered(moved, kind, there).results


def test_the_other_conditions_are_told_from_what_is_observed() -> None:
    there = copy.deepcopy(_named())
    for manifest in there.values():
        if manifest["kind"] == "PodIdentityAssociation":
            manifest["status"]["conditions"] = []
    answer = run(asked(SHORT, {"prod": _entry(WRONG)}, observed=there))
    assert condition(answer, "AssociationsReady")[:2] == ("False", "Waiting")
    assert [c.type for c in answer.conditions] == [c.type for c in run(request(spec())).conditions]

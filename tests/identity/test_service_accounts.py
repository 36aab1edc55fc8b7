"""Service accounts that are written."""

from typing import Any

import pytest

from tests.clouds.aws.test_chains import condition, of_kind
from tests.support.xrs import FLAVOURS, answered, changed, desired, everything_provided, mixed


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

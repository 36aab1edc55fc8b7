"""An association that EKS has already."""

from typing import Any

import pytest

from tests.clouds.aws.test_chains import condition
from tests.support.xrs import FLAVOURS, answered, changed, desired, everything_provided, provided

ID = "a-0123456789abcdef0"
SHOWN = f"create failed: operation error EKS: CreatePodIdentityAssociation, https response error StatusCode: 409, ResourceInUseException: Association already exists: {ID}"
CONFLICT = SHOWN.replace("409,", "409, RequestID: 00000000-0000-4000-8000-000000000001,")


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
        f"1 of 1 associations are not ready: api in prod/data; the first could not be made, says the provider: {SHOWN}; "
        "first look whether another PodIdentity lists this service account, which can be in one only; if none does, "
        f"take it over: write association.existing with id {ID}, or association.onConflict: Adopt"
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
        assert condition(answer, "AssociationsReady")[2].endswith(
            f"; adopted, although others may have made them: {ID} for api in prod/data"
        )


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


@pytest.mark.parametrize(
    "message",
    [
        f"Association already exists: {ID}",
        f"ResourceInUseException: Association already exists: {ID}",
        # What AWS repeats of a request can hold any text that a tag can.
        "operation error EKS: CreatePodIdentityAssociation, https response error StatusCode: 400, RequestID: 1, "
        f"InvalidParameterException: tag x has value Association already exists: {ID}",
        "operation error EKS: CreatePodIdentityAssociation, https response error StatusCode: 400, RequestID: 1, "
        f"InvalidParameterException: {CONFLICT}",
        CONFLICT.replace("ResourceInUseException", "ResourceNotFoundException"),
        CONFLICT.replace(ID, f"{ID}0"),
        CONFLICT.replace(ID, "b-0123456789abcdef0"),
    ],
)
def test_what_is_no_conflict_is_not_adopted(message: str) -> None:
    case, key = refused(message)
    adopting = changed((("aws", "association"), {"onConflict": "Adopt"}), base=case["spec"])
    assert "metadata" not in desired(answered(adopting, observed=case["there"]))[key]

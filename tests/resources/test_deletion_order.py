"""Usages, which keep a role until its associations are gone."""

from typing import Any

import pytest

from tests.support.xrs import FLAVOURS, answered, changed, desired, everything_provided, provided

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

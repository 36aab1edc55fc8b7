"""status.rolloutToken as whoever copies it into a pod template sees it: every value that it ever had, in order."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.following import Follower, following
from tests.e2e.identities import GROUP, VERSION, Identity
from tests.e2e.specs import CUSTOMER, inline_policy, spec

# Five edits at once are about what Crossplane's circuit breaker lets through; tests/resources/test_rollout.py has ten.
_EDITS = 5
_TARGET = {"accountId": CUSTOMER, "providerConfigRef": {"name": "customer"}}


@contextlib.contextmanager
def _followed(identity: Identity) -> Iterator[Follower]:
    with following(identity.plane.places, GROUP, VERSION, identity.flavour.plural, keep=True) as follower:
        yield follower


def _tokens(follower: Follower, identity: Identity) -> list[str | None]:
    """The values in their order, None where there was none; equal ones that follow each other are one."""
    found: list[str | None] = []
    for seen in list(follower.seen):
        if seen["metadata"].get("namespace") == identity.namespace:
            token = seen.get("status", {}).get("rolloutToken")
            found += [] if found and found[-1] == token else [token]
    return found


def test_edits_of_permissions_leave_it_alone(identity: Identity) -> None:
    with _followed(identity) as follower:
        identity.apply(spec("reader"))
        identity.settle()
        name = identity.role().external_name
        for number in range(_EDITS):
            identity.apply(spec("reader", permissions={"inlinePolicies": [inline_policy(f"edit-{number}")]}))
            identity.until(lambda: list(identity.cloud().role(name).inline) == [f"edit-{number}"], "edited in AWS")  # noqa: B023 - called at once
        identity.settle()
        first, token = _tokens(follower, identity)
        assert (first, token) == (None, identity.read()["status"]["rolloutToken"])


@pytest.mark.parametrize(
    "edited",
    [
        spec("renamed"),
        spec("reader", permissions={}, targetRole=_TARGET),
        spec("reader", disableSessionTags=True, trust={"pin": "Cluster"}),
    ],
    ids=["service account renamed", "target role", "session tags off"],
)
def test_what_running_pods_do_not_see_changes_it_once(identity: Identity, edited: dict[str, Any]) -> None:
    with _followed(identity) as follower:
        identity.apply(spec("reader"))
        identity.settle()
        before = identity.read()["status"]["rolloutToken"]
        identity.apply(edited)
        identity.until(lambda: identity.read()["status"].get("rolloutToken") not in (None, before), "with another token")
        identity.settle()
        assert _tokens(follower, identity) == [None, before, identity.read()["status"]["rolloutToken"]]

"""Every fault that can be done to a control plane, with identities alive and an edit under way."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.controlplane.plane import ControlPlane
from tests.e2e import faults
from tests.e2e.api import Api
from tests.e2e.planes import NEWEST, VERSION, started
from tests.e2e.population import Population

_EACH = 5
_FAULTS = [name for name in faults.FAULTS if name != faults.UPGRADE]


def _population(plane: ControlPlane, api: Api) -> Population:
    """Five XRs and five claims, with a role, two associations and an attachment each."""
    return Population.of(plane, api, "faults", _EACH)


@pytest.fixture(scope="module")
def population(plane: ControlPlane, api: Api) -> Population:
    """Those that all these faults happen to."""
    return _population(plane, api)


@pytest.fixture
def older() -> Iterator[Population]:
    """Some on a control plane of its own: no other test shall meet an upgraded one."""
    with started("e2e-upgrade", VERSION, print) as plane, contextlib.closing(Api(plane.places)) as api:
        yield _population(plane, api)


def _nothing_is_lost(fault: str, population: Population, number: int) -> None:
    outcomes = faults.strike(fault, population, number)
    assert [outcome.managed for outcome in outcomes] == [4 * _EACH, 4 * _EACH]
    assert all(outcome.harmless for outcome in outcomes), outcomes


@pytest.mark.parametrize(("number", "fault"), list(enumerate(_FAULTS, start=1)))
def test_nothing_is_lost(population: Population, number: int, fault: str) -> None:
    _nothing_is_lost(fault, population, number)


@pytest.mark.oldest
@pytest.mark.skipif(VERSION == NEWEST, reason="there is nothing newer to upgrade to; the older version's run does it")
def test_nothing_is_lost_when_the_core_is_upgraded(older: Population) -> None:
    _nothing_is_lost(faults.UPGRADE, older, 1)

"""Every fault that can be done to a control plane, with identities alive and an edit under way. The upgrade of the core comes last."""

import os

import pytest

from tests.controlplane.plane import ControlPlane
from tests.e2e import faults
from tests.e2e.api import Api
from tests.e2e.population import Population
from tests.tools.binaries import CORES

_EACH = 5
_VERSION = os.environ.get("CROSSPLANE") or max(CORES)


@pytest.fixture(scope="module")
def population(plane: ControlPlane, api: Api) -> Population:
    """Five XRs and five claims, with a role, two associations and an attachment each."""
    return Population.of(plane, api, "faults", _EACH)


@pytest.mark.parametrize(("number", "fault"), list(enumerate(faults.of(_VERSION), start=1)))
def test_nothing_is_lost(population: Population, number: int, fault: str) -> None:
    outcomes = faults.strike(fault, population, number)
    assert [outcome.managed for outcome in outcomes] == [4 * _EACH, 4 * _EACH]
    assert all(outcome.harmless for outcome in outcomes), outcomes

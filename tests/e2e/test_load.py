"""Two hundred at once (`make load` takes any number): nothing fails, nothing is written without need, a replica can go."""

import os

from tests.controlplane.plane import ControlPlane
from tests.e2e import load
from tests.e2e.api import Api
from tests.e2e.identities import Flavour

_NUMBER = int(os.environ.get("LOAD", "200"))


def test_many_at_once(plane: ControlPlane, api: Api, flavour: Flavour) -> None:
    measured = load.measure(plane, api, flavour, _NUMBER, print)
    print(measured)
    assert measured.failed == 0
    assert measured.breakers == 0
    assert measured.troubled == 0
    assert measured.second_pass_changes == 0


def test_a_replica_ends_under_load_and_nobody_notices(plane: ControlPlane, api: Api) -> None:
    assert load.hand_over(plane, api, _NUMBER) == {}

"""One control plane for all tests; nothing that the API server refuses goes unseen."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.controlplane import packages
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e import load
from tests.e2e.api import Api
from tests.e2e.audit import Audit
from tests.e2e.entries import Entry
from tests.e2e.following import following
from tests.e2e.identities import FLAVOURS, GROUP, Flavour, Identity
from tests.e2e.identities import VERSION as API_VERSION
from tests.e2e.missed import MISSED
from tests.e2e.planes import NEWEST, VERSION, started
from tests.e2e.quiet import XRS, Quiet
from tests.real import movements, provider_aws, scenarios
from tests.tools.absent import absent

_NUMBERS = itertools.count(1)
NewIdentity = Callable[[Flavour], Identity]
NewEntry = Callable[[str], Entry]


REAL = provider_aws.named() is not None
"""Whether the real provider-aws manages, and not the stand-in."""
_LAST = ("test_refusals.py", "test_load.py")
"""What would disturb all that comes after: a core that is started anew, and the hundreds of objects that the load leaves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything beside this file needs a control plane, some of it one with the real provider-aws."""
    for item in items:
        real = item.get_closest_marker("real")
        if Path(__file__).parent in item.path.parents and not (real and real.kwargs.get("only")):
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: _LAST.index(item.path.name) + 1 if item.path.name in _LAST else 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """A scenario that went well ends in quiet; looked at here, since fixtures take away what it made."""
    scenario = _begin_on_the_real_provider(item) if REAL else None
    yield
    if scenario is None:
        _end_in_quiet(item)
    else:
        _end_on_the_real_provider(item, scenario)


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """A control plane of the Crossplane that CROSSPLANE names, with everything installed."""
    with started("real" if REAL else "e2e", VERSION, lambda what: print(what, flush=True)) as control_plane:
        yield control_plane


@pytest.fixture(scope="session")
def api(plane: ControlPlane) -> Iterator[Api]:
    """Reads the API server."""
    with contextlib.closing(Api(plane.places)) as api:
        yield api


@pytest.fixture(scope="session")
def google(plane: ControlPlane) -> ControlPlane:
    """The same, with provider-gcp: where its CRDs are missing the test says so, and in CI fails."""
    if missing := packages.missing_google():
        absent(missing)
    return plane


@pytest.fixture(params=sorted(FLAVOURS))
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """XR and claim alike."""
    return FLAVOURS[request.param]


@pytest.fixture
def new_identity(plane: ControlPlane, api: Api) -> NewIdentity:
    """Makes PodIdentities and claims, each in a namespace of its own."""

    def make(flavour: Flavour) -> Identity:
        namespace = f"e2e-{next(_NUMBERS)}"
        Kubectl(plane.places)("create", "namespace", namespace)
        return Identity(plane, api, flavour, namespace, "reports")

    return make


@pytest.fixture
def identity(new_identity: NewIdentity, flavour: Flavour) -> Identity:
    """One that is not written yet."""
    return new_identity(flavour)


@pytest.fixture
def new_entry(plane: ControlPlane, api: Api, flavour: Flavour) -> Iterator[NewEntry]:
    """Makes entries of the catalogue, of either scope as identities are of either flavour, which are gone afterwards."""
    scope = "Namespaced" if flavour == FLAVOURS["xr"] else "Cluster"
    made = []

    def make(name: str) -> Entry:
        made.append(Entry(plane, api, name, scope))
        return made[-1]

    yield make
    for entry in made:
        entry.delete()


@pytest.fixture
def entry(new_entry: NewEntry) -> Entry:
    """One that no other test has, not written yet."""
    return new_entry(f"prod-{next(_NUMBERS)}")


@pytest.fixture(autouse=True)
def _following_again(plane: ControlPlane) -> None:
    """A core that missed an event goes on missing them until it is started anew."""
    if MISSED and not MISSED.started_anew:
        load.restart_core(plane)
        load.wait_idle(plane)
        MISSED.started_anew = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what Crossplane missed."""
    if said := MISSED.summary():
        terminalreporter.write_line(said)


@pytest.fixture(autouse=True)
def audit(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Audit]:
    """What is written during a test. What the API server refuses of it is a failure, unless the test is about just that."""
    audit = Audit.now(plane.places)
    yield audit
    if request.node.get_closest_marker("refusals"):
        return
    refused = "\n".join(map(str, audit.refusals()))
    assert not refused, f"the API server refused:\n{refused}"


_MAKING = frozenset({"identity", "new_identity", "entry", "new_entry", "population", "older", "flavour"})
"""The fixtures through which tests make something: after all others nothing new could move."""


def _end_in_quiet(item: pytest.Item) -> None:
    if not isinstance(item, pytest.Function) or _MAKING.isdisjoint(item.funcargs):
        return
    if isinstance(quiet := item.funcargs.get("quiet"), Quiet):
        if not item.get_closest_marker("restless"):
            quiet.check()
        if not item.get_closest_marker("edits_often"):
            quiet.check_responsive()


@pytest.fixture(scope="session")
def quietness(plane: ControlPlane, api: Api) -> Iterator[Quiet]:
    """Watches all XRs and entries for as long as the tests last."""
    with contextlib.ExitStack() as stack:
        yield Quiet(plane, api, [stack.enter_context(following(plane.places, GROUP, API_VERSION, plural)) for plural in XRS])


@pytest.fixture(autouse=True)
def quiet(quietness: Quiet) -> Quiet:
    """What is checked when a test has gone well: nothing moves, and no circuit breaker opened (see pytest_runtest_call)."""
    quietness.begin()
    return quietness


@pytest.fixture(scope="session")
def moved(plane: ControlPlane) -> Iterator[movements.Movements]:
    """All that moves on the control plane."""
    with movements.following(plane.places) as found:
        yield found


@pytest.fixture(scope="session")
def ended(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[list[scenarios.Ended]]:
    """The scenarios on the real provider that are over, of which a table is written: the committed one by a whole run that is green."""
    found: list[scenarios.Ended] = []
    yield found
    # Neither a choice of tests, nor a run that failed or was broken off.
    chosen = request.config.getoption("keyword") or request.config.getoption("file_or_dir")
    whole = VERSION == NEWEST and not chosen and len(found) == len(request.session.items)
    scenarios.write(scenarios.TABLE if whole else plane.places.root / scenarios.TABLE.name, found, plane)


def _begin_on_the_real_provider(item: pytest.Function) -> scenarios.Scenario:
    plane, moved = (item._request.getfixturevalue(name) for name in ("plane", "moved"))
    return scenarios.Scenario(plane, moved)


def _end_on_the_real_provider(item: pytest.Function, scenario: scenarios.Scenario) -> None:
    flavour, ended = item.funcargs.get("flavour"), item._request.getfixturevalue("ended")
    ended.append(scenario.end(item.originalname, flavour.kind if isinstance(flavour, Flavour) else ""))

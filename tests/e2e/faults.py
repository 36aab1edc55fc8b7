"""What can go wrong with a control plane, done to live identities: `make faults`.

After each fault the same managed resources must stand there with the same uids, and the audit log must hold no request to delete one.
"""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.controlplane import crossplane, function, install, kubernetes, processes
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e import versions
from tests.e2e.audit import Audit
from tests.e2e.identities import FLAVOURS
from tests.e2e.planes import NEWEST, STANDIN
from tests.e2e.population import Population

_MINUTE = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a fault did to the identities of one flavour."""

    fault: str
    crossplane: str
    kind: str
    managed: int
    kept: int
    deletions: int
    refusals: int
    seconds: float
    """From the moment when everything ran again to the moment when all identities were ready, with the edit that was under way."""

    @property
    def harmless(self) -> bool:
        """Whether nothing was lost."""
        return self.kept == self.managed and not self.deletions and not self.refusals


def strike(name: str, population: Population, edit: int) -> list[Outcome]:
    """Let a fault happen while an edit is under way; what came of it, one for each flavour."""
    plane = population.plane
    before = {kind: population.uids(flavour) for kind, flavour in FLAVOURS.items()}
    audit = Audit.now(plane.places)
    FAULTS[name](population, edit)
    start = time.monotonic()
    until(lambda: population.edits_arrived(edit), 180, f"{name}: the edit in every role")
    population.settle()
    seconds = time.monotonic() - start
    deletions, refusals = audit.deletions(), audit.refusals()
    return [
        Outcome(
            name,
            plane.version,
            flavour.kind,
            len(before[kind]),
            len(before[kind].items() & population.uids(flavour).items()),
            len([write for write in deletions if flavour.managed in write.group]),
            len(refusals),
            seconds,
        )
        for kind, flavour in FLAVOURS.items()
    ]


def _kill(plane: ControlPlane, *names: str) -> None:
    for name in names:
        for process in processes.find(plane.places.root, name):
            process.end(signal.SIGKILL)


def _function_killed(population: Population, edit: int) -> None:
    population.edit(edit)
    _kill(population.plane, "function")
    function.start(population.plane.places)


def _function_absent(population: Population, edit: int) -> None:
    _kill(population.plane, "function")
    end = time.monotonic() + _MINUTE
    population.edit(edit)
    until(lambda: time.monotonic() > end, _MINUTE + 1, "a minute")
    function.start(population.plane.places)


def _core_killed(population: Population, edit: int) -> None:
    population.edit(edit)
    _kill(population.plane, "crossplane", "rbac")
    crossplane.start(population.plane.places, population.plane.ports, population.plane.version)


def _core_upgraded(population: Population, edit: int) -> None:
    population.edit(edit)
    for name in ("crossplane", "rbac"):
        for process in processes.find(population.plane.places.root, name):
            process.end()
    crossplane.start(population.plane.places, population.plane.ports, NEWEST)
    install.wait_healthy(population.plane.places)


def _etcd_killed(population: Population, edit: int) -> None:
    population.edit(edit)
    _kill(population.plane, "etcd")
    kubernetes.start_etcd(population.plane.places, population.plane.ports)


def _api_server_killed(population: Population, edit: int) -> None:
    population.edit(edit)
    _kill(population.plane, "api-server")
    kubernetes.start_api_server(population.plane.places, population.plane.ports)


def _provider_killed(population: Population, edit: int) -> None:
    population.edit(edit)
    _kill(population.plane, "standin")
    population.plane.start_standin(STANDIN)


def _configurations_upgraded(population: Population, edit: int) -> None:
    with versions.installed(population.plane, versions.ONE_MORE_FIELD):
        population.edit(edit)
        until(lambda: population.edits_arrived(edit), 60, "the edit under the newer Configuration")
        population.settle()


UPGRADE = "core upgraded to the newest"
FAULTS: dict[str, Callable[[Population, int], None]] = {
    "function killed (-9) in mid-work, restarted": _function_killed,
    "function absent for a minute": _function_absent,
    "core killed (-9) in mid-work, restarted": _core_killed,
    "etcd killed (-9), restarted": _etcd_killed,
    "API server killed (-9), restarted": _api_server_killed,
    "provider killed (-9) in mid-work, restarted": _provider_killed,
    "Configurations upgraded by one field, and back": _configurations_upgraded,
    UPGRADE: _core_upgraded,
}


def of(version: str) -> Iterator[str]:
    """The faults that can happen to a version of Crossplane; the upgrade comes last."""
    return (name for name in FAULTS if name != UPGRADE or version != NEWEST)

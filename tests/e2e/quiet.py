"""Whether all is quiet: what nobody edits does not change, however often it is looked at."""

import difflib
import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.controlplane import processes
from tests.controlplane.plane import ControlPlane
from tests.controlplane.provider_kubernetes import CLUSTER, NAMESPACED
from tests.controlplane.waiting import Late, until
from tests.e2e import metrics
from tests.e2e.api import Api, Object
from tests.e2e.entries import PLURAL
from tests.e2e.following import Follower
from tests.e2e.identities import GROUP, KINDS, VERSION
from tests.standin.kube.polling import POLLED

XRS = ("podidentities", "xpodidentities", PLURAL)
_OURS = (*XRS, "podidentityclaims")
_OF_OBJECTS = ((CLUSTER, "v1alpha2", "objects"), (NAMESPACED, "v1alpha1", "objects"))
_POLLS = 3
_LOOKS = 5
_PATIENCE = 20.0
_CLIENTS = 4


class Moved(NamedTuple):
    """An object that changed though nobody edited it."""

    uid: str
    managed: bool
    text: str
    """Its name, and what changed."""


class Quiet:
    """The check, for one control plane; each object is blamed once, not by every test that comes after."""

    def __init__(self, plane: ControlPlane, api: Api, followers: Sequence[Follower]) -> None:
        self._plane = plane
        self._api = api
        self._followers = followers
        self._blamed: set[str] = set()
        self._unresponsive: set[str] = set()
        self._opened = 0.0

    def begin(self) -> None:
        """A test begins. What was cut off before stays so for minutes, and no later test is to blame for it."""
        self._unresponsive = set(self._all_unresponsive())
        self._opened = metrics.Metrics.now(self._plane.ports).breakers_opened

    def check_all(self) -> None:
        """Nothing moves, and nothing moved so much that it is only left alone."""
        self.check()
        self.check_responsive()

    def forgive(self) -> None:
        """What was blamed is mended, and is looked at again."""
        self._blamed.clear()

    def check(self) -> None:
        """Nothing moves, or it did not when it was looked at once more: Crossplane mends what it wrote from a stale cache."""
        moved = restless(self._plane, self._api)
        moved = [each for each in (restless(self._plane, self._api) if moved else []) if each.uid not in self._blamed]
        self._blamed |= {each.uid for each in moved}
        assert not moved, "not quiet during three polls:\n" + "\n".join(each.text for each in moved)

    def check_responsive(self) -> None:
        """No circuit breaker opened since the test began; whoever is no longer followed would not be seen."""
        lost = [each.plural for each in self._followers if each.lost]
        assert not lost, f"no longer followed: {lost}"
        found = self._all_unresponsive()
        unresponsive = [f"{name}: {message}" for name, message in found.items() if name not in self._unresponsive]
        assert not unresponsive, "Responsive was False of\n" + "\n".join(unresponsive)
        # Crossplane says so in the XR with its next look at it, half a minute later at most.
        opened = metrics.Metrics.now(self._plane.ports).breakers_opened - self._opened
        assert opened <= 0, f"circuit breakers opened: {opened:.0f}"

    def _all_unresponsive(self) -> dict[str, str]:
        """By kind and name."""
        return {
            f"{each.plural} {name}": message for each in self._followers for name, message in list(each.unresponsive.items())
        }


def restless(plane: ControlPlane, api: Api) -> list[Moved]:
    """What moves during three polls, once all that was under way has come to rest."""
    _rest(plane)
    before = _look(api)
    for _ in range(_POLLS):
        poll(plane)
    _rest(plane)
    return list(_moved(before, _look(api)))


def poll(plane: ControlPlane) -> None:
    """Have the stand-in look at every managed resource, and wait until it has."""
    log = plane.places.log("standin")
    (standin,) = processes.find(plane.places.root, "standin")
    until(lambda: _listens(standin.pid), _PATIENCE, "the stand-in started")
    before = _polls(log)
    standin.send(signal.SIGUSR1)
    until(lambda: _polls(log) > before, _PATIENCE, "a poll of all managed resources")


def _polls(log: Path) -> int:
    return log.read_text(errors="replace").splitlines().count(POLLED)


def _listens(pid: int) -> bool:
    """Whether it would be ended by the signal, as a process that is still starting."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    caught = next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt:"))
    return bool(caught >> (signal.SIGUSR1 - 1) & 1)


def _rest(plane: ControlPlane) -> None:
    try:
        metrics.wait_idle(plane.ports, _PATIENCE, _LOOKS)
    except Late:
        return  # what keeps it busy is found by what moves


def _look(api: Api) -> dict[str, Object]:
    """All managed resources and what is ours, by uid."""
    managed = [
        (served.group, served.version, kind.plural) for kinds in KINDS.values() for kind in kinds for served in kind.served()
    ]
    kinds = [*managed, *_OF_OBJECTS, *((GROUP, VERSION, plural) for plural in _OURS)]
    with ThreadPoolExecutor(_CLIENTS) as pool:
        return {each["metadata"]["uid"]: each for found in pool.map(lambda kind: api.list(*kind), kinds) for each in found}


def _moved(before: Mapping[str, Object], after: Mapping[str, Object]) -> Iterator[Moved]:
    """What is in both and differs; what comes or goes meanwhile is somebody's doing."""
    for uid in before.keys() & after.keys():
        old, new = before[uid], after[uid]
        managed = not _is_ours(new)
        counted, shown = ("generation", "spec") if managed else ("resourceVersion", "status")
        numbers = [each["metadata"].get(counted) for each in (old, new)]
        if numbers[0] != numbers[1]:
            name = f"{new['kind']} {new['metadata'].get('namespace', '')}/{new['metadata']['name']}"
            lines = _difference(old.get(shown), new.get(shown)) or [f"{shown} is at last as it was at first"]
            yield Moved(uid, managed, "\n".join([f"{name}: {counted} {numbers[0]} -> {numbers[1]}", *lines]))


def _is_ours(found: Object) -> bool:
    return str(found["apiVersion"]).startswith(f"{GROUP}/")


def _difference(old: object, new: object) -> list[str]:
    first, last = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (old, new))
    return list(difflib.unified_diff(first, last, "before", "after", lineterm="", n=1))

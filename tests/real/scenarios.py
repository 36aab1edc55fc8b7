"""What every scenario on the real provider ends with: nothing moves any more, nobody was cut off, and nothing of it is left in AWS."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.controlplane.kubectl import Kubectl, Refused
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e import tables
from tests.e2e.identities import FLAVOURS, GROUP
from tests.e2e.metrics import Metrics
from tests.real import aws, provider_aws
from tests.real.furnishing import ACCOUNTS
from tests.real.movements import Movements

TABLE = Path(__file__).parent / "real.md"
_LOOKS, _STILL = 3, 3.0
_PATIENCE = 90.0
_OF_ENTRIES = ("podidentityclusters", "clusters", "addons", "openidconnectproviders")
"""Kinds of the catalogue's entries, which are deleted elsewhere."""


@dataclass(frozen=True)
class Ended:
    """A scenario that is over."""

    name: str
    kind: str
    seconds: float
    """Until its last word, without the looks that follow."""
    generation: int
    """The highest of a managed resource."""
    breakers: int
    """How often the core stopped to reconcile an XR that changes too often."""


class Scenario:
    """One scenario, from here on."""

    def __init__(self, plane: ControlPlane, movements: Movements) -> None:
        self._plane, self._movements = plane, movements
        movements.begin()
        self._metrics = Metrics.now(plane.ports)
        self._there = _everything(plane)
        self._start = time.monotonic()

    def end(self, name: str, kind: str) -> Ended:
        """See that nothing moves, and that all is gone afterwards."""
        seconds = time.monotonic() - self._start
        # What AWS has lost already the provider gives up at its next look, which may be a minute away.
        self._look(0)
        until(lambda: not self._movements.going(), _PATIENCE, "nothing being deleted")
        self._movements.wait_quiet(_STILL, _PATIENCE)
        self._see_quiet()
        assert not self._movements.lost, f"no longer followed: {self._movements.lost}"
        unresponsive = self._movements.unresponsive
        assert not unresponsive, f"Crossplane cut off: {unresponsive}"
        generation = self._movements.highest
        self._delete()
        left = _everything(self._plane) - self._there
        assert not left, f"left in AWS: {sorted(left)}"
        opened = Metrics.now(self._plane.ports).since(self._metrics).breakers_opened
        return Ended(name, kind, seconds, generation, round(opened))

    def _see_quiet(self) -> None:
        """Have the provider look at everything a few times; nothing moves while it does."""
        start = time.monotonic()
        for number in range(1, _LOOKS + 1):
            looked = time.monotonic()
            self._look(number)
            until(lambda looked=looked: time.monotonic() - looked > _STILL, _PATIENCE, "time to move")  # type: ignore[misc]
        moved = self._movements.since(start)
        assert not moved, f"moved while nobody edited anything: {moved}"

    def _look(self, number: int) -> None:
        """Have the provider reconcile all its objects: it does when an annotation changes, as when it polls."""
        kubectl, token = Kubectl(self._plane.places), f"podidentity.dev/look={self._start}-{number}"
        for kind, name in self._movements.present(lambda kind: not kind.endswith(f".{GROUP}")):
            namespace, _, name = name.rpartition("/")
            where = [f"--namespace={namespace}"] if namespace else []
            try:
                kubectl("annotate", kind, name, token, "--overwrite", *where)
            except Refused as refused:
                # What went meanwhile cannot be looked at.
                if "(NotFound)" not in str(refused):
                    raise

    def _delete(self) -> None:
        """Delete all that was written, in all namespaces, and wait until everything composed for it is gone."""
        kubectl = Kubectl(self._plane.places)
        for flavour in FLAVOURS.values():
            kubectl("delete", f"{flavour.plural}.{GROUP}", "--all", "--all-namespaces", "--wait=false")
        self._wait_gone(lambda kind: kind.endswith(f".{GROUP}") and not _of_entry(kind), "identities gone")
        # What a test itself attached.
        for flavour in FLAVOURS.values():
            kubectl("delete", f"rolepolicyattachments.iam.{flavour.managed}", "--all", "--all-namespaces", "--wait=false")
        self._wait_gone(lambda kind: not _of_entry(kind), "managed resources gone")

    def _wait_gone(self, matching: Callable[[str], bool], what: str) -> None:
        """Wait until nothing of some kinds is there. Left alone the provider looks after 1, 2, 4, 8 and 16 s, and only then lets go."""
        looked, number = time.monotonic(), _LOOKS

        def gone() -> bool:
            nonlocal looked, number
            if time.monotonic() - looked > _STILL:
                looked, number = time.monotonic(), number + 1
                self._look(number)
            return not self._movements.present(matching)

        until(gone, _PATIENCE, what)


def _of_entry(plural: str) -> bool:
    return plural.partition(".")[0] in _OF_ENTRIES


def _everything(plane: ControlPlane) -> set[str]:
    """The ARNs of all roles, policies and associations."""
    in_iam = (aws.in_iam(plane.ports, account) for account in ACCOUNTS.values())
    return aws.associations(plane.places).union(*in_iam)


def write(file: Path, ended: Sequence[Ended], plane: ControlPlane) -> None:
    """Write the table of a run."""
    text = (
        f"One run of `make real`: Crossplane {plane.version}, provider-aws {provider_aws.version()}, moto {aws.version()}; the provider "
        f"looks at everything every {provider_aws.POLL:.0f} s. Seconds are those until what was asked for stood in AWS, the looks that "
        "show that nothing moves any more are not in them.\n"
    )
    head = ["scenario", "kind", "seconds", "highest generation of a managed resource", "circuit breakers opened"]
    rows = [[e.name, e.kind, f"{e.seconds:.0f}", str(e.generation), str(e.breakers)] for e in ended]
    tables.write(file, "On the real provider-aws", text, [head, *rows])

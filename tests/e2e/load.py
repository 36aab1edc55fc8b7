"""Many PodIdentities at once: `make load N=1000`.

Each has two associations and a role, of the kind that is named. What is measured is measured by the core (its metrics), by the
kernel (memory, processor time) and by a watch.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from lightkube.types import PatchType

from tests.controlplane import crossplane, function, processes
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e import metrics
from tests.e2e.api import Api, Object, client, kind
from tests.e2e.following import Follower, following
from tests.e2e.identities import CROSSPLANES_OWN, FLAVOURS, GROUP, KINDS, VERSION, Flavour, Identity
from tests.e2e.metrics import Metrics
from tests.e2e.quiet import restless
from tests.e2e.specs import Spec, accounts, spec

_NAMESPACES = 10
_CLIENTS = 8
_SECONDS_EACH = 1.0
_STARTING = 120.0
_LOOKS = 30


@dataclass(frozen=True)
class Measured:
    """What one load came to."""

    crossplane: str
    kind: str
    number: int
    applied: float
    synced: float
    ready: float
    """Seconds since the first was applied."""
    calls: float
    reconciles: float
    failed: float
    p50: float
    p99: float
    """Seconds of a call of the function, as the core sees them."""
    function_before: float
    function_after: float
    core_before: float
    core_after: float
    """Resident memory in MB."""
    function_seconds: float
    core_seconds: float
    """Processor time."""
    breakers: float
    troubled: int
    """XRs that were seen with Synced=False, be it for a moment."""
    unresponsive: int
    """Those that were seen with Responsive=False."""
    moved_generations: int
    moved_versions: int
    """Managed resources, and XRs and claims, that changed during three polls after the load."""
    second_pass_calls: float
    second_pass_changes: int


def identities(plane: ControlPlane, api: Api, flavour: Flavour, prefix: str, number: int) -> list[Identity]:
    """So many identities over ten namespaces, not written yet."""
    names = [f"{prefix}-{index}" for index in range(_NAMESPACES)]
    Kubectl(plane.places).apply(*({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names))
    return [Identity(plane, api, flavour, names[index % _NAMESPACES], f"load-{index}") for index in range(number)]


def _own(identity: Identity) -> Spec:
    return spec(*accounts(identity.name))


def apply_all(plane: ControlPlane, wanted: Iterable[Identity], written: Callable[[Identity], Spec] = _own) -> None:
    """Write them as fast as a few clients can."""

    def apply(identity: Identity) -> None:
        resource = kind(GROUP, VERSION, identity.flavour.plural)
        manifest = identity.manifest(written(identity))
        writer.patch(resource, identity.name, manifest, namespace=identity.namespace, patch_type=PatchType.APPLY)

    with contextlib.closing(client(plane.places, "load")) as writer, ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(apply, wanted))


def measure(plane: ControlPlane, api: Api, flavour: Flavour, number: int, report: Callable[[str], None]) -> Measured:
    """Apply so many identities at once, wait until all are ready, then have all reconciled again without a change."""
    wanted = identities(plane, api, flavour, f"load-{flavour.plural}", number)
    wait_untroubled(api)
    function_process, core = (_only(plane, name) for name in ("function", "crossplane"))
    before, memory = Metrics.now(plane.ports), (function_process.resident(), core.resident())
    seconds = (function_process.seconds(), core.seconds())
    report(f"{flavour.kind}: applying {number}")
    patience = _STARTING + number * _SECONDS_EACH
    names = {_name(identity) for identity in wanted}
    with following(plane.places, GROUP, VERSION, flavour.plural) as follower:
        start = time.monotonic()
        apply_all(plane, wanted)
        applied = time.monotonic()
        synced = follower.wait(lambda seen: names <= seen.synced, patience, f"{number} synced")
        report(f"{flavour.kind}: all synced after {synced - start:.1f} s")
        ready = follower.wait(lambda seen: names <= seen.ready, patience, f"{number} ready")
        report(f"{flavour.kind}: all ready after {ready - start:.1f} s")
    wait_idle(plane)
    passed = Metrics.now(plane.ports).since(before)
    memory_after = (function_process.resident(), core.resident())
    seconds_after = (function_process.seconds(), core.seconds())
    troubled, unresponsive = dict(follower.troubled), dict(follower.unresponsive)
    report(f"{flavour.kind}: three polls")
    moved = restless(plane, api)
    for each in moved:
        report(each.text)
    report(f"{flavour.kind}: a second pass, without a change")
    calls, changes = second_pass(plane, api)
    return Measured(
        plane.version,
        flavour.kind,
        number,
        applied - start,
        synced - start,
        ready - start,
        passed.calls,
        passed.reconciles,
        passed.failed_reconciles,
        passed.call_seconds(0.5),
        passed.call_seconds(0.99),
        memory[0],
        memory_after[0],
        memory[1],
        memory_after[1],
        seconds_after[0] - seconds[0],
        seconds_after[1] - seconds[1],
        passed.breakers_opened,
        len(troubled.keys() & names),
        len(unresponsive),
        sum(each.managed for each in moved),
        sum(not each.managed for each in moved),
        calls,
        changes,
    )


def second_pass(plane: ControlPlane, api: Api) -> tuple[float, int]:
    """Start the core anew, which reconciles everything; how often it called the function, and how many objects changed.

    The core sends what it composes at every reconcile; what is the same already keeps its resourceVersion.
    """
    before = states(api)
    restart_core(plane)
    xrs = sum(len(api.list(GROUP, VERSION, plural)) for plural in ("podidentities", "xpodidentities"))
    until(lambda: Metrics.now(plane.ports).calls >= xrs, _STARTING + xrs * _SECONDS_EACH, "every XR reconciled again")
    wait_idle(plane)
    changed = states(api).items() ^ before.items()
    return Metrics.now(plane.ports).calls, len({uid for uid, _ in changed})


def states(api: Api) -> dict[str, str]:
    """What tells whether a claim, XR or managed resource has changed, by uid.

    Of managed resources it is the resourceVersion. Of the others it is all but what Crossplane itself notes among the conditions: it
    may leave there what it read from its cache a moment before, and mends it whenever it reconciles next.
    """
    ours = [(GROUP, VERSION, plural) for plural in ("podidentities", "xpodidentities", "podidentityclaims")]
    managed = [(served.group, served.version, kind.plural) for kind in KINDS["aws"] for served in kind.served()]
    versions = {each["metadata"]["uid"]: each["metadata"]["resourceVersion"] for kind in managed for each in api.list(*kind)}
    return versions | {each["metadata"]["uid"]: _content(each) for kind in ours for each in api.list(*kind)}


def _content(found: Object) -> str:
    status = found.get("status", {})
    conditions = [c for c in status.get("conditions", []) if c["type"] not in CROSSPLANES_OWN]
    return json.dumps([found["spec"], {**status, "conditions": conditions}], sort_keys=True)


def restart_core(plane: ControlPlane) -> None:
    """End the core in order, and start it anew."""
    for name in ("crossplane", "rbac"):
        _only(plane, name).end()
    crossplane.start(plane.places, plane.ports, plane.version)


def wait_idle(plane: ControlPlane, seconds: float = 300) -> float:
    """Wait until the core has nothing more to do, for three seconds; the moment when the last reconcile was seen to end."""
    return metrics.wait_idle(plane.ports, seconds, _LOOKS)


def wait_untroubled(api: Api) -> None:
    """Wait until no XR is left that is reconciled in vain again and again: its errors would be counted as the load's."""

    def seen() -> bool:
        xrs = [xr for plural in ("podidentities", "xpodidentities") for xr in api.list(GROUP, VERSION, plural)]
        conditions = [c for xr in xrs for c in xr.get("status", {}).get("conditions", []) if c["type"] == "Synced"]
        return all(condition["status"] == "True" for condition in conditions)

    until(seen, 120, "every XR that is there synced")


def _only(plane: ControlPlane, name: str) -> processes.Process:
    (process,) = processes.find(plane.places.root, name)
    return process


def hand_over(plane: ControlPlane, api: Api, number: int) -> dict[str, str]:
    """Under load of both kinds, end a replica of the function with SIGTERM while a second one runs; the XRs that had trouble."""
    kinds = [identities(plane, api, kind, f"handover-{kind.plural}", number // len(FLAVOURS)) for kind in FLAVOURS.values()]
    wanted = [identity for some in zip(*kinds, strict=True) for identity in some]
    first, second = function.choose_addresses(plane.places)
    function.start(plane.places, second, "function-2")
    function.wait_answering(plane.places, second)
    function.write_hosts(plane.places, [first, second])
    # A core that runs looks for further replicas only when it loses one; in a cluster both are there before it connects.
    restart_core(plane)
    before = Metrics.now(plane.ports)
    troubled: dict[str, str] = {}
    try:
        with contextlib.ExitStack() as stack:
            followed = [(stack.enter_context(_following(plane, some)), {_name(one) for one in some}) for some in kinds]
            with ThreadPoolExecutor(1) as pool:
                writing = pool.submit(apply_all, plane, wanted)
                until(lambda: Metrics.now(plane.ports).since(before).calls > number / 4, 60, "the load under way")
                _only(plane, "function").end()
                writing.result()
            for follower, names in followed:
                follower.wait(partial(_all_ready, names), _STARTING + number * _SECONDS_EACH, f"{number} ready")
                troubled |= {name: message for name, message in follower.troubled.items() if name in names}
    finally:
        _one_replica(plane, first)
    return troubled


def _following(plane: ControlPlane, some: list[Identity]) -> contextlib.AbstractContextManager[Follower]:
    return following(plane.places, GROUP, VERSION, some[0].flavour.plural)


def _all_ready(names: set[str], seen: Follower) -> bool:
    return names <= seen.ready


def _name(identity: Identity) -> str:
    return f"{identity.namespace}/{identity.name}"


def _one_replica(plane: ControlPlane, address: str) -> None:
    """As it was: the first replica alone."""
    if not processes.find(plane.places.root, "function"):
        function.start(plane.places)
    function.wait_answering(plane.places, address)
    function.write_hosts(plane.places, [address])
    _only(plane, "function-2").end()

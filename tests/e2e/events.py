"""How often things change for one edit: `make events`.

Every change of an XR, a claim or a managed resource wakes Crossplane once more, and its circuit breaker counts them.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.api import Api, Object
from tests.e2e.following import Follower, following
from tests.e2e.identities import CROSSPLANES_OWN, GROUP, KINDS, VERSION, Flavour, Identity
from tests.e2e.load import wait_idle
from tests.e2e.metrics import Metrics
from tests.e2e.specs import READ_ONLY, Spec, inline_policy, spec

ASSOCIATIONS = (2, 6)
UNLIMITED = ("--circuit-breaker-burst=100000",)
"""Options of the core: nothing is dropped while it is counted."""
_ABSENT = "absent"


@dataclass(frozen=True)
class Counted:
    """What one edit came to."""

    crossplane: str
    kind: str
    associations: int
    edit: str
    own: int
    """Changes of the PodIdentity or the claim, the edit among them."""
    xr: int
    """Changes of the claim's XR; of a PodIdentity, which is one itself, the same as `own`."""
    managed: int
    """Changes of all managed resources."""
    most: int
    """Changes of the one that changed most often."""
    calls: float
    tokens: int
    """How many values status.rolloutToken had, its absence being one."""
    texts: int
    """How many texts the condition had that had most."""


def _permissions(action: str = "s3:GetObject", *, managed: bool = True) -> Spec:
    return {"inlinePolicies": [inline_policy(action=action)], "managedPolicyArns": [READ_ONLY] if managed else []}


def edits(number: int) -> Iterator[tuple[str, Spec]]:
    """What is written first, and then one edit after the other, for so many associations."""
    names = [f"worker-{index}" for index in range(number)]
    yield "made", spec(*names, permissions=_permissions())
    yield "one permission", spec(*names, permissions=_permissions("s3:PutObject"))
    yield "the last managed policy taken away", spec(*names, permissions=_permissions("s3:PutObject", managed=False))
    yield "a service account renamed", spec(*names[1:], "renamed", permissions=_permissions("s3:PutObject", managed=False))


def count(plane: ControlPlane, api: Api, flavour: Flavour, number: int, report: Callable[[str], None]) -> list[Counted]:
    """Make an identity of so many associations, edit it, and count."""
    namespace = f"events-{number}"
    Kubectl(plane.places).apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    identity = Identity(plane, api, flavour, namespace, f"events-{flavour.name}")
    found = []
    with _everything(plane, flavour) as (own, xr, managed):
        for edit, written in edits(number):
            own.seen.clear()
            before, calls = _changes(own, xr, *managed), Metrics.now(plane.ports).calls
            identity.apply(written)
            identity.settle()
            wait_idle(plane)
            report(f"{flavour.kind} with {number} associations: {edit}")
            now, statuses = _changes(own, xr, *managed), [each.get("status", {}) for each in own.seen]
            passed = [{name: now[i][name] - before[i].get(name, 0) for name in now[i]} for i in range(len(now))]
            found.append(
                Counted(
                    plane.version,
                    flavour.kind,
                    number,
                    edit,
                    sum(passed[0].values()),
                    sum(passed[1].values()),
                    sum(sum(each.values()) for each in passed[2:]),
                    max(max(each.values(), default=0) for each in passed[2:]),
                    Metrics.now(plane.ports).calls - calls,
                    len({status.get("rolloutToken", _ABSENT) for status in statuses}),
                    _texts(statuses),
                )
            )
    # A watch begins with what is there: the next one's shall not count this.
    identity.delete()
    identity.wait_gone()
    return found


@contextlib.contextmanager
def _everything(plane: ControlPlane, flavour: Flavour) -> Iterator[tuple[Follower, Follower, list[Follower]]]:
    with contextlib.ExitStack() as stack:

        def follow(group: str, version: str, plural: str) -> Follower:
            return stack.enter_context(following(plane.places, group, version, plural, keep=group == GROUP))

        own = follow(GROUP, VERSION, flavour.plural)
        xr = own if flavour.name == "xr" else follow(GROUP, VERSION, "xpodidentities")
        kinds = [(flavour.served(kind), kind.plural) for kind in KINDS["aws"]]
        yield own, xr, [follow(served.group, served.version, plural) for served, plural in kinds]


def _changes(*followers: Follower) -> list[Mapping[str, int]]:
    return [dict(follower.changes) for follower in followers]


def _texts(statuses: list[Object]) -> int:
    """How many texts a condition of ours had, of that which had most."""
    texts: dict[str, set[str]] = {}
    for status in statuses:
        for condition in status.get("conditions", []):
            if condition["type"] not in CROSSPLANES_OWN:
                texts.setdefault(condition["type"], set()).add(condition.get("message", ""))
    return max(map(len, texts.values()), default=0)

"""One entry of the catalogue that many PodIdentities name, edited: `python -m tests.e2e catalogue --number 500`.

Crossplane 2.4 watches the entry and has all of them rendered anew; before, each sees it at its next reconcile, which is asked for
here, or comes when the TTL of the last answer is over. The same edit written in each of them is what it is compared with.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from lightkube.types import PatchType

from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e import load
from tests.e2e.api import Api, Object, client, cluster_kind, kind
from tests.e2e.entries import PLURAL, Entry, watched
from tests.e2e.following import following
from tests.e2e.identities import GROUP, VERSION, Flavour, Identity
from tests.e2e.metrics import Metrics
from tests.e2e.specs import ACCOUNT, REGION, Spec, accounts, spec

_CLIENTS = 8
_STARTING = 120.0
_ENTRY: dict[str, Any] = {"eks": {"region": REGION, "accountId": ACCOUNT}}
_REFERENCE = "aws.providerConfigRef"
# Crossplane spreads it by a tenth in both directions.
_TTL = 600.0 * 1.1


@dataclass(frozen=True)
class Edit:
    """What is edited: a field of the entry, or a field of each PodIdentity."""

    what: str
    entry: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    """Fields of spec.aws."""
    asked: bool = True
    """Whether reconciles are asked for on a Crossplane that does not watch entries."""

    def reference(self) -> str:
        """The provider config that is to be in every managed resource."""
        found = self.own or self.entry.get("aws", {})
        return str(found.get("providerConfigRef", {}).get("name", "default"))


UNRENDERED = Edit(
    "usableFrom in the entry, which changes nothing that is rendered", {"usableFrom": {"namespaces": ["*", "load-*"]}}
)
IN_ENTRY = Edit(
    f"{_REFERENCE} in the entry, which changes every managed resource", {"aws": {"providerConfigRef": {"name": "b"}}}
)
BY_TTL = Edit(
    f"{_REFERENCE} in the entry, seen when the TTL is over", {"aws": {"providerConfigRef": {"name": "c"}}}, asked=False
)
IN_EACH = Edit(f"{_REFERENCE} in each PodIdentity itself", own={"providerConfigRef": {"name": "d"}})


@dataclass(frozen=True)
class Edited:
    """What one edit of the entry came to."""

    crossplane: str
    kind: str
    edit: str
    number: int
    seconds: float
    """From the edit, or where reconciles were asked for from the first request, until nothing more was done."""
    calls: float
    reconciles: float
    """Both for the PodIdentities alone."""
    failed: float
    breakers: float
    written: int
    """Managed resources that changed, be it their status alone."""
    calls_after: float
    """In the quiet time after."""
    entry_changes: int
    """How often the entry itself changed: Crossplane's notes in its status count."""


def measure(
    plane: ControlPlane,
    api: Api,
    flavour: Flavour,
    number: int,
    quiet: float,
    report: Callable[[str], None],
    edits: Sequence[Edit] = (UNRENDERED, IN_ENTRY, IN_EACH),
) -> list[Edited]:
    """Write an entry and so many PodIdentities that name it; then make the edits, one after the other."""
    entry = Entry(plane, api, f"many-{flavour.plural}")
    entry.apply(**_ENTRY)
    entry.settle()
    wanted = load.identities(plane, api, flavour, f"named-{flavour.plural}", number)
    load.wait_untroubled(api)
    names = {f"{identity.namespace}/{identity.name}" for identity in wanted}
    with following(plane.places, GROUP, VERSION, flavour.plural) as follower:
        load.apply_all(plane, wanted, lambda one: _spec(one, entry))
        follower.wait(lambda seen: names <= seen.ready, _STARTING + number, f"{number} ready")
    report(f"{number} ready")
    load.wait_idle(plane)
    written, found = dict(_ENTRY), []
    for edit in edits:
        written |= edit.entry
        found.append(_edit(plane, api, entry, written, wanted, edit, quiet))
        report(f"{edit.what}: {found[-1].seconds:.1f} s, {found[-1].calls:.0f} calls, {found[-1].calls_after:.0f} after")
    return found


def _spec(identity: Identity, entry: Entry, own: Mapping[str, Any] | None = None) -> Spec:
    return spec(*accounts(identity.name), clusters=({"name": entry.name},), **(own or {}))


def _edit(
    plane: ControlPlane,
    api: Api,
    entry: Entry,
    written: Mapping[str, Any],
    wanted: Sequence[Identity],
    edit: Edit,
    quiet: float,
) -> Edited:
    versions, before = load.states(api), Metrics.now(plane.ports)
    with following(plane.places, GROUP, VERSION, PLURAL) as follower:
        patience = _STARTING + len(wanted) + (0 if edit.asked else _TTL)
        follower.wait(lambda seen: f"/{entry.name}" in seen.changes, patience, "the entry seen")
        follower.changes.clear()
        start = _write(plane, api, entry, written, wanted, edit)
        until(lambda: _passed(plane, before).reconciles >= len(wanted), patience, "every PodIdentity reconciled")
        end = load.wait_idle(plane, patience)
        if _references(api, wanted) != {edit.reference()}:
            until(lambda: _references(api, wanted) == {edit.reference()}, patience, f"{edit.reference()} everywhere")
            end = load.wait_idle(plane, patience)
    passed = _passed(plane, before)
    changed = {uid for uid, _ in load.states(api).items() ^ versions.items()}
    after, quiet_end = Metrics.now(plane.ports), time.monotonic() + quiet
    until(lambda: time.monotonic() > quiet_end, quiet + 1, "some quiet time")
    return Edited(
        plane.version,
        wanted[0].flavour.kind,
        edit.what,
        len(wanted),
        end - start,
        # For an entry, which requires nothing, the function is called once a reconcile.
        passed.calls - passed.reconciles_of(PLURAL),
        passed.reconciles_of(_xrs(wanted)),
        passed.failed_reconciles,
        passed.breakers_opened,
        len(changed),
        _passed(plane, after).calls,
        follower.changes[f"/{entry.name}"],
    )


def _write(
    plane: ControlPlane, api: Api, entry: Entry, written: Mapping[str, Any], wanted: Sequence[Identity], edit: Edit
) -> float:
    """Write an edit, and ask for reconciles where they do not come by themselves; the moment from which time counts."""
    start = time.monotonic()
    if edit.own:
        load.apply_all(plane, wanted, lambda one: _spec(one, entry, edit.own))
        return start
    entry.apply(**written)
    if edit.asked and not watched(plane):
        entry.settle()
        start = time.monotonic()
        _reconcile_all(plane, api, wanted)
    return start


def _passed(plane: ControlPlane, before: Metrics) -> Metrics:
    return Metrics.now(plane.ports).since(before)


def _xrs(wanted: Sequence[Identity]) -> str:
    """The kind of their composite resources: they themselves, or the claims'."""
    return "podidentities" if wanted[0].flavour.name == "xr" else "xpodidentities"


def _references(api: Api, wanted: Sequence[Identity]) -> set[str]:
    """The provider configurations of all their roles and associations."""
    managed, namespaces = wanted[0].flavour.managed, {identity.namespace for identity in wanted}
    found = [
        item
        for service, plural in (("iam", "roles"), ("eks", "podidentityassociations"))
        for item in api.list(f"{service}.{managed}", "v1beta1", plural)
        if _namespace(item) in namespaces
    ]
    return {item["spec"]["providerConfigRef"]["name"] for item in found}


def _namespace(item: Object) -> str:
    """The namespace of the PodIdentity or claim that something belongs to."""
    metadata = item["metadata"]
    return str(metadata.get("namespace") or metadata["labels"]["crossplane.io/claim-namespace"])


def _reconcile_all(plane: ControlPlane, api: Api, wanted: Sequence[Identity]) -> None:
    """Ask for a reconcile of each composite resource."""
    annotations = {"crossplane.io/reconcile-requested-at": str(time.time())}
    namespaces = {identity.namespace for identity in wanted}
    patch = {"metadata": {"annotations": annotations}}

    def ask(xr: Object) -> None:
        plural, name, namespace = _xrs(wanted), xr["metadata"]["name"], xr["metadata"].get("namespace")
        if namespace:
            writer.patch(kind(GROUP, VERSION, plural), name, patch, namespace=namespace, patch_type=PatchType.MERGE)
        else:
            writer.patch(cluster_kind(GROUP, VERSION, plural), name, patch, patch_type=PatchType.MERGE)

    xrs = [xr for xr in api.list(GROUP, VERSION, _xrs(wanted)) if _namespace(xr) in namespaces]
    with contextlib.closing(client(plane.places)) as writer, ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(ask, xrs))

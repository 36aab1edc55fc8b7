"""One entry of the catalogue that many PodIdentities name, edited: `python -m tests.e2e catalogue --number 500`.

Crossplane 2.4 watches the entry and has all of them rendered anew; before, each sees it at its next reconcile, which is asked for here.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lightkube.types import PatchType

from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e import load
from tests.e2e.api import Api, client, kind
from tests.e2e.entries import Entry, watched
from tests.e2e.following import following
from tests.e2e.identities import FLAVOURS, GROUP, VERSION, Flavour, Identity
from tests.e2e.metrics import Metrics
from tests.e2e.specs import ACCOUNT, REGION, accounts, spec

_CLIENTS = 8
_STARTING = 120.0
_ENTRY: dict[str, Any] = {"eks": {"region": REGION, "accountId": ACCOUNT}}
EDITS: dict[str, dict[str, Any]] = {
    "usableFrom, which changes nothing that is rendered": {"usableFrom": {"namespaces": ["*", "load-*"]}},
    "aws.providerConfigRef, which changes every managed resource": {"aws": {"providerConfigRef": {"name": "other"}}},
}


@dataclass(frozen=True)
class Edited:
    """What one edit of the entry came to."""

    crossplane: str
    edit: str
    number: int
    seconds: float
    """From the edit, or on a Crossplane that does not watch entries from the first request, until nothing more was done."""
    calls: float
    reconciles: float
    """Of the PodIdentities alone."""
    failed: float
    breakers: float
    written: int
    """Managed resources that changed, be it their status alone."""
    calls_after: float
    """In the quiet time after."""


def measure(
    plane: ControlPlane, api: Api, flavour: Flavour, number: int, quiet: float, report: Callable[[str], None]
) -> list[Edited]:
    """Write an entry and so many PodIdentities that name it; then edit the entry, once for each edit."""
    entry = Entry(plane, api, f"many-{flavour.plural}")
    entry.apply(**_ENTRY)
    entry.settle()
    wanted = load.identities(plane, api, flavour, f"named-{flavour.plural}", number)
    load.wait_untroubled(api)
    names = {f"{identity.namespace}/{identity.name}" for identity in wanted}
    with following(plane.places, GROUP, VERSION, flavour.plural) as follower:
        load.apply_all(plane, wanted, lambda one: spec(*accounts(one.name), clusters=({"name": entry.name},)))
        follower.wait(lambda seen: names <= seen.ready, _STARTING + number, f"{number} ready")
    report(f"{number} ready")
    load.wait_idle(plane)
    edited, found = dict(_ENTRY), []
    for edit, fields in EDITS.items():
        edited |= fields
        found.append(_edit(plane, api, entry, edited, wanted, edit, quiet))
        report(f"{edit}: {found[-1].seconds:.1f} s, {found[-1].calls:.0f} calls, {found[-1].calls_after:.0f} after")
    return found


def _edit(
    plane: ControlPlane,
    api: Api,
    entry: Entry,
    fields: dict[str, Any],
    wanted: Sequence[Identity],
    edit: str,
    quiet: float,
) -> Edited:
    versions, before = load.resource_versions(api), Metrics.now(plane.ports)
    start = time.monotonic()
    entry.apply(**fields)
    if not watched(plane):
        entry.settle()
        start = time.monotonic()
        _reconcile_all(plane, wanted)
    patience = _STARTING + len(wanted)
    until(lambda: _passed(plane, before).reconciles >= len(wanted), patience, "every PodIdentity reconciled")
    seconds = load.wait_idle(plane, patience) - start
    reference = fields.get("aws", {}).get("providerConfigRef", {}).get("name", "default")
    until(lambda: _references(api, wanted) == {reference}, patience, f"{reference} in every managed resource")
    passed = _passed(plane, before)
    changed = {uid for uid, _ in load.resource_versions(api).items() ^ versions.items()}
    after, end = Metrics.now(plane.ports), time.monotonic() + quiet
    until(lambda: time.monotonic() > end, quiet + 1, "some quiet time")
    return Edited(
        plane.version,
        edit,
        len(wanted),
        seconds,
        passed.calls,
        passed.reconciles_of(_controller(wanted)),
        passed.failed_reconciles,
        passed.breakers_opened,
        len(changed),
        _passed(plane, after).calls,
    )


def _passed(plane: ControlPlane, before: Metrics) -> Metrics:
    return Metrics.now(plane.ports).since(before)


def _controller(wanted: Sequence[Identity]) -> str:
    return "podidentities" if wanted[0].flavour == FLAVOURS["xr"] else "xpodidentities"


def _references(api: Api, wanted: Sequence[Identity]) -> set[str]:
    """The provider configurations of all their roles and associations."""
    managed, namespaces = wanted[0].flavour.managed, {identity.namespace for identity in wanted}
    found = [
        item
        for service, plural in (("iam", "roles"), ("eks", "podidentityassociations"))
        for item in api.list(f"{service}.{managed}", "v1beta1", plural)
        if item["metadata"].get("namespace") in namespaces
    ]
    return {item["spec"]["providerConfigRef"]["name"] for item in found}


def _reconcile_all(plane: ControlPlane, wanted: Sequence[Identity]) -> None:
    """Ask for a reconcile of each."""
    annotations = {"crossplane.io/reconcile-requested-at": str(time.time())}

    def ask(identity: Identity) -> None:
        resource = kind(GROUP, VERSION, identity.flavour.plural)
        patch = {"metadata": {"annotations": annotations}}
        writer.patch(resource, identity.name, patch, namespace=identity.namespace, patch_type=PatchType.MERGE)

    with contextlib.closing(client(plane.places)) as writer, ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(ask, wanted))

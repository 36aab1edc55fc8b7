"""Managed resources of all kinds: what was last seen of each, and the passes over them."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx2
from lightkube import AsyncClient
from lightkube.generic_resource import create_global_resource, create_namespaced_resource
from lightkube.types import PatchType

from tests.standin.kube.outage import Outage, log
from tests.standin.kube.patches import difference
from tests.standin.kube.polling import Polling
from tests.standin.kube.queue import WorkQueue
from tests.standin.kube.watching import PAUSE, status
from tests.standin.provider.kind import Kind, Served
from tests.standin.provider.managed import Provider
from tests.standin.provider.resource import FINALIZER, Object
from tests.standin.provider.typed import Schema, of_crd

_CONFLICT = 409
_NOT_FOUND = 404
_CRD = create_global_resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")


class Flavour(NamedTuple):
    """A kind in one of its two API groups."""

    kind: Kind
    resource: Any
    served: Served

    @classmethod
    def all_of(cls, kind: Kind) -> "list[Flavour]":
        """Both of them."""
        makers = {False: create_global_resource, True: create_namespaced_resource}
        return [
            cls(kind, makers[served.namespaced](served.group, served.version, kind.name, kind.plural), served)
            for served in kind.served()
        ]

    @property
    def crd(self) -> str:
        """The name of its CRD."""
        return f"{self.kind.plural}.{self.served.group}"


class Key(NamedTuple):
    """One managed resource."""

    flavour: Flavour
    namespace: str | None
    name: str


def _utc() -> datetime:
    return datetime.now(UTC)


class Controller:
    """Works off what changed, one pass at a time for each managed resource."""

    def __init__(self, client: AsyncClient, provider: Provider, outage: Outage, now: Callable[[], datetime] = _utc) -> None:
        self._client = client
        self._provider = provider
        self._outage = outage
        self._now = now
        self._seen: dict[Key, Object] = {}
        self._schemas: dict[Flavour, Schema] = {}
        self._polling: Polling[Key] = Polling(log)
        self.queue: WorkQueue[Key] = WorkQueue(self._work)

    def poll(self) -> None:
        """Look at every managed resource once more, as the real one does once in an interval, and say when that is done."""
        self._polling.begin(self._seen)
        for key in self._seen:
            self.queue.add(key)

    def listed(self, flavour: Flavour, objects: Sequence[Object]) -> None:
        """All that there are of one flavour, whose CRD may be another one by now."""
        self._schemas.pop(flavour, None)
        there = {_key(flavour, each): each for each in objects}
        for key in [key for key in self._seen if key.flavour is flavour and key not in there]:
            self._forget(key)
        for key, each in there.items():
            self._see(key, each)

    def changed(self, flavour: Flavour, operation: str, found: Object) -> None:
        """One of them."""
        key = _key(flavour, found)
        if operation == "DELETED":
            self._forget(key)
        else:
            self._see(key, found)

    def _see(self, key: Key, found: Object) -> None:
        """An event that is older than what a patch answered would undo what was learnt; one of a status alone is nothing to do."""
        before = self._seen.get(key)
        if before is None or _version(found) > _version(before):
            self._seen[key] = found
            if before is None or _acted_upon(found) != _acted_upon(before):
                self.queue.add(key)

    def _forget(self, key: Key) -> None:
        gone = self._seen.pop(key, None)
        if gone is not None:
            self._provider.forget(gone["metadata"]["uid"])

    async def _work(self, key: Key) -> None:
        with self._polling.of(key):
            await self._try(key)

    async def _try(self, key: Key) -> None:
        try:
            again = await self._reconcile(key)
        except httpx2.HTTPError as error:
            again = self._tell(key, error)
        except Exception as error:
            # One resource that cannot be worked on must not stop the others.
            log(f"{key.flavour.kind.name} {key.name}: {error!r}")
            again = PAUSE
        if again is not None:
            self.queue.add_later(key, again)

    async def _reconcile(self, key: Key) -> float | None:
        given = self._seen.get(key)
        if given is None:
            return None
        kind = key.flavour.kind
        schema = await self._schema(key.flavour)
        result = self._provider.reconcile(given, kind, self._now(), schema)
        try:
            await self._write(key, given, (*result.writes, result.object))
        except httpx2.HTTPError as error:
            if status(error) != _NOT_FOUND:
                raise
            self._provider.abandon(given, kind, self._now())
            return None
        return result.again

    async def _schema(self, flavour: Flavour) -> Schema:
        if flavour not in self._schemas:
            self._schemas[flavour] = of_crd(await self._client.get(_CRD, flavour.crd), flavour.served.version)
        return self._schemas[flavour]

    async def _write(self, key: Key, given: Object, writes: Sequence[Object]) -> None:
        """Patch what differs from one to the next: first all but the status, then the status."""
        there = given
        for old, new in itertools.pairwise((given, *writes)):
            if patch := difference(_without_status(old), _without_status(new)):
                if "finalizers" in patch.get("metadata", {}):
                    # A list is replaced whole, so nobody else's finalizer may be lost with it.
                    patch["metadata"] |= _finalizers(new, there)
                there = await self._patch(key, key.flavour.resource, patch)
            if patch := difference(old.get("status") or {}, new.get("status") or {}):
                there = await self._patch(key, key.flavour.resource.Status, {"status": patch})

    async def _patch(self, key: Key, resource: Any, patch: Object) -> Object:
        scope: dict[str, Any] = {"namespace": key.namespace} if key.flavour.served.namespaced else {}
        found: Object = await self._client.patch(resource, key.name, patch, patch_type=PatchType.MERGE, **scope)
        if key in self._seen and _version(found) > _version(self._seen[key]):
            self._seen[key] = found
        return found

    def _tell(self, key: Key, error: httpx2.HTTPError) -> float:
        code = status(error)
        if code is None or code >= 500:
            self._outage.begins(error)
        elif code != _CONFLICT:
            log(f"cannot patch {key.flavour.kind.name} {key.name}: {error!r}")
        return PAUSE


class Listening:
    """One flavour's events, for the controller of all."""

    def __init__(self, controller: Controller, flavour: Flavour) -> None:
        self._controller = controller
        self._flavour = flavour

    def listed(self, objects: Sequence[Object]) -> None:
        """All that there are."""
        self._controller.listed(self._flavour, objects)

    def changed(self, operation: str, found: Object) -> None:
        """One of them."""
        self._controller.changed(self._flavour, operation, found)


def _key(flavour: Flavour, found: Object) -> Key:
    metadata = found["metadata"]
    return Key(flavour, metadata.get("namespace"), metadata["name"])


def _version(found: Object) -> int:
    return int(found["metadata"]["resourceVersion"])


def _acted_upon(found: Object) -> list[Any]:
    """What a change of is looked into: resource.DesiredStateChanged() of crossplane-runtime, and finalizers, which end a wait here."""
    return [found["metadata"].get(name) for name in ("generation", "annotations", "labels", "finalizers")]


def _finalizers(wanted: Object, there: Object) -> Object:
    """Ours as it is wanted, beside the others that are there, if nobody writes the object meanwhile."""
    others = [each for each in there["metadata"].get("finalizers") or () if each != FINALIZER]
    ours = [each for each in wanted["metadata"].get("finalizers") or () if each == FINALIZER]
    return {"finalizers": [*others, *ours], "resourceVersion": there["metadata"]["resourceVersion"]}


def _without_status(found: Object) -> Object:
    """What a merge patch of the object itself may change; the rest of its metadata is the API server's."""
    metadata = {name: value for name, value in found["metadata"].items() if name in ("annotations", "finalizers")}
    return {"metadata": metadata, "spec": found["spec"]}

"""What the API server's audit log says was written: every request since a moment, so that nothing happens between two looks."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.controlplane import provider_kubernetes
from tests.controlplane.places import Places

_OURS = "podidentity.dev"
_MANAGED = ".upbound.io"
_OBJECTS = (provider_kubernetes.CLUSTER, provider_kubernetes.NAMESPACED)
# A conflict is tried again, what is gone is gone, and a server may be busy, or be called by somebody who hangs up: none of them
# says that something was wrong with what was written.
_HARMLESS = {404, 409, 429, 503, 504}
# Nor does a 500 that comes from etcd, which is down or was just started, or from a core, or one of its controllers, that ended in
# the middle of a call. All other 500s count: a field that no schema has is one.
_INTERRUPTED = re.compile(r"rpc error: |etcdserver: |client disconnected|context canceled|stream error: stream ID \d+; CANCEL")
# After such an outage the core may update what it failed to read: it is without a version, and tried again like a conflict.
_UNREAD = "metadata.resourceVersion: Invalid value"


@dataclass(frozen=True)
class Write:
    """A request to write something, and how it was answered."""

    user: str
    verb: str
    group: str
    plural: str
    part: str
    """Empty, or a subresource such as `status`."""
    namespace: str
    name: str
    code: int
    message: str

    def __str__(self) -> str:
        where = "/".join(filter(None, (self.namespace, self.name)))
        what = ".".join((self.plural, self.group)) + (f"/{self.part}" if self.part else "")
        return f"{self.user}: {self.verb} {what} {where}: {self.code} {self.message}"

    @property
    def refused(self) -> bool:
        """Whether the API server found something wrong with what was written."""
        return (
            self.code >= 400
            and self.code not in _HARMLESS
            and not (_INTERRUPTED.match(self.message) or _UNREAD in self.message)
        )

    @property
    def managed(self) -> bool:
        """Whether it is about a managed resource; the real providers note beside each by which configuration they reach it."""
        upbound = self.group.endswith(_MANAGED) and self.plural != "providerconfigusages"
        return upbound or (self.group in _OBJECTS and self.plural == "objects")


@dataclass(frozen=True)
class Audit:
    """The writes since a moment."""

    places: Places
    start: int

    @classmethod
    def now(cls, places: Places) -> "Audit":
        """The writes from now on."""
        return cls(places, places.audit.stat().st_size)

    def writes(self) -> Iterator[Write]:
        """All of them, in their order."""
        with self.places.audit.open("rb") as log:
            log.seek(self.start)
            for line in log:
                if line.endswith(b"\n"):
                    write = _write(json.loads(line))
                    if write:
                        yield write

    def deletions(self) -> list[Write]:
        """What was asked to be deleted among managed resources, XRs and claims, by whomever."""
        return [write for write in self.writes() if write.verb.startswith("delete") and (write.managed or write.group == _OURS)]

    def refusals(self) -> list[Write]:
        """What the API server refused of what Crossplane wrote for us: a field that no schema has, a value out of its range."""
        return [
            write
            for write in self.writes()
            if write.user == "crossplane" and write.refused and (write.managed or write.group == _OURS)
        ]


def _write(event: dict[str, object]) -> Write | None:
    reference, status, user = (event.get(name) or {} for name in ("objectRef", "responseStatus", "user"))
    assert isinstance(reference, dict)
    assert isinstance(status, dict)
    assert isinstance(user, dict)
    if not reference:
        return None
    return Write(
        user.get("username", ""),
        str(event["verb"]),
        reference.get("apiGroup", ""),
        reference.get("resource", ""),
        reference.get("subresource", ""),
        reference.get("namespace", ""),
        reference.get("name", ""),
        status.get("code", 0),
        status.get("message", ""),
    )

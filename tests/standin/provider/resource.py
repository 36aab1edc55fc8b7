"""A managed resource on its way through one pass: a copy that is changed, and what the provider writes of it, in order."""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.standin.provider.conditions import Condition, updated
from tests.standin.provider.kind import Kind
from tests.standin.provider.policies import Policies
from tests.standin.provider.typed import Schema, held

Object = dict[str, Any]

EXTERNAL_NAME = "crossplane.io/external-name"
CREATE_PENDING = "crossplane.io/external-create-pending"
CREATE_SUCCEEDED = "crossplane.io/external-create-succeeded"
PAUSED = "crossplane.io/paused"
FINALIZER = "finalizer.managedresource.crossplane.io"


class Managed:
    """A managed resource."""

    def __init__(self, given: Mapping[str, Any], kind: Kind, schema: Schema | None = None) -> None:
        self.given: Object = dict(given)
        self.object: Object = copy.deepcopy(self.given)
        self.metadata: Object = self.object["metadata"]
        self.spec: Object = self.object["spec"]
        self.for_provider: Object = self.spec.setdefault("forProvider", {})
        self.writes: list[Object] = []
        """The object after each write but the last of its status."""
        self._kind = kind
        self._schema: Schema = schema or {}
        self._edits = 0

    def write(self) -> None:
        """Update the object but for its status; the API server notes nothing where it is the same already."""
        self.spec = self.object["spec"] = held(self.spec, self._schema)
        self.for_provider = self.spec.setdefault("forProvider", {})
        last = self._last
        self._edits += self.spec != last["spec"]
        if self.spec != last["spec"] or self.metadata != last["metadata"]:
            status = {"status": last["status"]} if "status" in last else {}
            self._wrote({**{name: value for name, value in self.object.items() if name != "status"}, **status})

    def write_status(self) -> None:
        """Update the status."""
        if self.object.get("status") != self._last.get("status"):
            self._wrote(self.object)

    def _wrote(self, found: Object) -> None:
        self.writes.append({**found, "metadata": dict(self.metadata), "spec": copy.deepcopy(self.spec)})

    @property
    def _last(self) -> Object:
        return self.writes[-1] if self.writes else self.given

    @property
    def uid(self) -> str:
        """Its uid, which outlives no deletion."""
        return str(self.metadata["uid"])

    @property
    def annotations(self) -> dict[str, str]:
        """Its annotations, to be read."""
        return self.metadata.get("annotations") or {}

    def annotate(self, name: str, value: str) -> None:
        """Set an annotation."""
        self.metadata["annotations"] = {**self.annotations, name: value}

    @property
    def deleted(self) -> bool:
        """Whether it is to go."""
        return "deletionTimestamp" in self.metadata

    @property
    def finalizers(self) -> list[str]:
        """Its finalizers, to be read."""
        return self.metadata.get("finalizers") or []

    def add_finalizer(self) -> None:
        """Hold it until the thing in the cloud is gone."""
        if FINALIZER not in self.finalizers:
            self.metadata["finalizers"] = [*self.finalizers, FINALIZER]
            self.write()

    def remove_finalizer(self) -> None:
        """Let it go."""
        if FINALIZER in self.finalizers:
            self.metadata["finalizers"] = [each for each in self.finalizers if each != FINALIZER]
            self.write()

    @property
    def policies(self) -> Policies:
        """What may be done with it."""
        return Policies.of(self.spec)

    @property
    def paused(self) -> bool:
        """Whether the annotation or the policies say that nothing is to be done."""
        return self.annotations.get(PAUSED) == "true" or self.policies.paused

    @property
    def provider_config(self) -> str:
        """The name of its provider config."""
        return str((self.spec.get("providerConfigRef") or {}).get("name", ""))

    @property
    def observed(self) -> Object:
        """What was last seen in the cloud."""
        return (self.object.get("status") or {}).get("atProvider") or {}

    def observe(self, state: Mapping[str, Any]) -> None:
        """Show what is in the cloud."""
        self.object["status"] = {**(self.object.get("status") or {}), "atProvider": dict(state)}

    @property
    def desired(self) -> Object:
        """What forProvider says, and initProvider for what it leaves out."""
        init = self.spec.get("initProvider") or {}
        return {name: value for name, value in {**init, **self.for_provider}.items() if name in self._kind.fields}

    @property
    def initial(self) -> frozenset[str]:
        """The fields of initProvider alone, which are no difference once the thing exists."""
        return frozenset(self.spec.get("initProvider") or {}) - frozenset(self.for_provider)

    def mark(self, condition: Condition, now: datetime) -> None:
        """Set a condition."""
        status: Object = self.object.get("status") or {}
        conditions = updated(status.get("conditions") or (), condition, self._generation, now)
        self.object["status"] = {**status, "conditions": conditions}

    @property
    def _generation(self) -> int:
        """The one that it has once what was changed here is written, which comes before the status."""
        unwritten: bool = self.spec != self._last["spec"]
        return int(self.metadata.get("generation", 0)) + self._edits + unwritten

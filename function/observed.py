"""The composed resources as they were observed: read only, and only the fields asked for.

With large numbers of resources, decoding them all costs ten times everything else that the function does, so this reads
protobuf in place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct, Value

RESOURCE_NAME = "crossplane.io/composition-resource-name"
"""The annotation by which Crossplane knows which composed resource an object is."""


class ObservedResource:
    """One observed composed resource."""

    __slots__ = ("_parents", "_struct")

    def __init__(self, struct: Struct) -> None:
        self._struct = struct
        # What is read of one stands close together; each look-up on the way there costs more than all else.
        self._parents: dict[tuple[str, ...], Mapping[str, Value]] = {(): struct.fields}

    def text(self, *path: str) -> str | None:
        """The string at a path of field names, None where there is none."""
        value = self._value(path)
        return None if value is None else value.string_value or None

    def texts(self, *path: str) -> tuple[str, ...]:
        """The strings of the list at a path of field names."""
        value = self._value(path)
        return () if value is None else tuple(item.string_value for item in value.list_value.values)

    def flag(self, *path: str) -> bool:
        """The boolean at a path of field names, False where there is none."""
        value = self._value(path)
        return value is not None and value.bool_value

    def items(self, *path: str) -> "tuple[ObservedResource, ...]":
        """The objects of the list at a path of field names, each to be read like the whole."""
        value = self._value(path)
        return () if value is None else tuple(ObservedResource(item.struct_value) for item in value.list_value.values)

    def within(self, *path: str) -> "ObservedResource":
        """The object at a path of field names, to be read like the whole; one without fields where there is none."""
        value = self._value(path)
        return ObservedResource(_NOTHING if value is None else value.struct_value)

    def object(self, *path: str) -> dict[str, Any]:
        """The object at a path of field names as plain values, empty where there is none."""
        value = self._value(path)
        return {} if value is None else plain_struct(value.struct_value)

    def _value(self, path: tuple[str, ...]) -> Value | None:
        return self._fields(path[:-1]).get(path[-1])

    def _fields(self, path: tuple[str, ...]) -> Mapping[str, Value]:
        """The fields of the object at a path, none where there is no object."""
        fields = self._parents.get(path)
        if fields is None:
            value = self._fields(path[:-1]).get(path[-1])
            fields = self._parents[path] = _NO_FIELDS if value is None else value.struct_value.fields
        return fields

    def conditions(self) -> "Conditions":
        """What the provider says of it."""
        ready = synced = _ABSENT
        listed = self._value(("status", "conditions"))
        for value in () if listed is None else listed.list_value.values:
            fields = value.struct_value.fields
            kind = fields.get("type")
            name = "" if kind is None else kind.string_value
            if name == "Ready":
                ready = _state(fields)
            elif name == "Synced":
                synced = _state(fields)
        return Conditions(*ready, *synced)


_ABSENT = ("Unknown", "")
_NOTHING = Struct()
_NO_FIELDS: Mapping[str, Value] = {}


def _state(fields: Mapping[str, Value]) -> tuple[str, str]:
    """A condition's status, and its message unless that is True."""
    status = fields.get("status")
    if status is None:
        return _ABSENT
    message = None if status.string_value == "True" else fields.get("message")
    return status.string_value, "" if message is None else message.string_value


class Conditions(NamedTuple):
    """The two conditions of every managed resource: their status, and the message of one that is not True."""

    ready: str
    ready_message: str
    synced: str
    synced_message: str

    @property
    def good(self) -> bool:
        """Ready as it is asked for: a refused edit leaves Ready True and turns Synced False."""
        return self.ready == "True" and self.synced == "True"


class Observed(Mapping[str, ObservedResource]):
    """All observed composed resources by composition resource name. Reading one that is absent adds nothing."""

    __slots__ = ("_names", "_read", "_structs")

    def __init__(self, structs: Mapping[str, Any]) -> None:
        """Take a mapping from name to something with a `resource` Struct, as a RunFunctionRequest has it."""
        self._structs = structs
        self._names = sorted(structs)
        self._read: dict[str, ObservedResource] = {}

    @classmethod
    def from_manifests(cls, manifests: Iterable[Mapping[str, Any]]) -> "Observed":
        """Read objects as `kubectl get -o yaml` prints them; those that are no composed resources are passed over.

        Raises ValueError for what no Kubernetes object can hold.
        """
        found = {}
        for manifest in manifests:
            metadata = manifest.get("metadata")
            annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
            name = annotations.get(RESOURCE_NAME) if isinstance(annotations, Mapping) else None
            if isinstance(name, str):
                found[name] = _Holder(_struct(name, manifest))
        return cls(found)

    def __getitem__(self, name: str) -> ObservedResource:
        resource = self._read.get(name)
        if resource is None:
            # A protobuf map adds what is asked for by index; `get` does not.
            holder = self._structs.get(name)
            if holder is None:
                raise KeyError(name)
            resource = self._read[name] = ObservedResource(holder.resource)
        return resource

    def starting(self, prefix: str) -> list[str]:
        """The names that begin with a prefix, sorted."""
        return [name for name in self._names if name.startswith(prefix)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _struct(name: str, manifest: Mapping[str, Any]) -> Struct:
    try:
        return json_format.ParseDict(dict(manifest), Struct())
    except (json_format.ParseError, OverflowError) as error:
        raise ValueError(f"observed resource {name} is not a Kubernetes object: {error}") from None


class _Holder(NamedTuple):
    resource: Struct


def plain(value: Value) -> Any:
    """A protobuf value as plain Python; whole numbers as int, since JSON has one kind of number and IAM prints them."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return plain_struct(value.struct_value)
    if kind == "list_value":
        return [plain(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def plain_struct(struct: Struct) -> dict[str, Any]:
    """A protobuf object as a dict, sorted: the order of a protobuf map differs from process to process."""
    fields = struct.fields
    return {name: plain(fields[name]) for name in sorted(fields)}


NOTHING_OBSERVED = Observed({})

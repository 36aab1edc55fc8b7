"""Protobuf on both sides of a call: what is read of a request, and an answer as bytes.

Answers are made as bytes, not as one message. In protobuf the bytes of two parts, one after the other, are the bytes of both
put together, and the entries of a map are such parts. So each composed resource is encoded once and its bytes are used again
as long as it stays the same, which with a thousand of them saves a fifth of the work of a call.
"""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from crossplane.function import response
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from google.protobuf.struct_pb2 import Struct, Value

from function.catalogue.entry import NOTHING_FETCHED, Fetched
from function.conditions import Condition
from function.observed import plain
from function.resources.managed import ComposedResource
from function.result import Result

_STATUS = {
    "True": fnv1.STATUS_CONDITION_TRUE,
    "False": fnv1.STATUS_CONDITION_FALSE,
    "Unknown": fnv1.STATUS_CONDITION_UNKNOWN,
}

_READ = ("apiVersion", "kind", "spec")
_METADATA = ("name", "namespace")

# Of an object that was fetched, metadata is bookkeeping that changes with every write.
_NOT_READ = "metadata"

_DIGEST_BYTES = 32


class XR:
    """What the function reads of the XR that a call is about.

    That is all but its status, which users may be able to write, and bookkeeping.
    """

    __slots__ = ("_fields", "_metadata")

    def __init__(self, request: fnv1.RunFunctionRequest) -> None:
        self._fields = request.observed.composite.resource.fields
        self._metadata = self._fields["metadata"].struct_value.fields if "metadata" in self._fields else {}

    @property
    def kind(self) -> str:
        """Its kind; empty where it has none."""
        return self._fields["kind"].string_value if "kind" in self._fields else ""

    @property
    def spec_fields(self) -> Container[str]:
        """The names of the fields of its spec."""
        return self._spec.fields if self._spec else ()

    @property
    def _spec(self) -> Struct | None:
        return self._fields["spec"].struct_value if "spec" in self._fields else None

    @property
    def tenant(self) -> str:
        """The namespace that it came from, as far as it has one: its own, or that of its claim."""
        if "namespace" in self._metadata:
            return self._metadata["namespace"].string_value
        claim = self._spec.fields.get("claimRef") if self._spec else None
        named = claim.struct_value.fields.get("namespace") if claim is not None else None
        return "" if named is None else named.string_value

    @property
    def most_subjects(self) -> int:
        """As many service accounts in clusters as its lists could name at most."""
        if self._spec is None:
            return 0
        fields = self._spec.fields
        clusters, accounts = (
            fields[name].list_value.values if name in fields else () for name in ("clusters", "serviceAccounts")
        )
        namespaces = 0
        for account in accounts:
            listed = account.struct_value.fields.get("namespaces")
            namespaces += 1 if listed is None else len(listed.list_value.values)
        return len(clusters) * namespaces

    def plain(self) -> dict[str, Any]:
        """It as plain values."""
        read = {name: plain(self._fields[name]) for name in _READ if name in self._fields}
        if "metadata" in self._fields:
            read["metadata"] = {name: plain(self._metadata[name]) for name in _METADATA if name in self._metadata}
        return read

    def encoded(self) -> tuple[bytes, ...]:
        """The same bytes for the same XR, in every process."""
        read = [*(self._fields.get(name) for name in _READ), *(self._metadata.get(name) for name in _METADATA)]
        return tuple(b"" if value is None else value.SerializeToString(deterministic=True) for value in read)


def fetched(resources: Mapping[str, fnv1.Resources]) -> Fetched:
    """What Crossplane fetched, without what is not read of it."""
    if not resources:
        return NOTHING_FETCHED
    return Fetched.read({name: [_read_of(item.resource) for item in found.items] for name, found in resources.items()})


def _read_of(item: Struct) -> dict[str, Any]:
    return {name: plain(item.fields[name]) for name in sorted(item.fields) if name != _NOT_READ}


def encoded_fetched(resources: Mapping[str, fnv1.Resources]) -> Iterator[bytes]:
    """The same bytes for the same fetched objects, as far as they are read; none where nothing was fetched."""
    for name in sorted(resources):
        yield name.encode()
        for item in resources[name].items:
            fields = item.resource.fields
            # Two objects with a field each are no object with both.
            yield str(len(fields)).encode()
            for field in sorted(fields):
                if field != _NOT_READ:
                    yield field.encode()
                    yield fields[field].SerializeToString(deterministic=True)


def digest(parts: Iterable[bytes]) -> bytes:
    """32 bytes that stand for these parts in their order."""
    hashed = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        # With its length before it, no end of a part can pass for the beginning of the next.
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


class Answer:
    """An encoded RunFunctionResponse."""

    __slots__ = ("_encoded",)

    def __init__(self, encoded: bytes) -> None:
        self._encoded = encoded

    def SerializeToString(self) -> bytes:  # noqa: N802 - what gRPC and the SDK's older protocol call
        """The bytes."""
        return self._encoded

    def message(self) -> fnv1.RunFunctionResponse:
        """It decoded."""
        return fnv1.RunFunctionResponse.FromString(self._encoded)


class Desired:
    """The encoded status and composed resources of an XR's last answer. What stayed the same is not encoded again."""

    def __init__(self) -> None:
        self._resources: dict[str, tuple[ComposedResource, bytes]] = {}
        self._status: tuple[Mapping[str, Any], bytes] = ({}, b"")

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return len(self._status[1]) + sum(len(encoded) for _, encoded in self._resources.values())

    def status(self, status: Mapping[str, Any]) -> bytes:
        """An answer with this status alone."""
        kept, encoded = self._status
        if kept != status:
            answer = fnv1.RunFunctionResponse()
            _write_fields(answer.desired.composite.resource.fields["status"].struct_value, status)
            encoded = answer.SerializeToString(deterministic=True)
            self._status = (status, encoded)
        return encoded

    def resources(self, resources: Iterable[ComposedResource], ready: frozenset[str]) -> bytes:
        """An answer with these resources alone."""
        before, now = self._resources, {}
        shared: dict[int, Struct] = {}
        parts = []
        for resource in resources:
            kept = before.get(resource.name)
            if kept is None or (kept[0] is not resource and kept[0] != resource):
                kept = (resource, _encode_resource(resource, shared))
            now[resource.name] = kept
            parts += [kept[1], _READY if resource.name in ready else _NOT_READY]
        self._resources = now
        return b"".join(parts)


# `ready` is the field of the highest number of the last field of an entry, a varint of one byte: the last byte of all.
_READY, _NOT_READY = (bytes([ready]) for ready in (fnv1.READY_TRUE, fnv1.READY_FALSE))


def _encode_resource(resource: ComposedResource, shared: dict[int, Struct]) -> bytes:
    """An answer with this resource alone, without its last byte, which says whether it is ready.

    What siblings share is written once and copied.
    """
    answer = fnv1.RunFunctionResponse()
    target = answer.desired.resources[resource.name]
    struct = shared.get(id(resource.manifest))
    if struct is None:
        struct = shared[id(resource.manifest)] = Struct()
        _write_fields(struct, resource.manifest)
    target.resource.CopyFrom(struct)
    if resource.for_provider:
        fields = target.resource.fields["spec"].struct_value.fields["forProvider"].struct_value.fields
        for name, value in resource.for_provider.items():
            fields[name].string_value = value
    target.ready = fnv1.READY_FALSE
    return answer.SerializeToString(deterministic=True)[:-1]


def encode(result: Result, request: fnv1.RunFunctionRequest, ttl: timedelta, desired: Desired | None = None) -> Answer:
    """Put a result into an answer that passes on what earlier functions of the pipeline desire."""
    into, desired = response.to(request, ttl), desired or Desired()
    into.conditions.extend(map(_condition, result.conditions))
    for requirement in result.requirements:
        response.require_resources(
            into, requirement.name, requirement.api_version, requirement.kind, match_name=requirement.match_name
        )
    if result.fatal is not None:
        response.fatal(into, result.fatal)
        into.results[-1].target = fnv1.TARGET_COMPOSITE_AND_CLAIM
        return Answer(into.SerializeToString(deterministic=True))
    if result.unready:
        into.desired.composite.ready = fnv1.READY_FALSE
    status = b""
    if result.status and "status" in into.desired.composite.resource.fields:
        # An entry of a map replaces one before it, and an earlier function's fields of the status are to stay.
        _write_fields(into.desired.composite.resource.fields["status"].struct_value, result.status)
    elif result.status:
        status = desired.status(result.status)
    return Answer(into.SerializeToString(deterministic=True) + status + desired.resources(result.resources, result.ready))


def _condition(condition: Condition) -> fnv1.Condition:
    return fnv1.Condition(
        type=condition.type,
        status=_STATUS[condition.status],
        reason=condition.reason,
        message=condition.message,
        target=fnv1.TARGET_COMPOSITE_AND_CLAIM,
    )


def _write_fields(struct: Struct, values: Mapping[str, Any]) -> None:
    fields = struct.fields
    for name, value in values.items():
        _write(fields[name], value)


def _write(target: Value, value: object) -> None:
    """Write a plain value in place: about twice as fast as building it and copying it in."""
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, dict):
        if value:
            _write_fields(target.struct_value, value)
        else:
            # No field's writing creates an empty object.
            target.struct_value.SetInParent()
    elif isinstance(value, list):
        items = target.list_value.values
        if not value:
            target.list_value.SetInParent()
        for item in value:
            _write(items.add(), item)
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    else:
        msg = f"cannot write {type(value).__name__}"
        raise TypeError(msg)

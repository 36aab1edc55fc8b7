"""The gRPC shell: protobuf in, a plan and its answer, protobuf out."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from crossplane.function import logging, response
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from crossplane.function.proto.v1 import run_function_pb2_grpc as grpcv1
from google.protobuf.struct_pb2 import Struct, Value

from function import clouds
from function.cache import Cache
from function.catalogue.entry import KIND, NOTHING_FETCHED, Fetched
from function.compose import Outcome, broken, compose, plan
from function.conditions import Condition
from function.observed import Observed, plain, plain_struct
from function.resources.managed import ComposedResource
from function.result import Result

# Everything that the answer depends on is watched; this only bounds how long a missed event can matter. Crossplane misses
# events on purpose, for minutes, where more than a hundred come at once: as they do when many resources become ready.
_TTL = timedelta(hours=1)
_TTL_WAITING = timedelta(minutes=1)
# What was required is watched from Crossplane 2.4 on; before, a changed entry of the catalogue is seen at the next reconcile.
_TTL_REQUIRED = timedelta(minutes=10)

_STATUS = {
    "True": fnv1.STATUS_CONDITION_TRUE,
    "False": fnv1.STATUS_CONDITION_FALSE,
    "Unknown": fnv1.STATUS_CONDITION_UNKNOWN,
}

# gRPC's own stubs make it generic, gRPC does not.
_Context: TypeAlias = "grpc.aio.ServicerContext[fnv1.RunFunctionRequest, fnv1.RunFunctionResponse]"

_READ = ("apiVersion", "kind", "spec")
_METADATA = ("name", "namespace")

# Of an object that was fetched, metadata is bookkeeping that changes with every write.
_NOT_READ = "metadata"

# As many XRs as a busy control plane works on at a time; an XR of 64 service accounts takes about 100 kB.
_CACHED = 256
_KEY_MAX = 32 << 10

_BUG = "https://github.com/podidentity/function-pod-identity/issues"


class FunctionRunner(grpcv1.FunctionRunnerServiceServicer):
    """Answers Crossplane's calls."""

    def __init__(self) -> None:
        self.log = logging.get_logger()
        self.cache: Cache[Any, Outcome] = Cache(_CACHED, lambda _key, _outcome: 1)

    async def RunFunction(  # noqa: N802 - the name that gRPC calls
        self,
        request: fnv1.RunFunctionRequest,
        context: _Context,  # noqa: ARG002 - gRPC passes it
    ) -> fnv1.RunFunctionResponse:
        """Compose one XR."""
        try:
            return run(request, self.cache)
        except Exception as error:
            # Left to gRPC, it would turn every condition Unknown and hide what happened.
            self.log.exception("bug", tag=request.meta.tag)
            return encode(broken(_bug(error), _kind(request), _spec_fields(request)), response.to(request, _TTL))


def _bug(error: Exception) -> str:
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    code = where.tb_frame.f_code if where else None
    place = f"{code.co_name}, {Path(code.co_filename).name} line {where.tb_lineno}" if code and where else "an unknown place"
    return (
        f"this is a bug of function-pod-identity, not of your spec: {type(error).__name__} in {place}; nothing was changed. "
        f"Please report it at {_BUG} with the spec"
    )


def run(request: fnv1.RunFunctionRequest, cache: Cache[Any, Outcome] | None = None) -> fnv1.RunFunctionResponse:
    """The answer to one call. The plan of an equal XR is taken from the cache."""
    observed = Observed(request.observed.resources)
    xr, fields = request.observed.composite.resource, _spec_fields(request)
    if _kind(request) == KIND:
        return _answered(compose(plain_struct(xr), observed, fetched(request.required_resources)), request)
    previous = clouds.previous(fields, observed)

    def make() -> Outcome:
        return plan(composite(xr), previous, fetched(request.required_resources))

    key = (*_key(xr), *_key_of_fetched(request.required_resources))
    planned = make() if cache is None or sum(map(len, key)) > _KEY_MAX else cache.once((key, previous), make)
    return _answered(planned.answer(observed), request)


def _answered(result: Result, request: fnv1.RunFunctionRequest) -> fnv1.RunFunctionResponse:
    return encode(result, response.to(request, _ttl(result)))


def _kind(request: fnv1.RunFunctionRequest) -> str:
    kind = request.observed.composite.resource.fields.get("kind")
    return kind.string_value if kind is not None else ""


def _ttl(result: Result) -> timedelta:
    if result.unready or len(result.ready) < len(result.resources):
        return _TTL_WAITING
    return _TTL_REQUIRED if result.requirements else _TTL


def fetched(resources: Mapping[str, fnv1.Resources]) -> Fetched:
    """What Crossplane fetched, without what is not read of it."""
    if not resources:
        return NOTHING_FETCHED
    return Fetched.read({name: [_read_of(item.resource) for item in found.items] for name, found in resources.items()})


def _read_of(item: Struct) -> dict[str, Any]:
    return {name: plain(item.fields[name]) for name in sorted(item.fields) if name != _NOT_READ}


def _key_of_fetched(resources: Mapping[str, fnv1.Resources]) -> Iterator[bytes]:
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


def _spec_fields(request: fnv1.RunFunctionRequest) -> Container[str]:
    """The names of the fields of the XR's spec."""
    fields = request.observed.composite.resource.fields
    return fields["spec"].struct_value.fields if "spec" in fields else ()


def _key(xr: Struct) -> tuple[bytes, ...]:
    """The same bytes for the same XR, as far as the function reads it."""
    fields = xr.fields
    metadata = fields["metadata"].struct_value.fields if "metadata" in fields else {}
    read = [*(fields.get(name) for name in _READ), *(metadata.get(name) for name in _METADATA)]
    return tuple(b"" if value is None else value.SerializeToString(deterministic=True) for value in read)


def composite(xr: Struct) -> dict[str, Any]:
    """What the function reads of an XR: all but its status, which users may be able to write, and bookkeeping."""
    read = {name: plain(xr.fields[name]) for name in _READ if name in xr.fields}
    if "metadata" in xr.fields:
        metadata = xr.fields["metadata"].struct_value.fields
        read["metadata"] = {name: plain(metadata[name]) for name in _METADATA if name in metadata}
    return read


def encode(result: Result, into: fnv1.RunFunctionResponse) -> fnv1.RunFunctionResponse:
    """Put a result into an answer that already passes on what earlier functions of the pipeline desire."""
    into.conditions.extend(map(_condition, result.conditions))
    for requirement in result.requirements:
        response.require_resources(
            into, requirement.name, requirement.api_version, requirement.kind, match_name=requirement.match_name
        )
    if result.fatal is not None:
        response.fatal(into, result.fatal)
        into.results[-1].target = fnv1.TARGET_COMPOSITE_AND_CLAIM
        return into
    if result.unready:
        into.desired.composite.ready = fnv1.READY_FALSE
    if result.status:
        status = into.desired.composite.resource.fields["status"].struct_value
        _write_fields(status, result.status)
    _write_resources(into.desired.resources, result.resources, result.ready)
    return into


def _condition(condition: Condition) -> fnv1.Condition:
    return fnv1.Condition(
        type=condition.type,
        status=_STATUS[condition.status],
        reason=condition.reason,
        message=condition.message,
        target=fnv1.TARGET_COMPOSITE_AND_CLAIM,
    )


def _write_resources(desired: Any, resources: Iterable[ComposedResource], ready: frozenset[str]) -> None:
    """Encode the resources; what siblings share is encoded once and copied, which is most of the work saved."""
    shared: dict[int, Struct] = {}
    for resource in resources:
        target = desired[resource.name]
        struct = shared.get(id(resource.manifest))
        if struct is None:
            struct = shared[id(resource.manifest)] = Struct()
            _write_fields(struct, resource.manifest)
        target.resource.CopyFrom(struct)
        if resource.for_provider:
            spec = target.resource.fields["spec"].struct_value
            fields = spec.fields["forProvider"].struct_value.fields
            for name, value in resource.for_provider.items():
                fields[name].string_value = value
        target.ready = fnv1.READY_TRUE if resource.name in ready else fnv1.READY_FALSE


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

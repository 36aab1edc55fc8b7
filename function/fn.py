"""The gRPC shell: a call in, a plan and its answer, bytes out. What takes long runs beside the event loop."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import grpc
import structlog
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from crossplane.function.proto.v1 import run_function_pb2_grpc as grpcv1

from function import clouds
from function.cache import Cache
from function.catalogue.entry import KIND, Fetched
from function.compose import Invalid, Outcome, Plan, broken, compose, plan
from function.observed import Observed, plain_struct
from function.result import Result
from function.spec.size import MAX_SPEC
from function.wire import XR, Answer, Desired, digest, encode, encoded_fetched, fetched
from function.worker import Abandoned, GoOn, Worker

# Everything that the answer depends on is watched; this only bounds how long a missed event can matter. Crossplane misses
# events on purpose, for minutes, where more than a hundred come at once: as they do when many resources become ready.
TTL = timedelta(hours=1)
"""How long an answer is good for, at most."""
_TTL_WAITING = timedelta(minutes=1)
# What was required is watched from Crossplane 2.4 on; before, a changed entry of the catalogue is seen at the next reconcile.
_TTL_REQUIRED = timedelta(minutes=10)

# gRPC's own stubs make it generic, gRPC does not.
_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

# A busy control plane's XRs, or the worst that one tenant can write: a thousand associations take about 7 MB.
_ROOM = 48 << 20

# What is below all of these takes less than 20 ms; the rest does not hold up the event loop.
_QUICK_OBSERVED = 128
_QUICK_XR = 128 << 10
# Of an XR that is not known yet.
_QUICK_READ = 4 << 10
_QUICK_SUBJECTS = 64

# A spec of so many bytes is within its limit as JSON, too, where numbers can be three times as long and nothing else is longer.
_SMALL = MAX_SPEC // 3

# What a kept plan takes in memory: each was measured over the shapes of tests/test_weights.py.
_WEIGHT = 16 << 10
_WEIGHT_OF_READ = 4
_WEIGHT_OF_ENCODED = 3
_WEIGHT_OF_RESOURCE = 700
_WEIGHT_OF_ERROR = 600

_BUG = "https://github.com/podidentity/function-pod-identity/issues"


@dataclass(slots=True)
class Kept:
    """What is kept of an XR: what is planned, and the bytes of its last answer."""

    outcome: Outcome
    read: int
    """The bytes of the XR and of what was fetched for it."""
    desired: Desired = field(default_factory=Desired)


Plans: TypeAlias = Cache[Hashable, Kept]


def new_plans() -> Plans:
    """An empty cache of plans."""
    return Cache(_ROOM, _weight)


def _weight(key: Hashable, kept: Kept) -> int:  # noqa: ARG001 - its digest is as large as any other
    """About how many bytes it takes, rather more than fewer."""
    weight = _WEIGHT + _WEIGHT_OF_READ * kept.read + _WEIGHT_OF_ENCODED * kept.desired.size
    if isinstance(kept.outcome, Plan):
        return weight + _WEIGHT_OF_RESOURCE * len(kept.outcome.composed.all)
    if isinstance(kept.outcome, Invalid):
        return weight + sum(_WEIGHT_OF_ERROR + len(error.message) for error in kept.outcome.reason.errors)
    return weight


def _somebody_waits() -> None:
    """For a caller who waits as long as it takes."""


class Call:
    """One call: how its XR is answered, and whether at once."""

    def __init__(self, request: fnv1.RunFunctionRequest, plans: Plans) -> None:
        self.xr = XR(request)
        self._request, self._plans = request, plans
        self._observed = Observed(request.observed.resources)

    @cached_property
    def _encoded(self) -> tuple[bytes, ...]:
        return (*self.xr.encoded(), *encoded_fetched(self._request.required_resources))

    @cached_property
    def _read(self) -> int:
        """The bytes of the XR and of what was fetched for it."""
        return sum(map(len, self._encoded))

    @cached_property
    def _previous(self) -> clouds.Previous:
        return clouds.previous(self.xr.spec_fields, self._observed)

    @cached_property
    def _key(self) -> Hashable:
        return digest(self._encoded), self._previous

    @property
    def quick(self) -> bool:
        """Whether it takes less than 20 ms, as far as can be told at a glance."""
        if len(self._request.observed.resources) > _QUICK_OBSERVED:
            return False
        if self._request.observed.composite.ByteSize() > _QUICK_XR:
            # Even its digest would take long.
            return False
        if self.xr.most_subjects <= _QUICK_SUBJECTS and self._read <= _QUICK_READ:
            return True
        return self.xr.kind != KIND and self._key in self._plans

    def answer(self, go_on: GoOn = _somebody_waits) -> Answer:
        """The answer. `go_on` is called between the stages, and may raise."""
        if self.xr.kind == KIND:
            # Of its own status it reads what it knew before.
            entry = plain_struct(self._request.observed.composite.resource)
            return self._answered(compose(entry, self._observed, self._fetched, small=self._read <= _SMALL))
        kept = self._plans.find(self._key)
        if kept is None:
            outcome = plan(self.xr.plain(), self._previous, self._fetched, small=self._read <= _SMALL)
            kept = Kept(outcome, self._read)
            go_on()
            self._plans.keep(self._key, kept)
            go_on()
        result = kept.outcome.answer(self._observed)
        go_on()
        before = kept.desired.size
        answer = self._answered(result, kept.desired)
        if kept.desired.size != before:
            self._plans.keep(self._key, kept)
        return answer

    def failed(self, error: Exception) -> Answer:
        """The answer where the function itself failed."""
        return encode(broken(_bug(error), self.xr.kind, self.xr.spec_fields), self._request, TTL)

    @property
    def _fetched(self) -> Fetched:
        return fetched(self._request.required_resources)

    def _answered(self, result: Result, desired: Desired | None = None) -> Answer:
        return encode(result, self._request, _ttl(result), desired)


class FunctionRunner(grpcv1.FunctionRunnerServiceServicer):
    """Answers Crossplane's calls."""

    def __init__(self) -> None:
        self.log = structlog.get_logger()
        self._plans, self._worker = new_plans(), Worker()

    async def RunFunction(  # noqa: N802 - the name that gRPC calls
        self, request: fnv1.RunFunctionRequest, context: _Context
    ) -> Answer:
        """Compose one XR."""
        call = Call(request, self._plans)
        try:
            if call.quick:
                return call.answer()
            return await self._worker.run(call.xr.tenant, call.answer, context.time_remaining())
        except Abandoned:
            await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the call's deadline was over before it was answered")
        except Exception as error:
            # Left to gRPC, it would turn every condition Unknown and hide what happened.
            self.log.exception("bug", tag=request.meta.tag)
            return call.failed(error)


def run(request: fnv1.RunFunctionRequest, plans: Plans | None = None) -> fnv1.RunFunctionResponse:
    """The answer to one call, decoded."""
    return Call(request, new_plans() if plans is None else plans).answer().message()


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


def _ttl(result: Result) -> timedelta:
    if result.unready or len(result.ready) < len(result.resources):
        return _TTL_WAITING
    return _TTL_REQUIRED if result.requirements else TTL

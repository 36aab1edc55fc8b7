"""Decodes calls; what cannot be decoded is answered in words, as the rest of the input is."""

from typing import Any, TypeAlias

import grpc
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from crossplane.function.proto.v1beta1 import run_function_pb2 as fnv1beta1
from google.protobuf.message import DecodeError

from function.conditions import SPEC_VALID, Condition
from function.fn import TTL, FunctionRunner
from function.result import Result
from function.wire import Answer, encode

SERVICES = tuple(each.DESCRIPTOR.services_by_name["FunctionRunnerService"].full_name for each in (fnv1, fnv1beta1))
"""The names of the service, of which v1beta1 has the messages of v1."""

# Protobuf stops at 100 messages within another; an object within an object takes three of them, a list two.
_DEPTH = "maxdepth"
_TOO_DEEP = (
    "the spec, or something else in the XR, is nested too deep to be read: about 30 objects within another are possible. "
    "Write the conditions or the policy document that is so deep with fewer levels"
)

# gRPC's own stubs make it generic, gRPC does not.
_Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


def handlers(runner: FunctionRunner) -> list[grpc.GenericRpcHandler]:
    """The runner as gRPC serves it, by both names of the service."""

    async def run_function(data: bytes, context: _Context) -> Answer:
        try:
            request = fnv1.RunFunctionRequest.FromString(data)
        except DecodeError as error:
            if _DEPTH in str(error).lower():
                return too_deep()
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the message is no RunFunctionRequest")
        return await runner.RunFunction(request, context)

    method: Any = grpc.unary_unary_rpc_method_handler(run_function, response_serializer=Answer.SerializeToString)
    return [grpc.method_handlers_generic_handler(service, {"RunFunction": method}) for service in SERVICES]


def too_deep() -> Answer:
    """The answer to an XR that is nested deeper than protobuf decodes: FATAL, so what exists stays as it is."""
    invalid = Condition(SPEC_VALID, "False", "Invalid", _TOO_DEEP)
    return encode(Result((invalid,), fatal=_TOO_DEEP), fnv1.RunFunctionRequest(), TTL)

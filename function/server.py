"""The gRPC server: how calls reach the function."""

import asyncio
import signal
import sys

import grpc
from crossplane.function import runtime
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from crossplane.function.proto.v1beta1 import run_function_pb2_grpc as grpcv1beta1
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]

from function.fn import FunctionRunner
from function.wire import Answer

_SERVICE = fnv1.DESCRIPTOR.services_by_name["FunctionRunnerService"].full_name

# The event loop shares the interpreter with the worker's thread: it has its turn after a millisecond, instead of five.
_TURN_SECONDS = 0.001


def register(function: FunctionRunner, server: grpc.aio.Server) -> None:
    """Let a server answer with the function, whose answers are bytes already."""
    handler = grpc.unary_unary_rpc_method_handler(
        function.RunFunction,
        request_deserializer=fnv1.RunFunctionRequest.FromString,
        response_serializer=Answer.SerializeToString,
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"RunFunction": handler}),))
    grpcv1beta1.add_FunctionRunnerServiceServicer_to_server(  # type: ignore[no-untyped-call]
        runtime.BetaFunctionRunner(wrapped=function), server
    )
    reflection.enable_server_reflection(runtime.SERVICE_NAMES, server)


def serve(function: FunctionRunner, address: str, credentials: grpc.ServerCredentials | None, megabytes: int) -> None:
    """Serve until SIGTERM."""
    sys.setswitchinterval(_TURN_SECONDS)
    asyncio.run(_serve(function, address, credentials, megabytes))


async def _serve(function: FunctionRunner, address: str, credentials: grpc.ServerCredentials | None, megabytes: int) -> None:
    most = megabytes << 20
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", most), ("grpc.max_send_message_length", most)])
    register(function, server)
    if credentials is None:
        server.add_insecure_port(address)
    else:
        server.add_secure_port(address, credentials)
    await server.start()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    await server.stop(grace=runtime.SHUTDOWN_GRACE_PERIOD_SECONDS)

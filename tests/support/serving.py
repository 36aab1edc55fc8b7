"""Run a function's gRPC server as a process of its own, as Crossplane has it."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import grpc

METHOD = "/apiextensions.fn.proto.v1.FunctionRunnerService/RunFunction"
"""The name of the call."""


def run_function(channel: grpc.Channel) -> Callable[[bytes], bytes]:
    """The call, bytes in and bytes out: Crossplane's client is not Python, so its decoding is not ours to count."""
    call: Any = channel.unary_unary(METHOD)
    return lambda request: call(request, timeout=60)


@dataclass(frozen=True)
class Server:
    """A running server: where, which process, and the seconds from its start to its first answer."""

    address: str
    pid: int
    seconds: float


@contextlib.contextmanager
def serving(
    command: list[str],
    first: bytes = b"",
    *,
    arguments: Sequence[str] = ("--insecure",),
    connect: Callable[[str], grpc.Channel] = grpc.insecure_channel,
) -> Iterator[Server]:
    """Start a server on a free port, wait for its first answer, end it afterwards.

    `arguments` say how it serves, `connect` opens a channel to an address of it.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    start = time.monotonic()
    process = subprocess.Popen([*command, *arguments, "--address", address], stdout=subprocess.DEVNULL)
    try:
        _first_answer(process, lambda: connect(address), first)
        yield Server(address, process.pid, time.monotonic() - start)
    finally:
        process.terminate()
        process.wait()


def _first_answer(process: "subprocess.Popen[bytes]", connect: Callable[[], grpc.Channel], request: bytes) -> None:
    while process.poll() is None:
        # A channel that has been refused once waits before it tries again; a fresh one does not.
        with connect() as channel, contextlib.suppress(grpc.RpcError):
            run_function(channel)(request)
            return
    message = f"the server ended with {process.returncode} before it answered"
    raise RuntimeError(message)

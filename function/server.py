"""The gRPC server: certificates, the address, the line that says what was started, and an end that lets calls finish.

As crossplane.function.runtime has it, but that mistakes in starting it are told in a sentence.
"""

import asyncio
import errno
import importlib.metadata
import re
import signal
import socket
import ssl
import sys
from pathlib import Path

import click
import grpc
import structlog
from crossplane.function.runtime import SHUTDOWN_GRACE_PERIOD_SECONDS
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]

from function.decoding import SERVICES, handlers
from function.errors import printable
from function.fn import FunctionRunner

_HOST_AND_PORT = re.compile(r"(\[[^\[\]]*\]|[^:/\[\]]*):([0-9]+)")
_PORT_MAX = 65_535
# How long a thread keeps the interpreter while another wants it: a fifth of what Python has by itself.
_TURN_SECONDS = 0.001
_ADDRESS = "--address (ADDRESS) must be HOST:PORT, free and of this machine"
_OPTION = "--tls-server-certs-dir (TLS_SERVER_CERTS_DIR)"


class CannotStart(click.ClickException):
    """Why the server cannot start, in a sentence. Not caught, it ends the command with 1."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


def serve(
    runner: FunctionRunner,
    address: str,
    *,
    certificates: Path | None,
    max_received: int,
    max_sent: int,
) -> None:
    """Serve until SIGTERM comes, and then until the calls at work are answered, for 5 s at most.

    `certificates` is a folder with tls.crt, tls.key and ca.crt; None serves without TLS. `max_received` and `max_sent` are the
    bytes that a message may have. Raises CannotStart.
    """
    # The event loop shares the interpreter with the worker's thread.
    sys.setswitchinterval(_TURN_SECONDS)
    credentials = _credentials(certificates) if certificates else None
    _check_free(address)
    with asyncio.Runner() as loop:
        loop.run(_serve(runner, address, credentials, max_received, max_sent))


async def _serve(
    runner: FunctionRunner,
    address: str,
    credentials: grpc.ServerCredentials | None,
    max_received: int,
    max_sent: int,
) -> None:
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", max_received),
            ("grpc.max_send_message_length", max_sent),
            # With it, two servers would share the port, and each would get some of the calls.
            ("grpc.so_reuseport", 0),
        ]
    )
    server.add_generic_rpc_handlers(handlers(runner))
    reflection.enable_server_reflection((reflection.SERVICE_NAME, *SERVICES), server)
    try:
        port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    except RuntimeError:
        raise CannotStart(f"cannot listen at {address}; {_ADDRESS}") from None

    async def stop() -> None:
        await server.stop(grace=SHUTDOWN_GRACE_PERIOD_SECONDS)

    stopping: list[asyncio.Task[None]] = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: stopping.append(asyncio.ensure_future(stop())))
    try:
        await server.start()
        structlog.get_logger().info(
            "serving",
            address=f"{address.removesuffix(':0')}:{port}" if address.endswith(":0") else address,
            tls="mutual" if credentials else "off: whoever reaches the address can call",
            version=_version(),
        )
        await server.wait_for_termination()
    finally:
        await stop()


def _version() -> str:
    try:
        return importlib.metadata.version("function-pod-identity")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _credentials(folder: Path) -> grpc.ServerCredentials:
    """The credentials of mutual TLS from a folder, as Crossplane fills it."""
    certificate, key, authority = (folder / name for name in ("tls.crt", "tls.key", "ca.crt"))
    texts = [_read(file) for file in (certificate, key, authority)]
    # gRPC takes whatever it is given, and then says only that it cannot bind.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # What is too weak is for gRPC to say.
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    for file in (certificate, authority):
        try:
            context.load_verify_locations(cafile=file)
        except ssl.SSLError:
            raise CannotStart(f"TLS: {file} is no PEM certificate: {_expected(folder)}") from None
    try:
        # A key with a password would otherwise ask for it.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise CannotStart(f"TLS: {key} is not the key of {certificate}: {_expected(folder)}") from None
        raise CannotStart(f"TLS: {key} is no PEM key without a password: {_expected(folder)}") from None
    return grpc.ssl_server_credentials([(texts[1], texts[0])], root_certificates=texts[2], require_client_auth=True)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotStart(f"TLS: {file} cannot be read ({error.strerror}): {_expected(file.parent)}") from None


def _expected(folder: Path) -> str:
    return f"{_OPTION} is {folder}, which must hold tls.crt, tls.key and ca.crt as Crossplane writes them"


def _check_free(address: str) -> None:
    """Raise CannotStart for an address that is taken or not of this machine; gRPC would not say which."""
    parts = _HOST_AND_PORT.fullmatch(address)
    if parts is None:
        return  # A name that gRPC reads otherwise, such as unix:/path.
    host, port = parts[1].strip("[]"), int(parts[2])
    try:
        places = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, OverflowError) as error:
        raise CannotStart(f"cannot listen at {address}: {error}; {_ADDRESS}") from None
    tried = [_bind_error(family, where, port) for family, _, _, _, where in places]
    failed = [each for each in tried if each is not None]
    if errno.EADDRINUSE in (each.errno for each in failed):
        raise CannotStart(
            f"cannot listen at {address}: the address is in use: end the process that has it, or give another --address"
        )
    if len(failed) == len(places):
        raise CannotStart(f"cannot listen at {address}: {failed[0].strerror}; {_ADDRESS}")


def _bind_error(family: int, where: tuple[object, ...], port: int) -> OSError | None:
    if port > _PORT_MAX:
        return OSError(errno.EINVAL, f"the port can be {_PORT_MAX} at most")
    with socket.socket(family) as opened:
        # As gRPC does: a port whose last connections are just closing is free.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind(where)
        except OSError as error:
            return error
    return None

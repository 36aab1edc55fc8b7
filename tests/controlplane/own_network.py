"""Runs a program in a network of its own, where every port is free, until it ends.

Sockets belong to the network that they were made in, whichever process uses them, and each thread may be in another one. So one thread
leaves this network; it starts the program and makes the sockets there, and the others carry bytes between those and this network's.
The network is gone with the last that is in it: nothing has to be taken down.
"""

import argparse
import asyncio
import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

_HOST = "127.0.0.1"
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET; Python's os.unshare came with 3.12
_SET_FLAGS, _UP = 0x8914, 1  # SIOCSIFFLAGS, IFF_UP
_CHUNK = 65536
Connect = Callable[[], Awaitable[socket.socket]]


def command(program: Sequence[str], *, reaches: int, reached: int) -> list[str]:
    """What runs a program so: it reaches one port of this network's 127.0.0.1, and is reached from here at one of its own."""
    # Root needs no user namespace to make a network; others do.
    unshare = ["unshare", "--map-root-user"] if os.getuid() else []
    module = [sys.executable, "-m", "tests.controlplane.own_network"]
    return [*unshare, *module, f"--reaches={reaches}", f"--reached={reached}", *program]


def main() -> None:
    """Run it, and end as it ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reaches", type=int, required=True)
    parser.add_argument("--reached", type=int, required=True)
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with ThreadPoolExecutor(1) as inside:
        try:
            inside.submit(_leave).result()
        except OSError as error:
            sys.exit(f"no network of its own ({error.strerror}): run this as root, or allow unprivileged user namespaces")
        sys.exit(asyncio.run(_run(inside, options.program, options.reaches, options.reached)))


def _leave() -> None:
    """Move this thread into a new network, which has a loopback device and nothing else."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))


async def _run(inside: Executor, program: Sequence[str], reaches: int, reached: int) -> int:
    loop = asyncio.get_running_loop()
    listening = await loop.run_in_executor(inside, socket.create_server, (_HOST, reaches))
    async with (
        await _carry(listening, partial(loop.run_in_executor, None, socket.create_connection, (_HOST, reaches))),
        await _carry(
            socket.create_server((_HOST, reached)),
            partial(loop.run_in_executor, inside, socket.create_connection, (_HOST, reached)),
        ),
    ):
        process = await loop.run_in_executor(inside, subprocess.Popen, program)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, process.terminate)
        return await loop.run_in_executor(None, process.wait)


async def _carry(listening: socket.socket, connect: Connect) -> asyncio.Server:
    """Carry what arrives at one socket to another network."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(sock=await connect())
        except OSError:  # nobody listens there now
            writer.close()
            return
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))

    return await asyncio.start_server(serve, sock=listening)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    main()

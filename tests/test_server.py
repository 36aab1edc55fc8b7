"""The `function` command: what it serves, what it says about it, and why it does not start."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from tests.support.certificates import authority, folder, issued
from tests.support.serving import run_function
from tests.support.xrs import request, spec

_FUNCTION = [sys.executable, "-m", "function.main"]
_OURS = ("INSECURE", "TLS_SERVER_CERTS_DIR", "ADDRESS", "DEBUG")


def environment(**extra: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name not in _OURS}, **extra}


def refused(*arguments: str | Path, **env: str) -> tuple[int, str]:
    """How a start ends that has to fail: with which code, and what is said. Nothing but what is said may be printed."""
    command = [*_FUNCTION, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment(**env), check=False)
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stderr


@contextlib.contextmanager
def started(*arguments: str | Path, **env: str) -> Iterator[tuple["subprocess.Popen[str]", list[dict[str, Any]]]]:
    """A server on a free port, once it has said that it serves; the lines that it printed until then."""
    command = [*_FUNCTION, "--address", "localhost:0", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(**env)) as process:
        assert process.stdout is not None
        try:
            lines: list[dict[str, Any]] = []
            while not lines or lines[-1]["msg"] != "serving":
                lines.append(json.loads(process.stdout.readline()))
            yield process, lines
        finally:
            process.terminate()


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    of, by = authority()
    return folder(tmp_path / "tls", of, issued(of, by))


def call(channel: grpc.Channel, data: bytes | None = None) -> fnv1.RunFunctionResponse:
    return fnv1.RunFunctionResponse.FromString(
        run_function(channel)(request(spec()).SerializeToString() if data is None else data)
    )


def test_the_first_line_says_address_tls_and_version(certificates: Path) -> None:
    with started("--tls-server-certs-dir", certificates) as (_, (line,)):
        assert line["tls"] == "mutual"
        assert line["version"]
        read = [(certificates / name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt")]
        with grpc.secure_channel(line["address"], grpc.ssl_channel_credentials(*read)) as channel:
            assert call(channel).desired.resources
        with (
            grpc.secure_channel(line["address"], grpc.ssl_channel_credentials(read[0])) as channel,
            pytest.raises(grpc.RpcError) as without,
        ):
            call(channel)
        assert without.value.code() is grpc.StatusCode.UNAVAILABLE


def test_without_tls_it_says_so() -> None:
    with started("--insecure") as (_, (line,)), grpc.insecure_channel(line["address"]) as channel:
        assert line["tls"] == "off: whoever reaches the address can call"
        assert call(channel).desired.resources


def test_both_versions_of_the_service_are_served() -> None:
    method = "/apiextensions.fn.proto.v1beta1.FunctionRunnerService/RunFunction"
    with started("--insecure") as (_, (line,)), grpc.insecure_channel(line["address"]) as channel:
        beta: Any = channel.unary_unary(method)
        answer = fnv1.RunFunctionResponse.FromString(beta(request(spec()).SerializeToString(), timeout=60))
        assert answer == call(channel)


def test_it_ends_when_it_is_told_to() -> None:
    with started("--insecure") as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_second_one_does_not_share_the_port() -> None:
    with started("--insecure") as (_, (line,)):
        code, said = refused("--insecure", "--address", line["address"])
    assert code == 1
    assert said == (
        f"Error: cannot listen at {line['address']}: the address is in use: end the process that has it, or give another --address\n"
    )


@pytest.mark.parametrize("address", ["192.0.2.1:9443", "127.0.0.1:65536", "no-such-host.invalid:1"])
def test_an_address_that_is_none_of_this_machine(address: str) -> None:
    code, said = refused("--insecure", "--address", address)
    assert code == 1
    assert said.startswith(f"Error: cannot listen at {address}: ")
    assert said.count("\n") == 1
    assert said.endswith("; --address (ADDRESS) must be HOST:PORT, free and of this machine\n")


@pytest.mark.parametrize("name", ["tls.crt", "tls.key", "ca.crt"])
@pytest.mark.parametrize(("text", "why"), [(None, "cannot be read"), (b"garbage", "is no PEM "), (b"", "is no PEM ")])
def test_certificates_that_are_missing_or_garbage(certificates: Path, name: str, text: bytes | None, why: str) -> None:
    if text is None:
        (certificates / name).unlink()
    else:
        (certificates / name).write_bytes(text)
    code, said = refused(TLS_SERVER_CERTS_DIR=str(certificates))
    assert code == 1
    assert said.startswith(f"Error: TLS: {certificates / name} {why}")
    assert said.count("\n") == 1
    assert "--tls-server-certs-dir (TLS_SERVER_CERTS_DIR)" in said


def test_a_key_of_another_certificate(certificates: Path) -> None:
    (certificates / "tls.key").write_bytes(issued(*authority()).key)
    code, said = refused("--tls-server-certs-dir", certificates)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(f"Error: TLS: {certificates / 'tls.key'} is not the key of {certificates / 'tls.crt'}: ")


def test_a_folder_whose_name_is_not_printable(tmp_path: Path) -> None:
    code, said = refused("--tls-server-certs-dir", tmp_path / "a\x1b[2J\n\u202e")
    assert code == 1
    assert "a\\u001b[2J\\u000a\\u202e/tls.crt" in said
    assert said[:-1].isprintable()


def test_insecure_in_the_environment_does_not_beat_the_certificates(certificates: Path) -> None:
    code, said = refused(INSECURE="true", TLS_SERVER_CERTS_DIR=str(certificates))
    assert code == 2
    assert f"INSECURE is set beside certificates in {certificates}: unset it, or give --insecure" in said


def test_the_flag_beats_the_certificates_and_that_is_told(certificates: Path) -> None:
    with started("--insecure", TLS_SERVER_CERTS_DIR=str(certificates)) as (_, (warned, line)):
        assert (warned["level"], warned["certificates"]) == ("warning", str(certificates))
        assert line["tls"].startswith("off")
        with grpc.insecure_channel(line["address"]) as channel:
            assert call(channel).desired.resources


def test_neither_certificates_nor_the_flag() -> None:
    code, said = refused()
    assert code == 2
    assert "no certificates: give --tls-server-certs-dir, or --insecure" in said


def _length(number: int) -> bytes:
    """Protobuf's varint."""
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + _length(number >> 7)


def _within(field: int, message: bytes) -> bytes:
    """A message as a field of another."""
    return bytes([field << 3 | 2]) + _length(len(message)) + message


def nested(levels: int) -> bytes:
    """A request whose spec has objects within objects; Python's protobuf would not build it."""
    value = _within(3, b"x")
    for name in (*["a"] * levels, "spec"):
        struct = _within(1, _within(1, name.encode()) + _within(2, value))
        value = _within(5, struct)
    return _within(2, _within(1, _within(1, struct)))


def test_a_spec_that_is_nested_too_deep_is_answered() -> None:
    with started("--insecure") as (_, (line,)), grpc.insecure_channel(line["address"]) as channel:
        shallow, deep = call(channel, nested(29)), call(channel, nested(40))
        assert "spec.a: unknown field" in shallow.results[0].message
        (result,) = deep.results
        assert (result.severity, result.target) == (fnv1.SEVERITY_FATAL, fnv1.TARGET_COMPOSITE_AND_CLAIM)
        assert result.message.startswith(
            "the spec, or something else in the XR, is nested too deep to be read: about 30 objects"
        )
        assert [(c.type, c.status, c.message) for c in deep.conditions] == [
            ("SpecValid", fnv1.STATUS_CONDITION_FALSE, result.message)
        ]
        assert call(channel).desired.resources


def test_what_is_no_request_is_said_to_be_none() -> None:
    with started("--insecure") as (_, (line,)), grpc.insecure_channel(line["address"]) as channel:
        with pytest.raises(grpc.RpcError) as error:
            call(channel, b"\xff\xff")
        assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert error.value.details() == "the message is no RunFunctionRequest"


def test_a_port_that_only_listens_is_taken_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, said = refused("--insecure", "--address", f"127.0.0.1:{other.getsockname()[1]}")
    assert code == 1
    assert "the address is in use" in said

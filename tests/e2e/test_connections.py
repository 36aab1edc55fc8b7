"""Who may call the function, and with how much."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.controlplane import crossplane, function
from tests.controlplane.places import FUNCTION_PORT
from tests.controlplane.plane import ControlPlane
from tests.support.serving import run_function

_MEGABYTE = 1024 * 1024


def _call(plane: ControlPlane, certificates: Path | None, request: bytes = b"") -> bytes:
    """Call the function at its address as the core does, with a client certificate or without."""
    server = crossplane.secret_files(plane.places, "crossplane-tls-client")
    files = [(certificates / name).read_bytes() for name in ("tls.key", "tls.crt")] if certificates else [None, None]
    credentials = grpc.ssl_channel_credentials((server / "ca.crt").read_bytes(), *files)
    name = f"{crossplane.FUNCTION}.{crossplane.NAMESPACE}"
    options = [("grpc.ssl_target_name_override", name), ("grpc.max_receive_message_length", -1)]
    (address,) = function.addresses(plane.places)
    with grpc.secure_channel(f"{address}:{FUNCTION_PORT}", credentials, options) as channel:
        return run_function(channel)(request)


def _foreign(folder: Path) -> Path:
    """A client certificate of another authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "crossplane")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    encoding = serialization.Encoding.PEM
    (folder / "tls.crt").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(encoding))
    form = serialization.PrivateFormat.PKCS8
    (folder / "tls.key").write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return folder


def test_without_a_client_certificate_nobody_is_answered(plane: ControlPlane) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        _call(plane, None)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


def test_with_a_certificate_of_another_authority_nobody_is_answered(plane: ControlPlane, tmp_path: Path) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        _call(plane, _foreign(tmp_path))
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


def test_five_megabytes_are_answered(plane: ControlPlane) -> None:
    request = fnv1.RunFunctionRequest()
    request.meta.tag = "large"
    request.context.fields["filler"].string_value = "x" * (5 * _MEGABYTE)
    mine = crossplane.secret_files(plane.places, "crossplane-tls-client")
    answer = fnv1.RunFunctionResponse.FromString(_call(plane, mine, request.SerializeToString()))
    assert answer.meta.tag == "large"

"""Certificates for mutual TLS on this machine, as Crossplane's core issues them: one authority, a server and its client."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in PEM."""

    certificate: bytes
    key: bytes


def authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate authority and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    built = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return built.sign(key, hashes.SHA256()), key


def issued(of: x509.Certificate, by: ec.EllipticCurvePrivateKey) -> Pair:
    """A pair for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = _builder(name, of.subject, key).add_extension(names, critical=False).sign(by, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pair(made.public_bytes(pem), private)


def folder(at: Path, of: x509.Certificate, pair: Pair) -> Path:
    """The folder that Crossplane mounts into a function: tls.crt, tls.key, ca.crt."""
    at.mkdir(parents=True, exist_ok=True)
    (at / "tls.crt").write_bytes(pair.certificate)
    (at / "tls.key").write_bytes(pair.key)
    (at / "ca.crt").write_bytes(of.public_bytes(serialization.Encoding.PEM))
    return at


def _builder(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    started = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
    return started.serial_number(x509.random_serial_number()).not_valid_before(now - _YEAR).not_valid_after(now + _YEAR)

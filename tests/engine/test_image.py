"""The runtime image in the Function's package: what is in it, and that the function starts there and answers over mutual TLS."""

import contextlib
import ipaddress
import json
import posixpath
import re
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import grpc
import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.engine import base_image
from tests.engine.test_packages import FILES, image
from tests.support.serving import run_function
from tests.support.xrs import request, spec

pytestmark = [pytest.mark.engine, pytest.mark.packages]

_USER = ["run", "--isolation=chroot", "--user=2000:2000"]


@pytest.fixture(scope="module")
def files() -> dict[str, tarfile.TarInfo]:
    """Everything in the image's file system, by its path."""
    found: dict[str, tarfile.TarInfo] = {}
    with tarfile.open(FILES["function"]) as archive:
        (manifest,) = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer), mode="r:*") as inner:
                found |= {posixpath.join("/", member.name): member for member in inner if member.name != "package.yaml"}
    return found


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    """A container of the image that `make packages` left in the store of images."""
    name = base_image.buildah("from", "localhost/function-pod-identity:build")
    yield name
    base_image.buildah("rm", name)


def test_the_image_says_how_it_is_run() -> None:
    config, _, _ = image(FILES["function"])
    assert config["config"]["User"] == "2000:2000"
    assert config["config"]["Entrypoint"] == ["/venv/bin/function"]
    assert not config["config"].get("Cmd")
    assert "9443/tcp" in config["config"]["ExposedPorts"]


def test_no_program_is_in_it_but_pythons_and_ours(files: dict[str, tarfile.TarInfo]) -> None:
    """Whoever gets in finds no shell, and nothing to install with."""
    runs = {path for path, file in files.items() if file.isreg() and file.mode & 0o111}
    programs = {re.sub(r"[.\d]+$", "", PurePosixPath(path).name) for path in runs}
    loader = {name for name in programs if name.startswith("ld-linux")}
    assert len(loader) == 1
    assert programs - loader == {"function", "podidentity", "python"}
    links = {path for path, file in files.items() if file.issym() and PurePosixPath(path).parent.name in ("bin", "sbin")}
    assert {re.sub(r"[.\d]+$", "", PurePosixPath(path).name) for path in links} == {"python"}


@pytest.mark.parametrize(
    "name",
    [
        "sh",
        "bash",
        "dash",
        "busybox",
        "apt",
        "apt-get",
        "dpkg-query",
        "perl",
        "pip",
        "ensurepip",
        "setuptools",
        "hatchling",
        "idlelib",
        "test",
    ],
)
def test_it_does_not_hold(name: str, files: dict[str, tarfile.TarInfo]) -> None:
    assert [path for path in files if name in PurePosixPath(path).parts[1:]] == []


def test_scanners_find_the_versions_of_what_is_in_it(files: dict[str, tarfile.TarInfo]) -> None:
    """Nothing else in the image says which OpenSSL or C library it has."""
    described = {PurePosixPath(path).name for path in files if path.startswith("/var/lib/dpkg/status.d/")}
    assert {"libc6", "zlib1g"} <= described
    assert any(name.startswith("libssl3") for name in described)
    assert not described & {"bash", "dash", "apt", "dpkg", "coreutils", "perl-base"}
    assert [name for name in described if _reached(f"/usr/share/doc/{name}/copyright", files) not in files] == []
    assert "/etc/os-release" in files


def test_it_holds_what_is_loaded_by_name(files: dict[str, tarfile.TarInfo]) -> None:
    """The C library opens libgcc_s only when a thread ends, and aborts without it."""
    assert any(PurePosixPath(path).name == "libgcc_s.so.1" for path in files)


def test_nobody_but_root_may_write_in_it_and_nothing_runs_as_root(files: dict[str, tarfile.TarInfo]) -> None:
    assert {(file.uid, file.gid) for file in files.values()} == {(0, 0)}
    assert [path for path, file in files.items() if file.isreg() and file.mode & 0o222] == []
    assert [path for path, file in files.items() if file.isdir() and file.mode & 0o022] == []
    assert [path for path, file in files.items() if file.mode & 0o7000] == []
    assert [path for path, file in files.items() if not (file.isreg() or file.isdir() or file.issym() or file.islnk())] == []


def _reached(path: str, files: dict[str, tarfile.TarInfo]) -> str:
    """Where a path leads, every link on the way followed."""
    reached, left = "/", path.split("/")
    while left:
        name = left.pop(0)
        following = posixpath.normpath(posixpath.join(reached, name))
        if following in files and files[following].issym():
            left = posixpath.join(reached, files[following].linkname).split("/") + left
            following = "/"
        reached = following
    return reached


def test_no_link_leads_nowhere(files: dict[str, tarfile.TarInfo]) -> None:
    links = [path for path, file in files.items() if file.issym()]
    assert "/venv/bin/python" in links
    assert [path for path in links if _reached(path, files) not in files] == []


_NOT_COMPILED = """
import sys, function.main, function.fn
def compiled(path):
    with open(path, "rb") as file:
        return file.read(8)[4] == 0b01
specs = [module.__spec__ for module in list(sys.modules.values()) if getattr(module, "__spec__", None)]
specs = [spec for spec in specs if (spec.origin or "").endswith(".py")]
print(len(specs) > 300, [spec.name for spec in specs if not compiled(spec.cached)])
"""
"""Prints which modules of what is loaded, Python's own included, have bytecode that is good only for a certain source."""


def test_what_is_loaded_is_compiled(container: str) -> None:
    assert base_image.buildah(*_USER, container, "--", "/venv/bin/python", "-c", _NOT_COMPILED) == "True []"


_EVERY_MODULE = """
import importlib, pkgutil, sys, sysconfig
failed = []
for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("stdlib") + "/lib-dynload"):
    for found in pkgutil.iter_modules([folder]):
        if found.name not in ("antigravity", "this", "__phello__", "idlelib"):
            try:
                importlib.import_module(found.name)
            except ImportError as error:
                failed.append(error.name if isinstance(error, ModuleNotFoundError) else str(error))
print(*sorted(set(failed)))
"""


def test_every_module_that_is_left_finds_its_library(container: str) -> None:
    """What cannot be imported needs what was left out on purpose, or another system; no library is missing."""
    failed = base_image.buildah(*_USER, container, "--", "/venv/bin/python", "-c", _EVERY_MODULE).split()
    left_out = {"_curses", "_sqlite3", "_tkinter", "curses", "nis", "pyrepl", "readline", "tkinter"}
    of_other_systems = {"_msi", "_overlapped", "_scproxy", "_winapi", "msvcrt", "nt", "winreg", "winsound"}
    assert set(failed) <= left_out | of_other_systems


def test_the_function_answers_in_it_over_mutual_tls(container: str, tmp_path: Path) -> None:
    authority = _Authority(tmp_path)
    server, client = authority.issue("server"), authority.issue("client")
    asked = request(spec()).SerializeToString()
    with _serving(container, server) as address:
        with grpc.secure_channel(address, _credentials(client, mine=True)) as channel:
            grpc.channel_ready_future(channel).result(timeout=60)
            answer = fnv1.RunFunctionResponse.FromString(run_function(channel)(asked))
        assert answer.desired.resources
        assert not any(result.severity == fnv1.SEVERITY_FATAL for result in answer.results)
        with (
            grpc.secure_channel(address, _credentials(client, mine=False)) as stranger,
            pytest.raises(grpc.RpcError) as refused,
        ):
            run_function(stranger)(asked)
        assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


@contextlib.contextmanager
def _serving(container: str, certificates: Path) -> Iterator[str]:
    """The image's own entry point on a free port of this machine, as the user that Crossplane runs it as; where it is."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    entry = image(FILES["function"])[0]["config"]["Entrypoint"]
    run = [
        *_USER,
        f"--volume={certificates}:/tls:ro",
        container,
        "--",
        *entry,
        "--tls-server-certs-dir=/tls",
        f"--address={address}",
    ]
    process = subprocess.Popen(["buildah", *base_image.STORAGE, *run], stdin=subprocess.DEVNULL)
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def _credentials(folder: Path, *, mine: bool) -> grpc.ChannelCredentials:
    own = [(folder / name).read_bytes() for name in ("tls.key", "tls.crt")] if mine else [None, None]
    return grpc.ssl_channel_credentials((folder / "ca.crt").read_bytes(), *own)


class _Authority:
    """Issues certificates into folders of its own, as Crossplane does into Secrets: tls.crt, tls.key, ca.crt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        self._certificate = self._sign(self._name, self._key.public_key(), constraints)

    def _sign(self, name: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str) -> Path:
        """A certificate for 127.0.0.1, in a folder that anybody may read: the function runs as another user."""
        folder = self._folder / name
        folder.mkdir()
        key = ec.generate_private_key(ec.SECP256R1())
        host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        plain = serialization.NoEncryption()
        (folder / "ca.crt").write_bytes(self._certificate)
        (folder / "tls.crt").write_bytes(self._sign(subject, key.public_key(), host))
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        (folder / "tls.key").write_bytes(private)
        folder.chmod(0o755)
        for file in folder.iterdir():
            file.chmod(0o644)
        return folder

"""How the image is built: from what is known by its digest or hash, and the file system that is made for it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from package import rootfs

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_it_is_built_on_one_base_which_is_known_by_its_digest() -> None:
    (base,) = re.findall(r"^ARG BUILD_IMAGE=(.*)$", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}", base)
    assert re.findall(r"^FROM (.*)$", DOCKERFILE, re.MULTILINE) == ["${BUILD_IMAGE} AS build", "scratch"]


def test_a_step_that_fails_fails_the_build() -> None:
    steps = re.sub(r"#.*", "", DOCKERFILE)
    assert not re.search(r";|\|\|", steps)


def test_whatever_is_installed_is_known_by_its_hash() -> None:
    """All but our own wheel, which is built without an environment that pip would fill by itself."""
    commands = re.findall(r"/pip\b[^&\n]*", DOCKERFILE)
    assert len(commands) == 4
    for command in commands:
        assert "--require-hashes" in command or {"--no-index", "--no-deps"} <= set(command.split()), command
    (wheel,) = (command for command in commands if " wheel " in command)
    assert "--no-build-isolation" in wheel


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock", "requirements-dev.lock"])
def test_a_lock_file_holds_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    pinned = re.findall(r"^[a-z0-9-]+(?:\[[a-z,]+\])?==\S+.*?(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pinned
    assert all("--hash=sha256:" in requirement for requirement in pinned)


def test_the_build_backend_is_the_one_that_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements-build.lock").read_text(), re.MULTILINE))
    assert set(project["build-system"]["requires"]) <= locked
    assert set(project["build-system"]["requires"]) <= set(project["project"]["optional-dependencies"]["dev"])


def test_what_the_build_copies_is_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    needed = {
        "function",
        "package/rootfs.py",
        "pyproject.toml",
        "requirements.lock",
        "requirements-build.lock",
        "README.md",
        "LICENSE",
    }
    assert needed <= let_in


def test_links_on_the_way_to_a_file_stay_links(tmp_path: Path) -> None:
    machine, copied = tmp_path / "machine", tmp_path / "copied"
    (machine / "usr" / "lib").mkdir(parents=True)
    copied.mkdir()
    (machine / "usr" / "lib" / "real.so.1").write_text("code")
    (machine / "usr" / "lib" / "name.so").symlink_to("real.so.1")
    (machine / "lib").symlink_to("usr/lib")
    (machine / "absolute").symlink_to(machine / "lib" / "name.so")
    rootfs.copy(machine / "absolute", copied)
    rootfs.copy(machine / "lib" / "name.so", copied)
    inside = copied / machine.relative_to("/")
    assert (inside / "lib").readlink() == Path("usr/lib")
    assert (inside / "usr" / "lib" / "name.so").readlink() == Path("real.so.1")
    assert (inside / "absolute").readlink() == machine / "lib" / "name.so"
    assert (inside / "usr" / "lib" / "real.so.1").read_text() == "code"


def test_a_library_that_is_not_installed_is_named(tmp_path: Path) -> None:
    module = tmp_path / "module.so"
    ldd = tmp_path / "ldd"
    ldd.write_text("#!/bin/sh\nprintf '\\tlibnone.so.7 => not found\\n'\n")
    ldd.chmod(0o755)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        with pytest.raises(RuntimeError, match=r"module\.so needs libnone\.so\.7, which is not installed"):
            list(rootfs.libraries([module]))


@pytest.mark.engine
@pytest.mark.packages
@pytest.mark.skipif(os.getuid() != 0 or shutil.which("ldd") is None, reason="changes its root, which takes root on Linux")
def test_this_machines_python_runs_with_nothing_but_what_was_copied(tmp_path: Path) -> None:
    """Wherever it is installed: that of the base image is in /usr/local, beside libraries of its own."""
    venv, made = tmp_path / "venv", tmp_path / "rootfs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    subprocess.run([str(venv / "bin" / "python"), str(ROOT / "package" / "rootfs.py"), str(made), str(venv)], check=True)
    script = "import asyncio, ctypes, hashlib, json, ssl, sys, zlib; print(sys.prefix, hashlib.new('sha256').name)"
    done = subprocess.run(
        ["chroot", "--userspec=2000:2000", str(made), str(venv / "bin" / "python"), "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert (done.stdout.strip(), done.stderr) == (f"{venv} sha256", "")
    assert not list(made.rglob("ensurepip"))

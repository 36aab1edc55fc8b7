"""A base image for the Dockerfile where none can be pulled: Debian and its Python, made with mmdebstrap.

`.ci/run` uses it, so that the image is built and started there as well.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from package.build import ROOT, BuildFailed, build
from tests.tools.binaries import CACHE, CLI, MissingTool

NAME = "localhost/python:bookworm"
_PYTHON = "3.11"
# Other storage than the user's own, so that nothing of theirs is touched.
STORAGE = ["--root", str(CACHE / "images"), "--runroot", str(CACHE / "images-run"), "--storage-driver", "overlay"]


def buildah(*arguments: str) -> str:
    """Run buildah on a storage of our own; what it prints."""
    done = subprocess.run(
        ["buildah", *STORAGE, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MissingTool(f"buildah {arguments[0]}: {done.stderr}")
    return done.stdout.strip()


def ensure() -> str:
    """The base image's name, made if need be."""
    for tool in ("buildah", "mmdebstrap"):
        if shutil.which(tool) is None:
            raise MissingTool(f"{tool} is not installed; on Debian: apt-get install {tool}")
    if NAME not in buildah("images", "--format", "{{.Name}}:{{.Tag}}").split():
        _make()
    return NAME


def _make() -> None:
    print("making a base image (once; about a minute) ...", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    archive = CACHE / "base.tar"
    include = "--include=python3,python3-venv,ca-certificates"
    made = subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", include, "bookworm", str(archive)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise MissingTool(f"mmdebstrap: {made.stderr}")
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, str(archive), "/")
    buildah("commit", "--quiet", "--rm", container, NAME)
    archive.unlink()


def wheels() -> Path:
    """A folder of the locked dependencies' wheels beside the Dockerfile: the build itself needs no network."""
    folder = ROOT / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    pip += ["--python-version", _PYTHON, "--dest", str(folder)]
    for lock in ("requirements.lock", "requirements-build.lock"):
        subprocess.run([*pip, "--require-hashes", "--requirement", lock], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    return folder


def main() -> None:
    """Build all packages on the base image."""
    os.environ |= {"BUILD_IMAGE": ensure(), "BUILDAH_STORAGE": " ".join(STORAGE)}
    os.environ["PIP_ARGS"] = "--no-index --find-links wheels"
    folder = wheels()
    try:
        for file in build(str(CLI.built())):
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1e6:.1f} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        main()
    except (MissingTool, BuildFailed) as missing:
        sys.exit(f"error: {missing}")

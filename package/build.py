"""Build the packages as they are published: `make packages`.

The Configurations need Crossplane's command line alone. The Function holds its runtime image, which docker or buildah makes
from the Dockerfile; BUILD_IMAGE names another image to build on, with Python 3.11 or newer, and PIP_ARGS is passed on to pip.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
PACKAGES = ("function", "configuration-pod-identity", "configuration-pod-identity-claims")
_NAMES = {"function": "function-pod-identity"}
_IMAGE = "localhost/function-pod-identity:build"
_ARGUMENTS = ("BUILD_IMAGE", "PIP_ARGS")


class BuildFailed(RuntimeError):
    """A package could not be built; the text says which, and what is missing."""


def main() -> None:
    """Build everything into dist/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crossplane", default="crossplane", help="Crossplane's command line")
    parser.add_argument("--image", type=Path, help="the runtime image as a docker archive; default: built from the Dockerfile")
    options = parser.parse_args()
    try:
        for file in build(options.crossplane, options.image):
            print(file.relative_to(ROOT))
    except BuildFailed as failed:
        sys.exit(f"error: {failed}")


def build(crossplane: str, image: Path | None = None) -> list[Path]:
    """Build the packages; their files in dist/."""
    DIST.mkdir(exist_ok=True)
    embedded = {"function": image or runtime_image()}
    return [
        package(crossplane, ROOT / "package" / name, DIST / f"{_NAMES.get(name, name)}.xpkg", embedded.get(name))
        for name in PACKAGES
    ]


def package(crossplane: str, root: Path, file: Path, image: Path | None = None) -> Path:
    """Build one package from the folder `root`; `image` is the runtime image that it embeds."""
    # Examples are documentation of the repository; embedded they would be a second, unversioned copy.
    command = [crossplane, "xpkg", "build", f"--package-root={root}", f"--package-file={file}", "--examples-root=none"]
    command += [f"--embed-runtime-image-tarball={image}"] if image else []
    _run(command, f"package {root.name}")
    return file


def runtime_image() -> Path:
    """Build the runtime image from the Dockerfile; a docker archive in dist/."""
    archive = DIST / "runtime.tar"
    archive.unlink(missing_ok=True)
    arguments = [f"--build-arg={name}={os.environ[name]}" for name in _ARGUMENTS if name in os.environ]
    if shutil.which("buildah"):
        storage = os.environ.get("BUILDAH_STORAGE", "").split()
        build = ["buildah", *storage, "bud", "--isolation=chroot", "--timestamp=0", f"--tag={_IMAGE}", *arguments, str(ROOT)]
        save = ["buildah", *storage, "push", "--quiet", _IMAGE, f"docker-archive:{archive}:{_IMAGE}"]
    elif shutil.which("docker"):
        build = ["docker", "build", f"--tag={_IMAGE}", *arguments, str(ROOT)]
        save = ["docker", "save", f"--output={archive}", _IMAGE]
    else:
        raise BuildFailed("neither docker nor buildah is installed, one of which makes the runtime image")
    _run(build, "the runtime image")
    _run(save, "the runtime image's archive")
    return archive


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        raise BuildFailed(f"{command[0]} is not installed, which builds {what}") from None
    if done.returncode:
        raise BuildFailed(f"{what} could not be built: {command[0]} ended with {done.returncode}")


if __name__ == "__main__":
    main()

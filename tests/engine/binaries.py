"""Builds Crossplane's command line and core, and a check of CRDs, once, and keeps them outside the tree: a new go.mod makes a new build."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "function-pod-identity"
_VERSION = "github.com/crossplane/crossplane-runtime/v2/pkg/version.version"


class MissingTool(RuntimeError):
    """A program that is needed is not installed, or a thing that is made once has not been made."""


@dataclass(frozen=True)
class Tool:
    """A program that is built from a go.mod of ours, in a folder of its own."""

    name: str
    folder: str
    package: str
    minutes: int
    flags: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the built program is, or will be."""
        folder = HERE / self.folder
        sources = [folder / "go.mod", folder / "go.sum", *sorted((folder / self.package).glob("*.go"))]
        facts = [*self.flags, *(source.read_text() for source in sources)]
        return CACHE / hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16] / self.name

    def ensure(self) -> Path:
        """The path of the program, built if need be, with a line every ten seconds."""
        if not self.path.exists():
            self._build()
        return self.path

    def built(self) -> Path:
        """The path of the program, for tests: they do not build."""
        if not self.path.exists():
            raise MissingTool(f"{self.path.name} has not been built: run `make binaries`")
        return self.path

    def _build(self) -> None:
        if shutil.which("go") is None:
            raise MissingTool("go is not installed: install Go 1.26 or newer")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        print(f"building {self.path.name} (once; about {self.minutes} minutes on two cores) ...", flush=True)
        unfinished = self.path.with_suffix(f".{os.getpid()}")
        command = ["go", "build", *self.flags, "-o", str(unfinished), self.package]
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=HERE / self.folder)
        while process.poll() is None:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                print(f"  {time.monotonic() - start:.0f} s", flush=True)
        if process.returncode:
            raise MissingTool(f"{self.path.name} could not be built: go ended with {process.returncode}")
        # Renamed when it is whole, so that an interrupted build is never taken for one.
        unfinished.rename(self.path)


CLI = Tool("crossplane-cli", "cli", "github.com/crossplane/cli/v2/cmd/crossplane", minutes=4)
CORE = Tool(
    "crossplane-core",
    "core",
    "github.com/crossplane/crossplane/v2/cmd/crossplane",
    minutes=2,
    flags=("-ldflags", f"-X {_VERSION}=v2.3.4"),
)

CRDCHECK = Tool("crdcheck", "core", "./crdcheck", minutes=1)


def main() -> None:
    """Build them all; with --path, print where one of them is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", choices=["cli", "core"], help="print the path of one of them, and build nothing")
    wanted = parser.parse_args().path
    try:
        if wanted:
            print({"cli": CLI, "core": CORE}[wanted].built())
            return
        for tool in (CLI, CORE, CRDCHECK):
            print(tool.ensure())
    except MissingTool as missing:
        sys.exit(f"error: {missing}")


if __name__ == "__main__":
    main()

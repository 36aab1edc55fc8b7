"""Builds Crossplane, Kubernetes, what they need and vCluster's functions from Go modules, once, outside the tree.

A new go.mod makes a new build.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "function-pod-identity"
_BUILD_SPACE = 12e9
_CROSSPLANE_VERSION = "github.com/crossplane/crossplane-runtime/v2/pkg/version.version"
# Crossplane's RBAC manager has no option for the port of its metrics, which is 8080 on all addresses: two could not run side by side.
_NO_METRICS_UNASKED = "sigs.k8s.io/controller-runtime/pkg/metrics/server.DefaultBindAddress=0"
_KUBERNETES_VERSION = "k8s.io/component-base/version.git"


class MissingTool(RuntimeError):
    """A program that is needed is not installed, or a thing that is made once has not been made."""


@dataclass(frozen=True)
class Tool:
    """A program that is built from a go.mod of ours, in a folder of its own."""

    name: str
    folder: str
    package: str
    minutes: int
    linked: tuple[str, ...] = ()
    """What the linker writes into it: Crossplane refuses packages, and kubectl servers, when it does not know its own version."""
    data: tuple[str, ...] = ()
    """Folders of the program's module that it reads when it runs, kept beside it."""
    target: str = "binaries"
    """What of the Makefile builds it."""

    @property
    def path(self) -> Path:
        """Where the built program is, or will be."""
        folder = HERE / self.folder
        sources = [folder / "go.mod", folder / "go.sum", *sorted((folder / self.package).glob("*.go"))]
        facts = [*self.linked, *self.data, *(source.read_text() for source in sources)]
        return CACHE / hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16] / self.name

    def ensure(self) -> Path:
        """The path of the program, built if need be, with a line every ten seconds."""
        if not self.is_built():
            self._build()
        return self.built()

    def is_built(self) -> bool:
        """Whether it is there."""
        return (self._given() or self.path).exists()

    def built(self) -> Path:
        """The path of the program, for tests: they do not build."""
        if not self.is_built():
            raise MissingTool(f"{self.name} has not been built: run `make {self.target}`")
        return self._given() or self.path

    def _given(self) -> Path | None:
        """One that the user has already, where kubebuilder's tests look for it too."""
        assets = os.environ.get("KUBEBUILDER_ASSETS")
        given = Path(assets) / self.name if assets else None
        return given if given and given.exists() else None

    def _build(self) -> None:
        if shutil.which("go") is None:
            raise MissingTool(f"go is not installed, which builds {self.name}: install Go 1.26.7 or newer")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.path.parent).free < _BUILD_SPACE:
            raise MissingTool(
                f"building {self.name} may need {_BUILD_SPACE / 1e9:.0f} GB in {CACHE} and Go's caches: make room"
            )
        print(f"building {self.name} (once; about {self.minutes} minutes on two cores) ...", flush=True)
        self._copy_data()
        unfinished = self.path.with_suffix(f".{os.getpid()}")
        flags = ["-ldflags", " ".join(["-s", "-w", *(f"-X {fact}" for fact in self.linked)])]
        _run(["go", "build", *flags, "-o", str(unfinished), self.package], HERE / self.folder, self.name)
        # Renamed when it is whole, so that an interrupted build is never taken for one.
        unfinished.rename(self.path)

    def _copy_data(self) -> None:
        for data in self.data:
            module = self.package.split("/cmd/")[0]
            # Before any module is in Go's cache, `go list` knows no folder.
            _run(["go", "mod", "download", module], HERE / self.folder, module)
            listing = ["go", "list", "-m", "-f", "{{.Dir}}", module]
            folder = subprocess.check_output(listing, cwd=HERE / self.folder, text=True).strip()
            target = self.path.parent / Path(data).name
            shutil.rmtree(target, ignore_errors=True)
            # Go's module cache is read-only; its modes are not copied.
            shutil.copytree(Path(folder) / data, target, copy_function=shutil.copyfile)
            target.chmod(0o755)


def _run(command: Sequence[str], folder: Path, what: str) -> None:
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            print(f"  {time.monotonic() - start:.0f} s", flush=True)
    if process.returncode:
        raise MissingTool(f"{what} could not be built: go ended with {process.returncode}")


def _core(version: str, folder: str) -> Tool:
    return Tool(
        f"crossplane-core-{version}",
        folder,
        "github.com/crossplane/crossplane/v2/cmd/crossplane",
        minutes=2,
        linked=(f"{_CROSSPLANE_VERSION}=v{version}", _NO_METRICS_UNASKED),
        data=("cluster/crds", "cluster/webhookconfigurations"),
    )


def _kubernetes(name: str) -> Tool:
    version = ("gitVersion=v1.34.3", "gitMajor=1", "gitMinor=34")
    facts = tuple(_KUBERNETES_VERSION + fact for fact in version)
    return Tool(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", minutes=3, linked=facts)


CLI = Tool("crossplane-cli", "cli", "github.com/crossplane/cli/v2/cmd/crossplane", minutes=4)
CORES = {"2.3.4": _core("2.3.4", "core-2.3"), "2.4.2": _core("2.4.2", "core-2.4")}
OLDEST_CORE, NEWEST_CORE = CORES["2.3.4"], CORES["2.4.2"]
CRDCHECK = Tool("crdcheck", "core-2.3", "./crdcheck", minutes=1)
API_SERVER = _kubernetes("kube-apiserver")
CONTROLLERS = _kubernetes("kube-controller-manager")
KUBECTL = _kubernetes("kubectl")
ETCD = Tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", minutes=1)
REGISTRY = Tool("crane", "registry", "github.com/google/go-containerregistry/cmd/crane", minutes=1)
PROVIDER_KUBERNETES = Tool(
    "provider-kubernetes",
    "provider-kubernetes",
    "github.com/crossplane-contrib/provider-kubernetes/cmd/provider",
    minutes=4,
    data=("package/crds",),
)
HOSTNAMES = Tool("hostnames", "vcluster", "./hostnames", minutes=4, target="oracle")

ENGINE = (CLI, OLDEST_CORE, CRDCHECK)
CONTROL_PLANE = (ETCD, API_SERVER, CONTROLLERS, KUBECTL, REGISTRY, CLI)
NEWEST = (*CONTROL_PLANE, NEWEST_CORE, PROVIDER_KUBERNETES)
ALL = tuple(dict.fromkeys((*ENGINE, *NEWEST)))


def main() -> None:
    """Build them; with --path, print where one of them is."""
    tools = {tool.name: tool for tool in ALL}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", choices=sorted(tools), help="print the path of one of them, and build nothing")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--engine", action="store_const", dest="wanted", const=ENGINE, help="only what renders and validates")
    only.add_argument(
        "--newest", action="store_const", dest="wanted", const=NEWEST, help="only what the newest Crossplane runs with"
    )
    only.add_argument(
        "--oracle", action="store_const", dest="wanted", const=(HOSTNAMES,), help="only what translates as vCluster does"
    )
    parser.set_defaults(wanted=ALL)
    options = parser.parse_args()
    try:
        if options.path:
            print(tools[options.path].built())
            return
        for tool in options.wanted:
            print(tool.ensure())
    except MissingTool as missing:
        sys.exit(f"error: {missing}")


if __name__ == "__main__":
    main()

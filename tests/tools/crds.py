"""The providers' CRDs: a folder that PROVIDER_CRDS names, or copies from the providers' Go modules.

Those of provider-gcp are in no Go module that a module proxy serves. Take them from the provider's package,
`crossplane xpkg get-crds xpkg.crossplane.io/crossplane-contrib/provider-gcp-cloudplatform:v3.0.0` and its siblings, or from
package/crds of its repository, into a folder of yours, and name that in PROVIDER_CRDS.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.tools.binaries import CACHE, MissingTool

_MODULES = {
    "github.com/upbound/provider-aws/v2@v2.7.0": ("aws.*providerconfig*", "iam.aws.*roles", "iam.aws.*polic*", "iam.aws.*openid*", "eks.aws.*podid*", "eks.aws.*clusters", "eks.aws.*addons"),
    "github.com/crossplane-contrib/provider-kubernetes@v1.2.1": ("kubernetes.*_objects",),
}  # fmt: skip
COPIED = CACHE / "crds"


def folder() -> Path:
    """Where the CRDs are."""
    named = os.environ.get("PROVIDER_CRDS")
    if named:
        return Path(named)
    if not COPIED.is_dir():
        raise MissingTool("the providers' CRDs are missing: run `make crds`, or name a folder of them in PROVIDER_CRDS")
    return COPIED


def named(names: Iterable[str]) -> list[Path]:
    """The files of CRDs, by the CRDs' names. Raises MissingTool where some are missing, and names them."""
    here = {path.name: path for path in folder().rglob("*.yaml")}
    files = {name: "{1}_{0}.yaml".format(*name.split(".", 1)) for name in names}
    if missing := sorted(name for name, file in files.items() if file not in here):
        raise MissingTool(
            f"CRDs are missing in {folder()}: {', '.join(missing)}. No Go module has those of provider-gcp: "
            "tests/tools/crds.py says where to take them from; name the folder in PROVIDER_CRDS"
        )
    return [here[file] for _, file in sorted(files.items())]


def ensure() -> None:
    """Have them, fetched if need be."""
    if "PROVIDER_CRDS" not in os.environ and not COPIED.is_dir():
        copy()


def copy() -> None:
    """Copy the CRDs out of the providers' modules into the cache."""
    if shutil.which("go") is None:
        raise MissingTool("go is not installed: install Go 1.26.7 or newer, or name a folder of CRDs in PROVIDER_CRDS")
    unfinished = COPIED.with_suffix(f".{os.getpid()}")
    unfinished.mkdir(parents=True)
    for module, patterns in _MODULES.items():
        print(f"fetching {module} ...", flush=True)
        # Outside of any module, so that nothing else is resolved with it.
        done = subprocess.run(["go", "mod", "download", "-json", module], cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingTool(f"{module} could not be fetched: {done.stdout}{done.stderr}")
        source = Path(json.loads(done.stdout)["Dir"]) / "package" / "crds"
        for crd in sorted({path for pattern in patterns for path in source.glob(f"{pattern}.yaml")}):
            shutil.copyfile(crd, unfinished / crd.name)
    # Renamed when it is whole, so that an interrupted copy is never taken for one.
    shutil.rmtree(COPIED, ignore_errors=True)
    unfinished.rename(COPIED)
    print(f"{len(list(COPIED.iterdir()))} CRDs in {COPIED}")


if __name__ == "__main__":
    try:
        copy()
    except MissingTool as missing:
        sys.exit(f"error: {missing}")

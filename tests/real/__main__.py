"""Run the end-to-end scenarios on the real provider-aws: `make real PROVIDER_AWS=FOLDER`."""

import os
import sys

from tests.real import provider_aws
from tests.tools.binaries import MissingTool


def main() -> None:
    """Look for the provider's programs, and hand over to pytest."""
    try:
        folder = next(iter(provider_aws.programs().values())).parent
    except MissingTool as missing:
        sys.exit(f"error: {missing}")
    crds = folder.parent / "crds"
    own = {"PROVIDER_CRDS": str(crds)} if crds.is_dir() else {}
    command = [sys.executable, "-m", "pytest", "-m", "real", "--durations=5", *sys.argv[1:]]
    os.execve(sys.executable, command, os.environ | own)  # noqa: S606


if __name__ == "__main__":
    main()

"""What a test does that cannot run for want of something: it says so, and fails where CI is set."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from tests.tools import crds
from tests.tools.binaries import MissingTool


def absent(message: str) -> NoReturn:
    """End the test: skipped, or failed in CI."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def needed(names: Iterable[str]) -> list[Path]:
    """The files of CRDs, by the CRDs' names; without them the test cannot run."""
    try:
        return crds.named(names)
    except MissingTool as missing:
        absent(str(missing))

"""That a tool which is missing is named, with what installs it."""

import shutil
from pathlib import Path

import pytest

from tests.oracle import iam_simulate
from tests.oracle.iam_simulate import simulate
from tests.tools.binaries import MissingTool


def test_node_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(MissingTool, match=r"^node is not installed: run `make oracle`$"):
        simulate([])


def test_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "node")
    monkeypatch.setattr(iam_simulate, "HERE", tmp_path)
    with pytest.raises(MissingTool, match=r"^@cloud-copilot/iam-simulate is not installed: run `make oracle`$"):
        simulate([])

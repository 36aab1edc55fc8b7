"""How far apart things are in function/: `python -m tests.support.distance` prints the table of docs/architecture.md.

It renders the smallest example as Crossplane would have it rendered, and counts the files that are entered on the way; and it
counts what a person has to open or touch.
"""

import ast
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import yaml
from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.fn import run
from tests.support import EXAMPLES, ROOT

FUNCTION = ROOT / "function"
_TRUST = "trust_of_role"


class Walk:
    """The files that a call goes through."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.of_trust: set[str] = set()
        self.calls = self.changes = self.depth = 0
        self._stack: list[tuple[str, str]] = []
        self._last = ""

    def follow(self, call: Callable[[], object]) -> "Walk":
        """Go through a call."""
        sys.setprofile(self._event)
        try:
            call()
        finally:
            sys.setprofile(None)
        return self

    def _event(self, frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if not file.startswith(str(FUNCTION)):
            return
        if event == "call":
            self.calls += 1
            self.changes += file != self._last
            self.files.add(file)
            self._last = file
            self._stack.append((file, frame.f_code.co_name))
            self.depth = max(self.depth, len(self._stack))
            if any(name == _TRUST for _, name in self._stack):
                self.of_trust.add(file)
        elif event == "return" and self._stack:
            self._stack.pop()
            self._last = self._stack[-1][0] if self._stack else ""


def smallest() -> fnv1.RunFunctionRequest:
    """The call for the smallest example, the facts of its cluster beside the name."""
    xr = yaml.safe_load((EXAMPLES / "smallest" / "xr.yaml").read_text())
    for cluster in xr["spec"]["clusters"]:
        cluster["eks"] = {"region": "ap-northeast-2", "accountId": "678801588313"}
    request = fnv1.RunFunctionRequest()
    resource.update(request.observed.composite, xr)
    return request


def rows() -> Iterator[tuple[str, object]]:
    """What is counted, and the count."""
    request = smallest()
    # What is loaded or compiled at the first call is no part of the way.
    run(request)
    walk = Walk().follow(lambda: run(request))
    modules = [path for path in FUNCTION.rglob("*.py") if path.name != "__init__.py"]
    yield "files entered to render the smallest example", f"{len(walk.files)} of {len(modules)}"
    yield "changes of file on the way", f"{walk.changes} ({walk.calls} calls, depth {walk.depth})"
    yield "files entered for its trust policy", len(walk.of_trust)
    yield "modules at the root of function/", sum(path.parent == FUNCTION for path in modules)
    yield "layers of pyproject.toml", len(_layers())
    yield "longest file of function/, in lines", max(_lines(path) for path in modules)
    yield "longest function body, in lines", max(length for path in modules for length in _bodies(path))
    yield "lines of function/", sum(map(_lines, FUNCTION.rglob("*.py")))
    cover = [*FUNCTION.rglob("*cover.py"), *FUNCTION.rglob("cover/*.py")]
    yield "lines of the cover", sum(map(_lines, cover))
    yield "entries at the root of tests/", len([path for path in (ROOT / "tests").iterdir() if path.name[0] not in "._"])
    yield "lines of tests/standin, and of them in its tables and scenarios", " / ".join(map(str, _standin()))
    yield "lines of README.md", _lines(ROOT / "README.md")
    yield "lines of CONTRIBUTING.md", _lines(ROOT / "CONTRIBUTING.md")


def _layers() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(each["layers"] for each in contracts if each.get("containers") == ["function"])
    return layers


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _bodies(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.body[-1].end_lineno or 0) - node.body[0].lineno + 1


def _standin() -> tuple[int, int]:
    files = list((ROOT / "tests" / "standin").rglob("*.py"))
    told = [path for path in files if "scenarios" in path.parts or path.name.startswith(("behaviour", "test_"))]
    return sum(map(_lines, files)), sum(map(_lines, told))


def main() -> None:
    """Print the table."""
    width = max(len(name) for name, _ in rows())
    for name, value in rows():
        print(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    main()

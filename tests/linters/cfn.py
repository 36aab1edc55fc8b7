"""Runs cfn-lint on roles and pod identity associations, put into a CloudFormation template."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("cfn-lint")
ROLE = "AWS::IAM::Role"
ASSOCIATION = "AWS::EKS::PodIdentityAssociation"

# The exit status is a sum: 2 for errors, 4 for warnings, 8 for information. Others mean that nothing was linted.
_FINDINGS = range(0, 15, 2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What cfn-lint says of one resource: a rule that begins with E is an error, with W or I an opinion."""

    resource: str
    rule: str
    message: str


def role(trust: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """Give a role as CloudFormation writes it, with more properties by CloudFormation's names."""
    return {"Type": ROLE, "Properties": {"AssumeRolePolicyDocument": trust, **properties}}


def association(**properties: Any) -> dict[str, Any]:
    """Give an association as CloudFormation writes it, from properties by CloudFormation's names."""
    return {"Type": ASSOCIATION, "Properties": properties}


def lint(resources: Mapping[str, Mapping[str, Any]], region: str = "us-east-1") -> list[Finding]:
    """Lint the resources, each under a name of letters and digits."""
    with tempfile.TemporaryDirectory() as folder:  # so that no configuration file is picked up
        template = Path(folder) / "template.json"
        template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
        command: list[str | Path] = [PROGRAM, template, "--format", "json", "--regions", region]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode not in _FINDINGS:
        message = f"cfn-lint failed: {done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return [_finding(found) for found in json.loads(done.stdout)]


def _finding(found: Mapping[str, Any]) -> Finding:
    path = found["Location"]["Path"] or []
    return Finding(
        resource=path[1] if path[:1] == ["Resources"] and len(path) > 1 else "",
        rule=found["Rule"]["Id"],
        message=found["Message"],
    )

"""The roles of all examples, and policies of widespread controllers: an AWS that nobody here wrote creates them as rendered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
import yaml
from moto import mock_aws
from moto.iam.aws_managed_policies import aws_managed_policies_data

from function.catalogue.entry import Fetched
from function.catalogue.merge import merge
from tests.support import EXAMPLES
from tests.support.xrs import changed, composed
from tests.test_examples import required

_CONTROLLERS = yaml.safe_load((Path(__file__).parent / "controllers.yaml").read_text())
_MANAGED_MAX = 6_144


@pytest.fixture(scope="module")
def client() -> Any:
    """Takes long to make. It calls whichever AWS is mocked at the time."""
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")  # noqa: S106


@pytest.fixture
def iam(client: Any) -> Iterator[Any]:
    with mock_aws():
        yield client


def document(controller: dict[str, Any]) -> dict[str, Any]:
    if "managed" in controller:
        found: dict[str, Any] = json.loads(aws_managed_policies_data)[controller["managed"]]["Document"]
        return found
    return {"Version": "2012-10-17", "Statement": [_statement(*row) for row in controller["statements"]]}


def _statement(actions: Any, resources: Any, condition: dict[str, Any] | None = None, effect: str = "Allow") -> dict[str, Any]:
    body = {"Effect": effect, "Action": actions, "Resource": resources}
    return body | ({"Condition": condition} if condition else {})


def create(iam: Any, spec: dict[str, Any]) -> int:
    """Create what is rendered. The number of policies."""
    result = composed(spec)
    assert result.fatal is None, result.fatal
    policies = 0
    for one in (made.object() for made in result.resources):
        fields = one["spec"].get("forProvider", {})
        name = one.get("metadata", {}).get("annotations", {}).get("crossplane.io/external-name")
        if one["kind"] == "Role" and "assumeRolePolicy" in fields:
            iam.create_role(RoleName=name, Path=fields["path"], AssumeRolePolicyDocument=fields["assumeRolePolicy"])
            for policy in filter(None, fields.get("inlinePolicy", ())):
                iam.put_role_policy(RoleName=name, PolicyName=policy["name"], PolicyDocument=policy["policy"])
                assert iam.get_role_policy(RoleName=name, PolicyName=policy["name"])["PolicyDocument"] == json.loads(
                    policy["policy"]
                )
                policies += 1
        elif one["kind"] == "Policy":
            iam.create_policy(PolicyName=name, Path=fields["path"], PolicyDocument=fields["policy"])
            policies += 1
    return policies


def test_there_are_many() -> None:
    assert len(_CONTROLLERS) >= 24
    assert all(controller["from"] for controller in _CONTROLLERS)


@pytest.mark.parametrize("controller", _CONTROLLERS, ids=[one["name"] for one in _CONTROLLERS])
def test_a_controllers_policy_is_created(controller: dict[str, Any], iam: Any) -> None:
    whole = document(controller)
    permissions: dict[str, Any] = {"inlinePolicies": [{"name": "controller", "document": whole}]}
    if len(json.dumps(whole)) < _MANAGED_MAX:
        permissions["managedPolicies"] = [{"name": "controller", "document": whole}]
    assert create(iam, changed((("aws", "permissions"), permissions))) == len(permissions)


@pytest.mark.parametrize("folder", sorted(file.parent for file in EXAMPLES.glob("*/xr.yaml")), ids=lambda folder: folder.name)
def test_what_an_example_renders_is_created(folder: Path, iam: Any) -> None:
    written = yaml.safe_load((folder / "xr.yaml").read_text())
    spec: Any = merge(written["spec"], Fetched.read(required(folder)), written["metadata"]["namespace"], claim=True).spec
    if "aws" in spec:
        create(iam, spec)

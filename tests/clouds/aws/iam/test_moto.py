"""What is refused here since IAM refuses it: moto, which nobody here wrote, gives IAM's answer to the same."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from moto import mock_aws

from function.clouds.aws.iam.resource_arns import wrong_resource
from tests.clouds.aws.iam.test_condition_reader import DATES
from tests.clouds.aws.iam.test_resource_arns import REFUSED, TAKEN
from tests.support.xrs import changed, composed

A = "111122223333"
OLD = "2008-10-17"
NEW = "2012-10-17"

# Version, statement, IAM's answer, where it is refused here
SAME: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a bucket's region": (
        NEW,
        {"Resource": f"arn:aws:s3:eu-west-1:{A}:reports/*"},
        "can not contain region information",
        "Statement[0].Resource",
    ),
    "a path of IAM": (
        NEW,
        {"Resource": f"arn:aws:iam::{A}:account-alias/x"},
        'IAM resource path must either be "*" or start with user/',
        "Statement[0].Resource",
    ),
    "a region of IAM": (
        NEW,
        {"Resource": f"arn:aws:iam:eu-west-1:{A}:role/x"},
        "cannot contain region information",
        "Statement[0].Resource",
    ),
    "the old version": (OLD, {}, "Policy document must be version 2012-10-17 or greater", "Version"),
    "no ARN": (NEW, {"Resource": "reports"}, 'must be in ARN format or "*"', "Statement[0].Resource"),
    "no partition": (NEW, {"Resource": "arn:aws-eu:s3:::reports"}, "Partition", "Statement[0].Resource"),
    "a basic date": (
        NEW,
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "20261127T100000Z"}}},
        "legacy parsing",
        "Statement[0].Condition",
    ),
    "an offset without a colon": (
        NEW,
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-27T10:00:00+0200"}}},
        "legacy parsing",
        "Statement[0].Condition",
    ),
    "a time without seconds": (
        NEW,
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-27T10:00Z"}}},
        "legacy parsing",
        "Statement[0].Condition",
    ),
}
_NOT_IN_MOTO = re.compile(
    rf"arn:aws:iam::(aws|{A}):(root|contextProvider/.*|\*)"  # in IAM's own message, or newer than moto's
    r"|arn:aws:s3:[^:]+:[^:]*:(access-grants|async-request|job|storage-lens|storage-lens-group)/.*"  # it knows access points alone
    r"|arn:aws:s3:[^:]+:[^:]*:a?\*"  # which may be those of access points
    r"|arn:aws:sqs"
)


@pytest.fixture(scope="module")
def iam() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


def answer(iam: Any, version: str, statement: dict[str, Any]) -> str:
    """IAM's answer to a policy; nothing where it takes it."""
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    document = json.dumps({"Version": version, "Statement": [whole]})
    try:
        iam.create_policy(PolicyName=f"p{sha256(document.encode()).hexdigest()}", PolicyDocument=document)
    except ClientError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", SAME)
def test_it_is_refused_by_both(name: str, iam: Any) -> None:
    version, statement, said, at = SAME[name]
    assert said in answer(iam, version, statement)
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    policy = {"name": "p", "document": {"Version": version, "Statement": [whole]}}
    fatal = composed(changed((("aws", "permissions", "managedPolicies"), [policy]))).fatal
    assert fatal is not None
    assert f"managedPolicies[0].document.{at}" in fatal


def test_what_is_taken_here_it_takes(iam: Any) -> None:
    for value in TAKEN:
        if not _NOT_IN_MOTO.fullmatch(value):
            assert answer(iam, NEW, {"Resource": value}) == "", value
    # An offset to the west, parts of a second since 1970 and variables it cannot read.
    for date in {str(date) for date in DATES if not str(date).endswith(("-08:00", ".5", "}"))}:
        assert answer(iam, NEW, {"Condition": {"DateLessThan": {"aws:CurrentTime": date}}}) == "", date


def test_what_is_refused_for_iams_sake_it_refuses(iam: Any) -> None:
    for value, message in REFUSED:
        if message.startswith(("buckets and objects", "IAM takes", "IAM's ARNs", "there is no partition")):
            assert wrong_resource(value, "aws")
            assert answer(iam, NEW, {"Resource": value}), value

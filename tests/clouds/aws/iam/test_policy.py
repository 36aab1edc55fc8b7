"""Policies as values, and what is read of users' own."""

import json

import pytest

from function.clouds.aws.iam.policy import PolicyDocument, Statement, characters, merged
from function.clouds.aws.iam.policy_reader import read_document, read_json_document


def test_conditions_of_one_operator_meet() -> None:
    first, second = {"StringEquals": {"a:b": ("1",)}}, {"StringEquals": {"c:d": ("2",)}, "Bool": {"e:f": ("true",)}}
    assert merged((first, second)) == {"StringEquals": {"a:b": ("1",), "c:d": ("2",)}, "Bool": {"e:f": ("true",)}}


def test_white_space_does_not_count() -> None:
    assert characters('{ "a":\n\t"b c" }') == len('{"a":"bc"}')


def test_one_value_stands_alone_and_several_in_a_list() -> None:
    policy = PolicyDocument((Statement(action=("a:b",), resource=("*", "arn:aws:s3:::x")),))
    assert json.loads(policy.json)["Statement"] == [{"Effect": "Allow", "Action": "a:b", "Resource": ["*", "arn:aws:s3:::x"]}]


DOCUMENTS = [
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    {"Version": "2008-10-17", "Id": "x", "Statement": [{"Sid": "A1", "Effect": "Deny", "NotAction": ["s3:Get*"], "NotResource": ["arn:aws:s3:::${aws:username}/*"]}]},
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:TokenIssueTime": True}, "NumericLessThan": {"s3:max-keys": 10}},
            }
        ],
    },
]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_keep_their_meaning(document: dict[str, object]) -> None:
    read = read_document(document, (), "aws")
    assert _bare(json.loads(read.value.json)) == _bare(document)
    assert read_json_document(json.dumps(document), (), "aws") == read
    assert not read.errors


def _bare(value: object) -> object:
    """Normalised as IAM does it: lists of one, true and 10 as strings."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return _bare(value[0]) if len(value) == 1 else [_bare(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)

"""What a trust policy admits, case by case from the IAM User Guide."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from function.clouds.aws.iam.evaluate import Decision, Principal, Request, evaluate
from function.clouds.aws.trust.judge import LeftOut, left_out
from function.clouds.aws.trust.pod_identity import SERVICE
from function.clouds.aws.trust.requests import Pod, Token, admits_pod

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
CLUSTER = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/blue"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example.org/id/A1"
ACTIONS = ["sts:AssumeRole", "sts:TagSession"]

Context = Mapping[str, str | tuple[str, ...]]


def statement(condition: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": ACTIONS}
    return body | ({"Condition": condition} if condition else {}) | changes


def trust(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def without(body: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != key}


def ask(document: dict[str, Any], context: Context, *, action: str = "sts:AssumeRole") -> Decision:
    return evaluate(document, Request(action, Principal("Service", SERVICE), context))


ARN = "arn:aws:s3:us-east-1:111122223333:bucket/a/b"
BINARY = "QmluYXJ5"

# operator, the policy's value, the request's value (None: absent), whether the condition holds, why
CONDITIONS: list[tuple[str, Any, str | tuple[str, ...] | None, bool, str]] = [
    ("StringEquals", "a", "a", True, "equal"),
    ("StringEquals", "a", "A", False, "values are case-sensitive"),
    ("StringEquals", "a*", "ab", False, "no wildcards"),
    ("StringEquals", "a*", "a*", True, "a star is a character"),
    ("StringEquals", ["a", "b"], "b", True, "one value of the list"),
    ("StringEquals", ["a", "b"], "c", False, "no value of the list"),
    ("StringEquals", "a", None, False, "absent"),
    ("StringEquals", [], "a", False, "an empty list has nothing to equal"),
    ("StringNotEquals", "a", "b", True, "different"),
    ("StringNotEquals", "a", "a", False, "equal"),
    ("StringNotEquals", ["a", "b"], "b", False, "none of the list may match"),
    ("StringNotEquals", ["a", "b"], "c", True, "none of the list matches"),
    ("StringNotEquals", "a", None, True, "absent satisfies a negated operator"),
    ("StringEqualsIgnoreCase", "Ab", "aB", True, "case ignored"),
    ("StringEqualsIgnoreCase", "Ab", "ac", False, "different letters"),
    ("StringNotEqualsIgnoreCase", "Ab", "aB", False, "case ignored"),
    ("StringNotEqualsIgnoreCase", "Ab", "ac", True, "different letters"),
    ("StringLike", "a*c", "abbc", True, "star"),
    ("StringLike", "a*c", "ac", True, "star stands for nothing too"),
    ("StringLike", "a?c", "abc", True, "question mark"),
    ("StringLike", "a?c", "ac", False, "question mark stands for one character"),
    ("StringLike", "a*", "A1", False, "case-sensitive"),
    ("StringLike", "*a*a*b", "aaaaab", True, "stars try again further on"),
    ("StringLike", "*a*a*b", "aaaaa", False, "stars find no end"),
    ("StringLike", "a.c", "abc", False, "a dot is a character"),
    ("StringLike", "a*", "a:b/c\n", True, "star crosses every character"),
    ("StringLike", "", "", True, "empty text"),
    ("StringNotLike", "a*", "abc", False, "like"),
    ("StringNotLike", "a*", "b", True, "not like"),
    ("NumericEquals", "10", "10.0", True, "equal numbers"),
    ("NumericEquals", 10, "10", True, "a JSON number"),
    ("NumericEquals", "10", "ten", False, "no number"),
    ("NumericEquals", "NaN", "NaN", False, "no number"),
    ("NumericNotEquals", "10", "11", True, "different"),
    ("NumericNotEquals", "10", "10.0", False, "equal"),
    ("NumericLessThan", "10", "9", True, "less: as numbers, not as text"),
    ("NumericLessThan", "10", "10", False, "not less"),
    ("NumericLessThanEquals", "10", "10", True, "equal"),
    ("NumericLessThanEquals", "10", "10.5", False, "more"),
    ("NumericGreaterThan", "10", "1e2", True, "more"),
    ("NumericGreaterThan", "10", "10", False, "equal"),
    ("NumericGreaterThanEquals", "10", "10", True, "equal"),
    ("NumericGreaterThanEquals", "10", "-10", False, "less"),
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True, "the same moment"),
    ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", True, "epoch seconds"),
    ("DateEquals", "2026-01", "2026-01-01", True, "a month begins with its first day"),
    ("DateEquals", "2026-13-01", "2026-13-01", False, "no date"),
    ("DateNotEquals", "2026-01-01", "2026-01-02", True, "different"),
    ("DateNotEquals", "2026-01-01", "2026-01-01", False, "equal"),
    ("DateLessThan", "2026-01-02", "2026-01-01", True, "before"),
    ("DateLessThan", "2026-01-01", "2026-01-01", False, "not before"),
    ("DateLessThanEquals", "2026-01-01", "2026-01-01", True, "at"),
    ("DateLessThanEquals", "2026-01-01", "2026-01-02", False, "after"),
    ("DateGreaterThan", "2026-01-01", "2026-01-02", True, "after"),
    ("DateGreaterThan", "2026-01-01", "2026-01-01", False, "not after"),
    ("DateGreaterThanEquals", "2026-01-01", "2026-01-01", True, "at"),
    ("DateGreaterThanEquals", "2026-01-02", "2026-01-01", False, "before"),
    ("Bool", "true", "true", True, "equal"),
    ("Bool", True, "true", True, "a JSON boolean"),
    ("Bool", "true", "false", False, "different"),
    ("Bool", "yes", "yes", False, "no boolean"),
    ("Bool", "true", None, False, "absent"),
    ("BinaryEquals", BINARY, BINARY, True, "the same bytes"),
    ("BinaryEquals", BINARY, "b3RoZXI=", False, "other bytes"),
    ("BinaryEquals", "!", "!", False, "no base64"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", True, "in the range"),
    ("IpAddress", "203.0.113.0/24", "203.0.114.9", False, "outside"),
    ("IpAddress", "203.0.113.9", "203.0.113.9", True, "one address"),
    ("IpAddress", "0.0.0.0/0", "203.0.113.9", True, "every IPv4 address"),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", False, "no IPv6 address"),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True, "an IPv6 range"),
    ("IpAddress", "203.0.113.9/24", "203.0.113.1", True, "a range by any of its addresses"),
    ("IpAddress", "here", "here", False, "no address"),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", False, "in the range"),
    ("NotIpAddress", "203.0.113.0/24", "203.0.114.9", True, "outside"),
    ("NotIpAddress", "203.0.113.9", "2001:db8::1", True, "an IPv6 address is another"),
    ("ArnEquals", ARN, ARN, True, "equal"),
    ("ArnEquals", "arn:aws:s3:*:111122223333:bucket/*", ARN, True, "wildcards, as in ArnLike"),
    ("ArnLike", "arn:aws:s3:*:111122223333:bucket/?/b", ARN, True, "wildcards"),
    ("ArnLike", "arn:aws:*:111122223333:bucket/a/b", ARN, False, "no wildcard reaches over a colon"),
    ("ArnLike", "arn:*", ARN, False, "six parts"),
    ("ArnLike", "arn:aws:s3:::b/*", "arn:aws:s3:::b/c:d:e", True, "the last part may hold colons"),
    ("ArnLike", "arn:aws:s3:::b/*:e", "arn:aws:s3:::b/c:d:e", True, "of the pattern too"),
    ("ArnLike", "*", ARN, False, "no ARN"),
    ("ArnLike", ARN, "text", False, "no ARN in the request"),
    ("ArnLike", ARN.upper(), ARN, False, "case-sensitive"),
    ("ArnNotEquals", ARN, ARN, False, "equal"),
    ("ArnNotEquals", "arn:aws:s3:*:*:other", ARN, True, "different"),
    ("ArnNotLike", "arn:aws:s3:*:*:bucket/*", ARN, False, "like"),
    ("ArnNotLike", "arn:aws:s3:*:*:other", ARN, True, "not like"),
    ("ArnNotLike", "arn:aws:s3:*:*:other", None, True, "absent satisfies a negated operator"),
    ("Null", "true", None, True, "absent, as wanted"),
    ("Null", "true", "a", False, "present"),
    ("Null", False, "a", True, "present, as wanted"),
    ("Null", "false", None, False, "absent"),
    ("Null", "true", (), True, "a key of no values is absent"),
    ("StringEqualsIfExists", "a", None, True, "absent"),
    ("StringEqualsIfExists", "a", "b", False, "present and different"),
    ("StringNotEqualsIfExists", "a", "a", False, "present and equal"),
    ("ArnLikeIfExists", "arn:aws:s3:*:*:*", ARN, True, "present and like"),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True, "each is listed"),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False, "one is not listed"),
    ("ForAllValues:StringEquals", "a", None, True, "absent: nothing is not listed"),
    ("ForAllValues:StringEquals", "a", ("",), True, "empty text is a null data set"),
    ("ForAllValues:StringLike", "a*", ("a1", "a2"), True, "each is like it"),
    ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), True, "each is none of them"),
    ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "b"), False, "one is one of them"),
    ("ForAnyValue:StringEquals", "a", ("b", "a"), True, "one is listed"),
    ("ForAnyValue:StringEquals", "a", ("b", "c"), False, "none is listed"),
    ("ForAnyValue:StringEquals", "a", None, False, "absent: nothing is listed"),
    ("ForAnyValue:StringNotEquals", "a", ("a", "b"), True, "one is another"),
    ("ForAnyValue:StringNotEquals", "a", ("a",), False, "none is another"),
    ("ForAnyValue:StringNotEquals", "a", None, False, "absent: there is no other"),
    ("ForAnyValue:StringEqualsIfExists", "a", None, True, "absent"),
]


@pytest.mark.parametrize(
    ("operator", "wanted", "said", "holds"),
    [pytest.param(*case[:4], id=f"{case[0]} {case[1]} {case[2]}: {case[4]}") for case in CONDITIONS],
)
def test_condition(operator: str, wanted: Any, said: str | tuple[str, ...] | None, *, holds: bool) -> None:
    context: Context = {} if said is None else {"aws:key": said}
    allow, deny = statement({operator: {"aws:Key": wanted}}), statement({operator: {"aws:Key": wanted}}, Effect="Deny")
    assert ask(trust(allow), context).allowed is holds
    assert ask(trust(statement(), deny), context).allowed is not holds


# operator, the policy's value, the request, whether the condition on aws:RequestTag/team holds, why
VARIABLES: list[tuple[str, str, Context, bool, str]] = [
    ("StringEquals", "${aws:SourceOrgId}", {"team": "o-1", "aws:SourceOrgID": "o-1"}, True, "names ignore case"),
    ("StringEquals", "x-${aws:PrincipalTag/x}-y", {"team": "x-1-y", "aws:PrincipalTag/x": "1"}, True, "inside text"),
    ("StringEquals", "${aws:PrincipalTag/x}", {"team": "2", "aws:PrincipalTag/x": "1"}, False, "another value"),
    ("StringEquals", "${aws:PrincipalTag/x}", {"team": "${aws:PrincipalTag/x}"}, False, "no value: nothing equals it"),
    ("StringLike", "*${aws:PrincipalTag/x}", {"team": "a"}, False, "no value: nothing is like it"),
    ("StringEquals", "${aws:PrincipalTag/x}", {"team": "", "aws:PrincipalTag/x": ""}, False, "empty is no value"),
    ("StringNotEquals", "${aws:PrincipalTag/x}", {"team": "a"}, True, "no value: all are different"),
    ("StringEquals", "${aws:TagKeys}", {"team": "a", "aws:TagKeys": ("a", "b")}, False, "several values are no value"),
    ("StringEquals", "${aws:PrincipalTag/x, 'all'}", {"team": "all"}, True, "a default"),
    ("StringEquals", "${aws:PrincipalTag/x, 'all'}", {"team": "all", "aws:PrincipalTag/x": "1"}, False, "unneeded"),
    ("StringLike", "${aws:PrincipalTag/x}", {"team": "ab", "aws:PrincipalTag/x": "a*"}, False, "brings no wildcard"),
    ("StringLike", "a${*}*", {"team": "a*b"}, True, "an escaped star and a wildcard"),
    ("StringLike", "a${*}*", {"team": "abc"}, False, "an escaped star is a star"),
    ("StringLike", "${?}${$}", {"team": "?$"}, True, "the other escapes"),
    ("StringEquals", "a${*}", {"team": "a*"}, True, "escapes in operators without wildcards"),
    ("ArnLike", "arn:aws:s3:::${aws:SourceOrgId}", {"team": "arn:aws:s3:::o", "aws:SourceOrgId": "o"}, True, "in ARNs"),
    ("NumericEquals", "${aws:PrincipalTag/x}", {"team": "1", "aws:PrincipalTag/x": "1"}, False, "not in numbers"),
    ("StringEquals", "${aws:SourceOrgId", {"team": "${aws:SourceOrgId"}, True, "unfinished: plain text"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "wanted", "context", "holds"),
    [pytest.param(*case[:4], id=f"{case[0]} {case[1]}: {case[4]}") for case in VARIABLES],
)
def test_policy_variable(operator: str, wanted: str, context: Context, *, holds: bool) -> None:
    document = trust(statement({operator: {"team": wanted}}))
    assert ask(document, context).allowed is holds


def test_policy_variables_are_text_in_the_older_version() -> None:
    body = statement({"StringEquals": {"team": "${aws:SourceOrgId}"}})
    context = {"team": "${aws:SourceOrgId}", "aws:SourceOrgId": "o-1"}
    assert ask(trust(body, version="2008-10-17"), context).allowed
    assert ask({"Statement": body}, context).allowed
    assert not ask(trust(body), context).allowed


ROLE = f"arn:aws:iam::{ACCOUNT}:role/source"
SESSION = Principal("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/source/session")
PODS = Principal("Service", SERVICE)
TOKEN = Principal("Federated", PROVIDER)

PRINCIPALS: list[tuple[Any, Principal, bool, str]] = [
    ({"Service": SERVICE}, PODS, True, "the service"),
    ({"Service": ["ec2.amazonaws.com", SERVICE]}, PODS, True, "one of the services"),
    ({"Service": "ec2.amazonaws.com"}, PODS, False, "another service"),
    ({"AWS": SERVICE}, PODS, False, "another kind"),
    ({"Service": ROLE}, Principal("AWS", ROLE), False, "another kind"),
    ("*", PODS, True, "everyone"),
    ("*", SESSION, True, "everyone"),
    ({"AWS": "*"}, TOKEN, True, "everyone"),
    ({"AWS": ROLE}, Principal("AWS", ROLE), True, "the role"),
    ({"AWS": ROLE}, SESSION, True, "a session of the role"),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/source"}, SESSION, True, "a session leaves out the path of its role"),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/source2"}, SESSION, False, "another role"),
    ({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/source"}, SESSION, False, "a role of that name in another account"),
    ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:role/source"}, SESSION, False, "a role of another partition"),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/source"}, SESSION, False, "a user"),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, SESSION, False, "no wildcards in principals"),
    (
        {"AWS": ROLE},
        Principal("AWS", f"arn:aws:sts::{ACCOUNT}:federated-user/source"),
        False,
        "another kind of session",
    ),
    ({"AWS": SESSION.name}, SESSION, True, "the session"),
    ({"AWS": SESSION.name}, Principal("AWS", f"{SESSION.name}2"), False, "another session"),
    ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, SESSION, True, "the account"),
    ({"AWS": ACCOUNT}, Principal("AWS", f"arn:aws:iam::{ACCOUNT}:user/person"), True, "the account"),
    ({"AWS": [OTHER_ACCOUNT, ROLE]}, SESSION, True, "one of two"),
    ({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, SESSION, False, "another account"),
    ({"AWS": ACCOUNT}, PODS, False, "a service is in no account"),
    ({"AWS": ACCOUNT}, TOKEN, False, "a web identity is in no account"),
    ({"AWS": ROLE}, Principal("AWS", "source"), False, "a caller without an ARN"),
    ({"Federated": PROVIDER}, TOKEN, True, "the provider"),
    ({"Federated": f"{PROVIDER}2"}, TOKEN, False, "another provider"),
]


@pytest.mark.parametrize(
    ("element", "caller", "named"),
    [pytest.param(*case[:3], id=f"{case[0]} {case[1].name}: {case[3]}") for case in PRINCIPALS],
)
def test_principal(element: Any, caller: Principal, *, named: bool) -> None:
    request = Request("sts:AssumeRole", caller, {})
    assert evaluate(trust(statement(Principal=element)), request).allowed is named
    body = without(statement(NotPrincipal=element, Effect="Deny"), "Principal")
    assert evaluate(trust(statement(Principal="*"), body), request).allowed is named


@pytest.mark.parametrize(
    ("element", "covered"),
    [
        ("sts:AssumeRole", True),
        ("STS:ASSUMEROLE", True),
        ("sts:Assume*", True),
        ("sts:?ssumeRole", True),
        ("*", True),
        (["sts:TagSession", "sts:*"], True),
        ("sts:AssumeRoleWithWebIdentity", False),
        ("sts:TagSession", False),
        ("s3:*", False),
        ([], False),
    ],
)
def test_action(element: Any, *, covered: bool) -> None:
    assert ask(trust(statement(Action=element)), {}).allowed is covered
    assert ask(trust(without(statement(NotAction=element), "Action")), {}).allowed is not covered


def test_all_keys_and_operators_must_hold() -> None:
    body = statement({"StringEquals": {"a": "1", "b": "2"}, "StringLike": {"c": "3*"}})
    whole = {"a": "1", "b": "2", "c": "34"}
    assert ask(trust(body), whole).allowed
    for key in whole:
        assert not ask(trust(body), whole | {key: "other"}).allowed


def test_an_explicit_deny_wins_over_any_allow() -> None:
    deny = statement({"StringEquals": {"team": "a"}}, Effect="Deny")
    decision = ask(trust(statement(), deny, statement()), {"team": "a"})
    assert decision == Decision(
        allowed=False, statement=1, reasons=("statement 0: allows", "statement 1: denies", "statement 2: allows")
    )
    assert ask(trust(statement(), deny), {"team": "b"}).statement == 0


def test_reasons_say_what_each_statement_lacks() -> None:
    document = trust(
        statement({"StringEquals": {"team": "b"}, "Null": {"org": "false"}}),
        statement({"StringNotLike": {"team": ["a*", "b*"]}, "ForAnyValue:StringLike": {"team": "c"}}),
        statement({"Null": {"team": "true"}, "ForAllValues:NumericLessThan": {"team": "1"}}),
        statement(Action="sts:TagSession"),
        statement(Principal={"Service": "ec2.amazonaws.com"}),
    )
    assert ask(document, {"team": "a"}) == Decision(
        allowed=False,
        statement=None,
        reasons=(
            'statement 0: StringEquals team: is "a", must be "b"; Null org: is absent, must be present',
            'statement 1: StringNotLike team: is "a", must not be like one of "a*", "b*"; '
            'ForAnyValue:StringLike team: is "a", must, for one value, be like "c"',
            'statement 2: Null team: is "a", must be absent; '
            'ForAllValues:NumericLessThan team: is "a", must each be less than "1"',
            "statement 3: action sts:AssumeRole is not covered",
            "statement 4: principal pods.eks.amazonaws.com is not covered",
        ),
    )


def test_a_policy_without_statements_allows_nothing() -> None:
    assert ask(trust(), {}) == Decision(allowed=False, statement=None, reasons=())


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize(
    "operator",
    [
        "StringEqual",
        "stringEquals",
        "StringEqualsIfExist",
        "IfExists",
        "NullIfExists",
        "ForAllValues:Null",
        "ForEveryValue:StringEquals",
        "BoolNotEquals",
    ],
)
def test_an_unknown_operator_is_an_error_in_every_statement(operator: str, effect: str) -> None:
    document = trust(statement(), statement({operator: {"team": "true"}}, Effect=effect, Action="sts:Other"))
    with pytest.raises(ValueError, match=f'^statement 1: "{operator}" is not a condition operator$'):
        ask(document, {})


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (without(statement(), "Effect"), "Effect is None, must be Allow or Deny"),
        (statement(Effect="allow"), "Effect is 'allow', must be Allow or Deny"),
        (without(statement(), "Action"), "needs either Action or NotAction"),
        (statement(NotAction="*"), "needs either Action or NotAction"),
        (without(statement(), "Principal"), "needs either Principal or NotPrincipal"),
        (statement(Principal=SERVICE), f"Principal is '{SERVICE}', must be \"\\*\" or an object"),
        (statement(Resource="*"), "a trust policy has no Resource"),
        (statement({"Null": {"team": "yes"}}), 'Null team: "yes" is neither true nor false'),
        (statement({"StringEquals": {"team": {}}}), "StringEquals team: {} is not a string, a number or a boolean"),
    ],
)
def test_a_document_that_iam_would_refuse_is_an_error(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=f"^statement 0: {problem}$"):
        ask(trust(body), {})


def test_several_values_need_a_set_operator() -> None:
    document = trust(statement({"StringEquals": {"aws:TagKeys": "a"}}))
    assert ask(document, {"aws:TagKeys": ("a",)}).allowed
    with pytest.raises(ValueError, match="a key of several values needs ForAllValues: or ForAnyValue:"):
        ask(document, {"aws:TagKeys": ("a", "b")})


POD = Pod(CLUSTER, "payments", "api")
PINS = {
    "aws:RequestTag/eks-cluster-arn": CLUSTER,
    "aws:RequestTag/kubernetes-namespace": "payments",
    "aws:RequestTag/kubernetes-service-account": "api",
}
PINNED = trust(statement({"StringEquals": PINS}))
TAG_KEYS = [*(key.removeprefix("aws:RequestTag/") for key in PINS), "eks-cluster-name", "kubernetes-pod-*"]


@pytest.mark.parametrize(
    ("pod", "admitted"),
    [
        pytest.param(POD, True, id="the pod"),
        pytest.param(Pod(CLUSTER, "payments", "api", name="another", uid="1"), True, id="another pod of the account"),
        pytest.param(Pod(CLUSTER, "orders", "api"), False, id="another namespace"),
        pytest.param(Pod(CLUSTER, "payments", "web"), False, id="another service account"),
        pytest.param(Pod(CLUSTER.replace("eu-west-1", "us-east-1"), "payments", "api"), False, id="another region"),
        pytest.param(Pod(CLUSTER.replace(ACCOUNT, OTHER_ACCOUNT), "payments", "api"), False, id="another account"),
        pytest.param(Pod(CLUSTER, "payments", "api", session_tags=False), False, id="no session tags"),
    ],
)
def test_a_pinned_role_admits_only_its_pods(pod: Pod, *, admitted: bool) -> None:
    assert admits_pod(PINNED, pod).allowed is admitted


@pytest.mark.parametrize(
    ("condition", "pod", "admitted"),
    [
        pytest.param({"ArnEquals": {"aws:SourceArn": CLUSTER}}, POD, True, id="SourceArn"),
        pytest.param(
            {"ArnEquals": {"aws:SourceArn": CLUSTER}}, Pod(CLUSTER, "a", "b", session_tags=False), True, id="untagged"
        ),
        pytest.param({"ArnLike": {"aws:SourceArn": f"{CLUSTER}-2"}}, POD, False, id="another SourceArn"),
        pytest.param({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, POD, True, id="SourceAccount"),
        pytest.param({"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}, POD, False, id="another SourceAccount"),
        pytest.param({"StringEquals": {"aws:SourceOrgId": "${aws:ResourceOrgId}"}}, POD, False, id="no organization"),
        pytest.param(
            {"StringEquals": {"aws:SourceOrgId": "${aws:ResourceOrgId}"}},
            Pod(CLUSTER, "payments", "api", org="o-1"),
            True,
            id="in an organization",
        ),
        pytest.param({"ForAllValues:StringLike": {"aws:TagKeys": TAG_KEYS}}, POD, True, id="the six tags"),
        pytest.param({"ForAllValues:StringLike": {"aws:TagKeys": TAG_KEYS[1:]}}, POD, False, id="five of the six"),
        pytest.param({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "eks-cluster-arn"}}, POD, True, id="kept"),
        pytest.param({"StringEquals": {"aws:RequestTag/eks-cluster-name": "blue"}}, POD, True, id="the cluster's name"),
        pytest.param({"Null": {"aws:PrincipalArn": "true"}}, POD, True, id="a service has no PrincipalArn"),
    ],
)
def test_what_a_pod_request_carries(condition: dict[str, Any], pod: Pod, *, admitted: bool) -> None:
    assert admits_pod(trust(statement(condition)), pod).allowed is admitted


@pytest.mark.parametrize("action", ACTIONS)
def test_a_pod_needs_both_actions(action: str) -> None:
    other = next(name for name in ACTIONS if name != action)
    decision = admits_pod(trust(statement(Action=action)), POD)
    assert not decision.allowed
    assert f"{other}: statement 0: action {other} is not covered" in decision.reasons
    assert admits_pod(trust(statement(Action=action), statement(Action=other)), POD).allowed


def test_a_pod_is_denied_by_the_statement_that_denies_either_action() -> None:
    deny = statement(Action="sts:TagSession", Effect="Deny")
    assert admits_pod(trust(statement(), deny), POD).statement == 1


WITH_TOKEN = Token("https://oidc.example.org:443/id/A1", "payments", "api")
CLAIMS = {"oidc.example.org/id/A1:aud": "sts.amazonaws.com", "oidc.example.org/id/A1:sub": "system:serviceaccount:payments:api"}
BY_TOKEN: dict[str, Any] = {"Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity"}
DENY: dict[str, Any] = {"Effect": "Deny"}


def left(document: Any, *who: Pod | Token, pin: str = "ServiceAccount") -> tuple[int, ...] | None:
    text = document if isinstance(document, str) else json.dumps(document)
    found = left_out(text, who, "aws", ACCOUNT, pin)
    return found.indices if isinstance(found, LeftOut) else None


def test_what_cannot_be_known_of_a_pod_is_not_held_against_a_role() -> None:
    for tag in ("kubernetes-pod-name", "kubernetes-pod-uid"):
        by_name = {"StringLike": {f"aws:RequestTag/{tag}": "p*"}}
        assert left(trust(statement(by_name)), POD) == ()
        assert left(trust(statement(), statement(by_name, **DENY)), POD) == ()


def test_a_token_knows_the_account_of_the_role() -> None:
    for account, missing in ((ACCOUNT, ()), (OTHER_ACCOUNT, (0,))):
        assert left(trust(statement({"StringEquals": {"aws:ResourceAccount": account}}, **BY_TOKEN)), WITH_TOKEN) == missing


def test_a_trust_policy_that_is_nested_too_deep_is_not_judged() -> None:
    assert left("[" * 100_000, POD) is None


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        pytest.param(trust(statement(), statement(**BY_TOKEN)), (), id="both callers"),
        pytest.param(trust(statement()), (1,), id="EKS alone"),
        pytest.param(trust(statement(**BY_TOKEN)), (0,), id="tokens alone"),
        pytest.param(trust(), (0, 1), id="no statement"),
        pytest.param({**trust(), "Statement": statement()}, (1,), id="a statement without a list"),
        pytest.param(trust(statement(Action=ACTIONS[0]), statement(**BY_TOKEN)), (0,), id="without TagSession"),
        pytest.param(
            PINNED | {"Statement": [*PINNED["Statement"], statement({"StringEquals": CLAIMS}, **BY_TOKEN)]}, (), id="pins"
        ),
        pytest.param(
            trust(statement({"StringEquals": PINS | {"aws:RequestTag/kubernetes-namespace": "x"}}), statement(**BY_TOKEN)),
            (0,),
            id="another namespace",
        ),
        pytest.param(
            trust(statement(), statement({"StringEquals": {key: value + "x" for key, value in CLAIMS.items()}}, **BY_TOKEN)),
            (1,),
            id="other claims",
        ),
        pytest.param(
            trust(statement(), statement(**BY_TOKEN | {"Principal": {"Federated": PROVIDER.replace(ACCOUNT, OTHER_ACCOUNT)}})),
            (1,),
            id="the provider of another account",
        ),
        pytest.param(trust(statement(Principal="*", Action="*"), statement(**DENY)), (0,), id="a Deny for EKS"),
    ],
)
def test_whom_an_existing_role_leaves_out(document: Any, missing: tuple[int, ...]) -> None:
    assert left(document, POD, WITH_TOKEN) == missing


@pytest.mark.parametrize(
    ("statements", "missing"),
    [
        pytest.param([statement({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})], (), id="an address"),
        pytest.param([statement({"StringEquals": {"AWS:sourceorgid": "${aws:ResourceOrgId}"}})], (), id="an organization"),
        pytest.param([statement({"StringEquals": {"aws:ResourceTag/team": "data"}})], (), id="the role's tags"),
        pytest.param(
            [
                statement(
                    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}
                )
            ],
            (0,),
            id="beside it one that is known and fails",
        ),
        pytest.param(
            [statement({"StringEquals": {"aws:SourceOrgId": "o-1", "aws:SourceAccount": OTHER_ACCOUNT}})],
            (0,),
            id="beside it one of the same operator",
        ),
        pytest.param(
            [statement(), statement({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, **DENY)], (), id="in a Deny"
        ),
        pytest.param(
            [statement(), statement({"Bool": {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "true"}}, **DENY)],
            (),
            id="in a Deny, beside one that is known and holds",
        ),
        pytest.param(
            [statement(), statement({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, **DENY)], (0,), id="a Deny that is known"
        ),
        pytest.param(
            [statement(), statement({"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}, **DENY)], (), id="a Deny of others"
        ),
        pytest.param([statement({"StringEquals": {"aws:PrincipalTag/team": "data"}})], (0,), id="a key that EKS never sends"),
    ],
)
def test_what_nobody_can_know_counts_as_met_and_in_a_deny_as_not(statements: list[Any], missing: tuple[int, ...]) -> None:
    assert left(trust(*statements), POD) == missing


NAMESPACE_TAGS = {key: value for key, value in PINS.items() if not key.endswith("account")}
CLUSTER_TAG = {"aws:RequestTag/eks-cluster-arn": CLUSTER}
UNTAGGED = Pod(CLUSTER, "payments", "api", session_tags=False)


@pytest.mark.parametrize(
    ("condition", "pod", "enough"),
    [
        pytest.param({"StringEquals": PINS}, POD, ["ServiceAccount"], id="service account"),
        pytest.param({"StringEquals": NAMESPACE_TAGS}, POD, ["ServiceAccount", "Namespace"], id="namespace"),
        pytest.param({"StringEquals": CLUSTER_TAG}, POD, ["ServiceAccount", "Namespace", "Cluster", "None"], id="cluster"),
        pytest.param(
            {"ArnEquals": {"aws:SourceArn": CLUSTER}},
            UNTAGGED,
            ["ServiceAccount", "Namespace", "Cluster", "None"],
            id="untagged",
        ),
        pytest.param({"StringEquals": PINS}, UNTAGGED, [], id="untagged, and tags wanted"),
    ],
)
def test_a_wider_pin_wants_others_admitted_too(condition: dict[str, Any], pod: Pod, enough: list[str]) -> None:
    """A role that admits the listed service account alone is not what `pin: Namespace` is written for."""
    pins = ("ServiceAccount", "Namespace", "Cluster", "None")
    assert [pin for pin in pins if left(trust(statement(condition)), pod, pin=pin) == ()] == enough


@pytest.mark.parametrize(
    ("operator", "subject", "enough"),
    [
        ("StringEquals", "system:serviceaccount:payments:api", ["ServiceAccount"]),
        ("StringLike", "system:serviceaccount:payments:*", ["ServiceAccount", "Namespace"]),
        ("StringLike", "system:serviceaccount:*", ["ServiceAccount", "Namespace", "Cluster"]),
        ("StringEquals", "system:serviceaccount:payments:*", []),
    ],
)
def test_a_wider_pin_wants_other_tokens_admitted_too(operator: str, subject: str, enough: list[str]) -> None:
    document = trust(statement({operator: {"oidc.example.org/id/A1:sub": subject}}, **BY_TOKEN))
    assert [pin for pin in ("ServiceAccount", "Namespace", "Cluster") if left(document, WITH_TOKEN, pin=pin) == ()] == enough


@pytest.mark.parametrize(
    "document",
    [
        "",
        "%7B%22Version%22%7D",
        "null",
        "[]",
        "{}",
        '{"Statement": 5}',
        '{"Statement": ["Allow"]}',
        trust(statement(Effect="Maybe")),
        trust(statement(Effect=["Allow"])),
        trust(statement(Action=5)),
        trust(statement(Resource="*")),
        trust(statement({"StringEquls": {"aws:SourceAccount": ACCOUNT}})),
        trust(statement({"StringEquals": "aws:SourceAccount"})),
        trust(statement({"StringEquals": {"aws:TagKeys": "kubernetes-namespace"}})),
        trust(statement(), statement({"StringEquals": {"aws:SourceAccount": {}}}, **DENY)),
    ],
)
def test_what_cannot_be_judged_is_not_judged(document: Any) -> None:
    assert left(document, POD) is None

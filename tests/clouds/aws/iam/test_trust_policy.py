"""A policy that is read once and judges many requests together, against a plain evaluator that does neither."""

import json
import random
from typing import Any

import pytest

from function.clouds.aws.iam.evaluate import Asked, Principal, Request, TrustPolicy, evaluate
from function.steps import Steps, StepsSpent
from tests.support import plain_evaluate
from tests.support.profile import THOROUGH

POLICIES = 20_000 if THOROUGH else 600
ACCOUNT = "111122223333"
CLUSTERS = [f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/{name}" for name in ("blue", "b2")]
EKS = Principal("Service", "pods.eks.amazonaws.com")
PROVIDER = Principal("Federated", f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example.org/id/A1")
SUBJECT = "oidc.example.org/id/A1:sub"
NAMESPACE, NAME = "aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account"
MANY = 1 << 40

OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike", "StringLike"),
    *("ArnLike", "ArnEquals", "ArnNotLike", "Bool", "NumericEquals", "NumericLessThan", "NumericNotEquals", "Null"),
)
KEYS = (NAMESPACE, NAME, NAME.upper(), "aws:SourceArn", "aws:SourceAccount", "aws:TagKeys", "a:b", SUBJECT)
VALUES: tuple[Any, ...] = (
    *("data", "web", "d*", "*a*", "?ata", "w?b", "*b*e*", "*a??a*", "*?p?", "A*I", "*", "", ACCOUNT, "7", True),
    *(CLUSTERS[0], f"arn:aws:eks:*:{ACCOUNT}:cluster/b*", "arn:*:eks:*:*:cluster/?2", "arn:*", "kubernetes-*", "eks-?"),
    *("system:serviceaccount:data:*", "system:serviceaccount:*:api", "system:serviceaccount:data:api"),
    *(
        f"${{{NAMESPACE}}}",
        f"${{{NAMESPACE}}}*",
        f"${{ {NAME.lower()} , 'data' }}",
        "${a:b, 'd'}*",
        "a${*}",
        "${?}ata",
        "${a:b}",
    ),
    *(
        "${aws:SourceAccount}",
        f"arn:aws:eks:eu-west-1:${{aws:SourceAccount}}:cluster/${{{NAME}}}",
        "${aws:TagKeys}",
        "${",
        "${a",
    ),
)


def random_condition(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        operator, key = rng.choice(OPERATORS), rng.choice(KEYS)
        several = [rng.choice(VALUES) for _ in range(rng.choice((1, 1, 2, 5)))]
        if operator == "Null":
            several = [rng.choice(("true", "false"))]
        elif rng.random() < (0.9 if key == "aws:TagKeys" else 0.2):
            operator = f"{rng.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
        if operator != "Null" and rng.random() < 0.2:
            operator += "IfExists"
        found.setdefault(operator, {})[key] = several if len(several) > 1 or rng.random() < 0.5 else several[0]
    return found


def random_policy(rng: random.Random) -> dict[str, Any]:
    principals: list[Any] = [
        "*",
        {"AWS": "*"},
        {EKS.kind: EKS.name},
        {EKS.kind: [EKS.name, "x"]},
        {PROVIDER.kind: PROVIDER.name},
    ]
    actions: list[Any] = ["*", "sts:*", "STS:assume*", ["sts:AssumeRole", "sts:TagSession"], "sts:?agSession"]
    statements = [
        {
            "Effect": rng.choice(("Allow", "Allow", "Allow", "Deny")),
            rng.choice(("Action", "Action", "Action", "NotAction")): rng.choice(actions),
            rng.choice(("Principal", "Principal", "Principal", "NotPrincipal")): rng.choice(principals),
            "Condition": random_condition(rng),
        }
        for _ in range(rng.randint(1, 5))
    ]
    return {"Version": rng.choice(("2012-10-17", "2012-10-17", "2008-10-17")), "Statement": statements}


def random_requests(rng: random.Random) -> list[Request]:
    return [random_request(rng) for _ in range(rng.randint(1, 12))]


def random_request(rng: random.Random) -> Request:
    namespace, name = rng.choice(("data", "web", "d*", "")), rng.choice(("api", "worker", "data"))
    if rng.random() < 0.3:
        subject = f"system:serviceaccount:{namespace}:{name}"
        return Request("sts:AssumeRoleWithWebIdentity", PROVIDER, {SUBJECT: subject, "aws:SourceAccount": ACCOUNT})
    tags: dict[str, str | tuple[str, ...]] = {
        NAMESPACE: namespace,
        NAME: name,
        "aws:TagKeys": ("kubernetes-namespace", "eks-1"),
    }
    context = {"aws:SourceArn": rng.choice(CLUSTERS), "aws:SourceAccount": ACCOUNT, **(tags if rng.random() < 0.8 else {})}
    return Request(rng.choice(("sts:AssumeRole", "sts:TagSession")), EKS, context)


def plainly(policy: dict[str, Any], requests: list[Request]) -> list[bool] | None:
    try:
        return [plain_evaluate.allowed(policy, request) for request in requests]
    except ValueError:
        return None


def together(policy: TrustPolicy, requests: list[Request], steps: Steps | None = None) -> list[bool] | None:
    everyone = (1 << len(requests)) - 1
    try:
        refused = policy.refused(Asked(requests), everyone, steps or Steps(MANY))
    except ValueError:
        return None
    return [not refused >> index & 1 for index in range(len(requests))]


def test_many_requests_are_judged_as_each_alone() -> None:
    seen: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    for seed in range(POLICIES):
        rng = random.Random(seed)
        document, requests = random_policy(rng), random_requests(rng)
        expected = plainly(document, requests)
        assert together(TrustPolicy(document), requests) == expected, (seed, json.dumps(document))
        for each in [None] if expected is None else expected:
            seen[each] += 1
    assert all(count > POLICIES / 100 for count in seen.values()), seen


def test_each_request_is_judged_and_explained_by_itself() -> None:
    for seed in range(POLICIES):
        rng = random.Random(seed)
        document, request = random_policy(rng), random_request(rng)
        if plainly(document, [request]) is None:
            with pytest.raises(ValueError, match="a key of several values"):
                evaluate(document, request)
            continue
        decision = evaluate(document, request)
        assert decision.allowed == plain_evaluate.allowed(document, request), (seed, json.dumps(document))
        matched = [reason.endswith((": allows", ": denies")) for reason in decision.reasons]
        assert matched == plain_evaluate.matched(document, request)


def test_what_was_judged_before_changes_nothing() -> None:
    """One policy for one set of requests after the other, and two policies in turn."""
    for seed in range(POLICIES // 5):
        rng = random.Random(seed)
        documents = [random_policy(rng), random_policy(rng)]
        policies = [TrustPolicy(document) for document in documents]
        for _ in range(6):
            requests = random_requests(rng)
            for document, policy in zip(documents, policies, strict=True):
                assert together(policy, requests) == plainly(document, requests), (seed, json.dumps(documents))


def test_only_those_who_are_asked_about_count() -> None:
    for seed in range(POLICIES // 5):
        rng = random.Random(seed)
        document, requests = random_policy(rng), random_requests(rng)
        some = [index for index in range(len(requests)) if rng.random() < 0.5]
        among = sum(1 << index for index in some)
        expected = plainly(document, [requests[index] for index in some])
        if expected is not None:
            refused = TrustPolicy(document).refused(Asked(requests), among, Steps(MANY))
            assert refused == sum(1 << index for index, good in zip(some, expected, strict=True) if not good), seed


def pods(count: int, namespaces: int) -> list[Request]:
    return [
        Request("sts:AssumeRole", EKS, {NAMESPACE: f"{'a' * 50}{index % namespaces}", "x:y": str(index)})
        for index in range(count)
    ]


def spent(policy: TrustPolicy, requests: list[Request]) -> int:
    steps = Steps(MANY)
    together(policy, requests, steps)
    return MANY - steps.left


def liking(key: str, *values: str) -> TrustPolicy:
    condition = {"StringLike": {key: list(values)}}
    return TrustPolicy(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": condition}]}
    )


def test_a_value_is_compared_once_however_many_have_it() -> None:
    patterns = [f"{'*a' * 20}{index}" for index in range(100)]
    few, many = pods(16, 16), pods(1024, 16)
    # What is left is looking up each request's value.
    assert spent(liking(NAMESPACE, *patterns), many) - spent(liking(NAMESPACE, *patterns), few) <= 8 * 1024
    assert spent(liking(NAMESPACE, *patterns), pods(1024, 1024)) > 50 * spent(liking(NAMESPACE, *patterns), few)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([f"{'*a' * 28}{index}" for index in range(120)], id="many stars"),
        pytest.param([f"*{'a?' * 20}b*{index}" for index in range(120)], id="question marks behind a star"),
        pytest.param([f"{'${x:y}*' * 10}{index}" for index in range(100)], id="variables"),
        pytest.param(["*".join(["${x:y}"] * 1000)], id="variables of one value"),
    ],
)
def test_what_takes_too_many_steps_is_given_up_at_the_same_step(values: list[str]) -> None:
    requests = pods(20, 20)
    needed = spent(liking(NAMESPACE, *values), requests)
    assert needed > 20 * 1000
    assert spent(liking(NAMESPACE, *values), list(reversed(requests))) == needed
    assert together(liking(NAMESPACE, *values), requests, Steps(needed)) is not None
    with pytest.raises(StepsSpent):
        together(liking(NAMESPACE, *values), requests, Steps(needed - 1))

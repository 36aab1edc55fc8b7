"""Our evaluator of trust policies against iam-simulate, which others wrote, on random policies and requests."""

import json
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from function.clouds.aws.iam.evaluate import Request, evaluate
from function.clouds.aws.trust.pod_identity import ACTIONS, SERVICE
from function.clouds.aws.trust.requests import Pod, admits_pod, requests
from tests.oracle import random_trust
from tests.oracle.iam_simulate import Case, simulate

pytestmark = pytest.mark.oracle

PAIRS = 6000
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}


def _pair(seed: int) -> tuple[dict[str, Any], Request]:
    random = Random(seed)
    request = random_trust.request(random)
    return random_trust.policy(random, request), request


def _case(name: str, trust: dict[str, Any], request: Request) -> Case:
    # A trust policy that names an account leaves the rest to the caller's own policy, which here allows all.
    own = (ANYTHING,) if request.principal.kind == "AWS" else ()
    return Case(name, trust, request.principal.name, request.action, request.context, random_trust.ROLE, identityPolicies=own)


def _ours(trust: dict[str, Any], request: Request) -> str:
    decision = evaluate(trust, request)
    if decision.allowed:
        return "Allowed"
    return "ImplicitlyDenied" if decision.statement is None else "ExplicitlyDenied"


def test_random_policies_are_judged_alike() -> None:
    pairs = [_pair(seed) for seed in range(PAIRS)]
    theirs = simulate([_case(str(seed), trust, request) for seed, (trust, request) in enumerate(pairs)])
    ours = [_ours(trust, request) for trust, request in pairs]
    different = [
        f"seed {seed}: ours {our}, theirs {their}: {request} {json.dumps(trust)}"
        for seed, (our, their, (trust, request)) in enumerate(zip(ours, theirs, pairs, strict=True))
        if our != their
    ]
    assert not different, f"{len(different)} of {PAIRS}:\n" + "\n".join(different[:10])
    counts = Counter(ours)
    assert min(counts[result] for result in ("Allowed", "ImplicitlyDenied", "ExplicitlyDenied")) > PAIRS // 50, counts


CLUSTER = random_trust.CLUSTER
POD = Pod(CLUSTER, "payments", "api", org="o-one")
PODS = (
    POD,
    replace(POD, namespace="orders"),
    replace(POD, namespace="Payments"),
    replace(POD, service_account="web"),
    replace(POD, cluster_arn=CLUSTER.replace("eu-west-1", "us-east-1")),
    replace(POD, cluster_arn=CLUSTER.replace(random_trust.ACCOUNT, random_trust.OTHER_ACCOUNT)),
    replace(POD, session_tags=False),
    replace(POD, org=None),
)
PINS = {
    "aws:RequestTag/eks-cluster-arn": CLUSTER,
    "aws:RequestTag/kubernetes-namespace": "payments",
    "aws:RequestTag/kubernetes-service-account": "api",
}


def _trust(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(condition: dict[str, Any], *actions: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": actions or list(ACTIONS),
        "Condition": condition,
    }


@pytest.mark.parametrize(
    ("trust", "admitted"),
    [
        pytest.param(_trust(_allow({"StringEquals": PINS})), [0, 7], id="pinned to one service account"),
        pytest.param(_trust(_allow({})), [0, 1, 2, 3, 4, 5, 6, 7], id="not pinned"),
        pytest.param(_trust(_allow({"StringEquals": PINS}, ACTIONS[0])), [], id="without TagSession"),
        pytest.param(
            _trust(_allow({"StringEquals": PINS}, ACTIONS[0]), _allow({}, ACTIONS[1])), [0, 7], id="in two statements"
        ),
        pytest.param(
            _trust(_allow({"StringEquals": PINS | {"aws:SourceOrgId": "${aws:ResourceOrgId}"}})), [0], id="with its org"
        ),
        pytest.param(_trust(_allow({"ArnEquals": {"aws:SourceArn": CLUSTER}})), [0, 1, 2, 3, 6, 7], id="pinned to the cluster"),
        pytest.param(
            _trust(_allow({"StringEquals": {"aws:SourceAccount": random_trust.ACCOUNT}})),
            [0, 1, 2, 3, 4, 6, 7],
            id="pinned to the account",
        ),
    ],
)
def test_pods_are_admitted_alike(trust: dict[str, Any], admitted: list[int]) -> None:
    cases = [(index, _case(request.action, trust, request)) for index, pod in enumerate(PODS) for request in requests(pod)]
    theirs = simulate([case for _, case in cases])
    refused = {index for (index, _), result in zip(cases, theirs, strict=True) if result != "Allowed"}
    assert [index for index, pod in enumerate(PODS) if admits_pod(trust, pod).allowed] == admitted
    assert [index for index in range(len(PODS)) if index not in refused] == admitted


def test_a_case_that_is_not_judged_as_put_is_told() -> None:
    with pytest.raises(AssertionError, match="no:such-key"):
        simulate([Case("a key it does not know", _trust(_allow({})), SERVICE, ACTIONS[0], {"no:such-key": "value"})])
    with pytest.raises(AssertionError, match="1 of 1 cases"):
        simulate([Case("no policy", {"Statement": [{"Effect": "Maybe"}]}, SERVICE, ACTIONS[0], {})])

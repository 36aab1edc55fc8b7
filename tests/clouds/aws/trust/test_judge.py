"""The judge of trust policies tells no untruth: neither of what is rendered, nor of what is changed in it.

Whom a policy is to admit comes from the spec (tests/support/random_specs.py), not from the function's code.
"""

import json
import random
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from function.clouds.aws.trust import judge
from function.clouds.aws.trust.judge import LeftOut, Unjudged, left_out
from function.clouds.aws.trust.requests import Chained, Pod, Token
from function.spec.issuer import Issuer
from tests.support.profile import THOROUGH
from tests.support.random_specs import (
    ACCOUNT,
    listed_pods,
    listed_tokens,
    partition_of,
    random_chain_spec,
    random_source_role_spec,
    random_spec,
    random_token_spec,
)
from tests.support.xrs import composed

SPECS = 5_000 if THOROUGH else 200
OF_EVERY_SHAPE = (random_spec, random_token_spec, random_chain_spec, random_source_role_spec)

Who = Pod | Token | Chained


def random_specs() -> Iterator[dict[str, Any]]:
    for seed in range(SPECS):
        rng = random.Random(seed)
        yield OF_EVERY_SHAPE[seed % len(OF_EVERY_SHAPE)](rng)


def who(spec: dict[str, Any]) -> list[Who]:
    """All who are to get the role that pods are given."""
    aws = spec["aws"]
    tags = not aws.get("disableSessionTags", False)
    pods = [Pod(*pod, session_tags=tags) for pod in sorted(listed_pods(spec))]
    source = aws.get("sourceRoleArn")
    tokens = [
        Token(Issuer(issuer), namespace, name, audience) for issuer, audience, namespace, name in sorted(listed_tokens(spec))
    ]
    return [*(Chained(pod, source) if source else pod for pod in pods), *tokens]


def trust(spec: dict[str, Any]) -> str | None:
    """The trust policy of the role that pods are given; None where it exists already, or is too long."""
    result = composed(spec)
    if result.fatal and "characters, " in result.fatal:
        return None
    assert result.fatal is None, result.fatal
    if "arn" in spec["aws"].get("role", {}):
        return None
    found = [made.object() for made in result.resources]
    roles = [one["spec"]["forProvider"] for one in found if one["kind"] == "Role"]
    text: str = roles[0]["assumeRolePolicy"]
    return text


def account_of(spec: dict[str, Any]) -> str:
    written: str | None = spec["aws"].get("accountId")
    return written or next((c["eks"]["accountId"] for c in spec["clusters"] if "eks" in c), ACCOUNT)


def judged(text: str, spec: dict[str, Any]) -> set[Who]:
    everyone = tuple(who(spec))
    # A target role is told its pods one by one by their external ids, whatever is pinned.
    pin = "ServiceAccount" if "sourceRoleArn" in spec["aws"] else spec["aws"]["trust"]["pin"]
    found = left_out(text, everyone, partition_of(spec), account_of(spec), pin)
    assert isinstance(found, LeftOut)
    return {everyone[index] for index in found.indices}


def test_of_what_is_rendered_nobody_is_said_to_be_left_out() -> None:
    judgements = 0
    for spec in random_specs():
        text = trust(spec)
        if text is not None:
            assert judged(text, spec) == set(), spec
            judgements += len(who(spec))
    assert judgements > SPECS


# Values that nobody knows before a pod asks, or that all pods have.
HARMLESS: dict[str, dict[str, Any]] = {
    "an address": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "a time": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
    "an encrypted call": {"Bool": {"aws:SecureTransport": "True"}},
    "a region": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_conditions_that_do_not_concern_pods_are_taken(name: str) -> None:
    for seed in range(SPECS // 40):
        spec = random_spec(random.Random(seed))
        spec["aws"]["trust"]["conditions"] = HARMLESS[name]
        text = trust(spec)
        assert text is None or judged(text, spec) == set()


def _renamed(text: str, old: str) -> str:
    """Another value wherever this one is pinned."""
    document = json.loads(text)
    for statement in document["Statement"]:
        for keys in statement.get("Condition", {}).values():
            for key, values in keys.items():
                several = values if isinstance(values, list) else [values]
                keys[key] = [_other(value, old) for value in several]
    return json.dumps(document)


def _other(value: str, old: str) -> str:
    parts = value.split(":") if value.startswith("system:serviceaccount:") else [value]
    return ":".join(f"{part}-other" if part == old else part for part in parts)


def _pinned(subject: Who) -> tuple[str, str, str]:
    if isinstance(subject, Pod):
        return subject.cluster_arn, subject.namespace, subject.service_account
    assert isinstance(subject, Token)
    return "", subject.namespace, subject.service_account


@pytest.mark.parametrize("shape", [random_spec, random_token_spec])
@pytest.mark.parametrize("part", [0, 1, 2], ids=["cluster", "namespace", "service account"])
def test_a_value_that_is_changed_keeps_out_those_who_have_it(shape: Any, part: int) -> None:
    found = 0
    for seed in range(SPECS // 8):
        rng = random.Random(seed)
        spec = shape(rng)
        if spec["aws"]["trust"]["pin"] != "ServiceAccount" or spec["aws"].get("disableSessionTags"):
            continue
        text, everyone = trust(spec), who(spec)
        old = _pinned(rng.choice(everyone))[part]
        if text is None or not old:
            continue
        expected = {one for one in everyone if _pinned(one)[part] == old}
        assert judged(_renamed(text, old), spec) == expected
        found += 1
    assert found > SPECS / 80


def test_a_statement_that_is_taken_away_keeps_somebody_out() -> None:
    """Every rendered statement that allows something is needed by somebody."""
    for seed in range(SPECS // 8):
        spec = random_token_spec(random.Random(seed))
        text = trust(spec)
        assert text is not None
        statements = json.loads(text)["Statement"]
        for index in range(len(statements)):
            others = {"Version": "2012-10-17", "Statement": statements[:index] + statements[index + 1 :]}
            assert judged(json.dumps(others), spec), (spec, statements[index])


NAME = "a" * 56
PODS = tuple(
    Pod(f"arn:aws:eks:eu-central-1:111122223333:cluster/c{n % 16}", f"{NAME}-{n}", f"{NAME}-{n % 64}") for n in range(1024)
)
NAMESPACE, SERVICE_ACCOUNT = "aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account"
VARIABLE = f"${{{NAMESPACE}}}"


def denying(*conditions: dict[str, Any]) -> str:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*"}
    allow = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:*"}
    statements = [allow, *({**deny, "Condition": condition} for condition in conditions)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


HARD = {
    "stars": denying({"StringLike": {NAMESPACE: [f"{'*a' * 28}{number}" for number in range(120)]}}),
    "question marks behind a star": denying({"StringLike": {NAMESPACE: [f"*{'a?' * 25}b*" for _ in range(120)]}}),
    "variables": denying({"StringLike": {SERVICE_ACCOUNT: [f"{VARIABLE}*{number}" for number in range(180)]}}),
    "variables in one value": denying({"StringLike": {SERVICE_ACCOUNT: "*".join([VARIABLE] * 180)}}),
    "statements": denying(*({"StringLike": {NAMESPACE: f"*{number}x"}} for number in range(90))),
}


@pytest.mark.parametrize("name", HARD)
def test_what_would_take_long_to_judge_is_not_judged(name: str) -> None:
    """A thousand pods and thousands of wildcards: nobody else has to wait for that."""
    assert len(HARD[name]) < 12_000
    assert left_out(HARD[name], PODS, "aws", "111122223333", "ServiceAccount") is Unjudged.TOO_COMPLEX
    assert left_out(HARD[name], PODS[:1], "aws", "111122223333", "ServiceAccount") == LeftOut()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param(denying({"StringLike": {SERVICE_ACCOUNT: [f"{'*a' * 28}b{n}" for n in range(120)]}}), 0, id="stars"),
        pytest.param(denying(*({"StringEquals": {NAMESPACE: f"x{n}"}} for n in range(60))), 0, id="60 Deny statements"),
        pytest.param(denying({"StringEquals": {NAMESPACE: [f"{NAME}-{n}" for n in range(100)]}}), 100, id="100 namespaces"),
        pytest.param(denying({"StringNotEquals": {NAMESPACE: "${" * 3900}}), 1024, id="no variable at all"),
        pytest.param(denying({"StringNotEquals": {NAMESPACE: "${" + " " * 7800 + "}"}}), 1024, id="a variable of blanks"),
    ],
)
def test_what_is_long_is_judged_for_a_thousand_pods(text: str, missing: int) -> None:
    """Few distinct values, or none that is compared with many patterns: that takes no long time."""
    found = left_out(text, PODS, "aws", "111122223333", "ServiceAccount")
    assert isinstance(found, LeftOut)
    assert len(found.indices) == missing


def test_a_policy_longer_than_any_is_not_judged() -> None:
    text = denying({"StringEquals": {NAMESPACE: "x" * 70_000}})
    assert left_out(text, PODS[:1], "aws", "111122223333", "ServiceAccount") is Unjudged.TOO_COMPLEX


def test_what_is_remembered_of_judgements_is_bounded() -> None:
    """However many policies and pods, and however long the reasons are."""
    tracemalloc.start()
    try:
        for number in range(60):
            pods = tuple(Pod(f"c{number}", f"{NAME}-{number}-{n}", f"{NAME}-{number}-{n}") for n in range(400))
            condition = {"StringNotEquals": {NAMESPACE: [f"{'x' * 60}{number}-{n}" for n in range(100)]}}
            assert isinstance(left_out(denying(condition), pods, "aws", "111122223333", "ServiceAccount"), LeftOut)
        del pods
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2 * judge._ROOM

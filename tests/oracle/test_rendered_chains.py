"""Tokens and second roles: what is rendered admits exactly the listed pods, and the first role reaches its target alone."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from function.clouds.aws.iam.evaluate import Request, evaluate
from tests.oracle.attempts import (
    EVERYTHING,
    Attempt,
    Made,
    of_first_role,
    of_target_role,
    roles,
    session,
    strangers,
)
from tests.oracle.iam_simulate import Case, simulate
from tests.support.random_specs import random_chain_spec, random_source_role_spec, random_token_spec

pytestmark = pytest.mark.oracle

SPECS = 120
ATTEMPTS = 5
MUTANTS = 3
KINDS = (random_token_spec, random_chain_spec, random_source_role_spec)

Spec = Callable[[Random], dict[str, Any]]


def _attempts(kind: Spec, seed: int) -> Iterator[tuple[Made, Attempt]]:
    rng = Random(seed)
    spec = kind(rng)
    found = roles(spec)
    if found.first:
        yield from ((found.first, attempt) for attempt in of_first_role(spec, found.first, rng, ATTEMPTS))
    if found.target:
        yield from ((found.target, attempt) for attempt in of_target_role(spec, found, rng, ATTEMPTS))


def _case(name: str, role: str, trust: Any, request: Request, own: Any) -> Case:
    policies = (own,) if own is not None else ()
    return Case(name, trust, request.principal.name, request.action, request.context, role, identityPolicies=policies)


@pytest.mark.parametrize("kind", KINDS)
def test_random_identities_admit_their_pods_and_no_other(kind: Spec) -> None:
    """By the source role's own rendered policy, too, where the caller is a role."""
    attempts = [
        (f"seed {seed}: {attempt.name}", made, attempt) for seed in range(SPECS) for made, attempt in _attempts(kind, seed)
    ]
    cases = [
        _case(name, made.arn, made.trust, request, attempt.own)
        for name, made, attempt in attempts
        for request in attempt.requests
    ]
    results = iter(simulate(cases))
    wrong = []
    for name, made, attempt in attempts:
        answers = [next(results) for _ in attempt.requests]
        if (set(answers) == {"Allowed"}) != attempt.wanted:
            wrong.append(f"{name}: wanted {attempt.wanted}: {json.dumps(made.trust)}")
    admitted = sum(attempt.wanted for _, _, attempt in attempts)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:10])
    print(f"{kind.__name__}: {SPECS} specs, {len(attempts)} attempts, {len(cases)} requests, {admitted} attempts admitted")
    assert admitted > len(attempts) // 20


WITHIN = ("sts:AssumeRole", "sts:TagSession")
BEYOND = ("sts:SetSourceIdentity", "iam:PassRole", "iam:GetRole", "iam:UpdateAssumeRolePolicy")


@pytest.mark.parametrize("kind", [random_chain_spec, random_source_role_spec])
def test_the_source_role_reaches_its_target_and_nothing_else(kind: Spec) -> None:
    """Every role here trusts the source role's whole account; with a policy that allows everything, all would be reached."""
    cases, wanted = [], []
    for seed in range(SPECS):
        found = roles(kind(Random(seed)))
        account = found.source_arn.split(":")[4]
        root = f"arn:{found.source_arn.split(':')[1]}:iam::{account}:root"
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": root}, "Action": "*"}]}
        caller = session(found.source_arn, {})[0]
        for role in (found.target_arn, *strangers(found.target_arn, found.source_arn)):
            for action in (*WITHIN, *BEYOND):
                for own in (found.grant, EVERYTHING):
                    request = Request(action, caller.principal, caller.context)
                    cases.append(_case(f"seed {seed}: {action} on {role}", role, trust, request, own))
                    wanted.append(own is EVERYTHING or (role == found.target_arn and action in WITHIN))
    results = simulate(cases)
    wrong = [case for case, result, want in zip(cases, results, wanted, strict=True) if (result == "Allowed") != want]
    assert not wrong, wrong[:5]
    print(f"{kind.__name__}: {len(cases)} requests, {sum(wanted)} of them allowed")


def _mutant(trust: Any, rng: Random) -> dict[str, Any]:
    """A policy that says something else at one or two places."""
    document: dict[str, Any] = json.loads(json.dumps(trust))
    for _ in range(rng.choice((1, 2))):
        rng.choice(MUTATIONS)(document["Statement"], rng.randrange(len(document["Statement"])), rng)
    return document


def _without_a_key(statements: list[Any], index: int, rng: Random) -> None:
    operators = statements[index].get("Condition", {})
    if operators:
        operator = rng.choice(sorted(operators))
        del operators[operator][rng.choice(sorted(operators[operator]))]
        if not operators[operator]:
            del operators[operator]
    if not operators:
        statements[index].pop("Condition", None)


def _another_operator(statements: list[Any], index: int, rng: Random) -> None:
    operators = statements[index].get("Condition", {})
    if operators:
        old = rng.choice(sorted(operators))
        likes = (
            ("ArnLike", "ArnEqualsIfExists")
            if old.startswith("Arn")
            else ("StringLike", "StringEqualsIgnoreCase", "StringEqualsIfExists")
        )
        operators[rng.choice(likes)] = operators.pop(old)


def _another_value(statements: list[Any], index: int, rng: Random) -> None:
    for keys in statements[index].get("Condition", {}).values():
        for key, value in keys.items():
            some = value if isinstance(value, list) else [value]
            one = rng.choice(some)
            if rng.random() < 0.5:
                keys[key] = rng.choice([one, one.upper(), f"{one}-2", f"{one[:-3]}*", [*some[:1], "other"]])


def _deny(statements: list[Any], index: int, rng: Random) -> None:
    statements.append({**json.loads(json.dumps(statements[index])), "Effect": "Deny"})
    _without_a_key(statements, len(statements) - 1, rng)


def _one_action(statements: list[Any], index: int, rng: Random) -> None:
    statements[index]["Action"] = rng.choice(["sts:AssumeRole", "sts:TagSession", "sts:Assume*", "sts:*"])


def _keys_in_capitals(statements: list[Any], index: int, rng: Random) -> None:
    conditions = statements[index].get("Condition", {})
    for operator, keys in conditions.items():
        conditions[operator] = {key.upper(): value for key, value in keys.items()}


MUTATIONS = (_without_a_key, _another_operator, _another_value, _deny, _one_action, _keys_in_capitals)


def _ours(trust: dict[str, Any], request: Request) -> str:
    decision = evaluate(trust, request)
    if decision.allowed:
        return "Allowed"
    return "ImplicitlyDenied" if decision.statement is None else "ExplicitlyDenied"


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_and_second_roles_are_judged_alike(kind: Spec) -> None:
    """The rendered policies and such as differ from them, by our evaluator and by theirs."""
    cases, ours = [], []
    for seed in range(SPECS // 2):
        rng = Random(f"mutant {seed}")
        for made, attempt in _attempts(kind, seed):
            for trust in (made.trust, *(_mutant(made.trust, rng) for _ in range(MUTANTS))):
                for request in attempt.requests:
                    # Our evaluator asks the trust policy alone, so the caller's own allows everything.
                    own = EVERYTHING if request.principal.kind == "AWS" else None
                    cases.append(_case(f"seed {seed}: {attempt.name}", made.arn, trust, request, own))
                    ours.append(_ours(dict(trust), request))
    theirs = simulate(cases)
    different = [(our, their, case) for our, their, case in zip(ours, theirs, cases, strict=True) if our != their]
    assert not different, f"{len(different)} of {len(cases)}:\n" + "\n".join(str(one) for one in different[:5])
    counts = Counter(ours)
    print(f"{kind.__name__}: {len(cases)} requests judged alike, {dict(counts)}")
    assert min(counts[result] for result in ("Allowed", "ImplicitlyDenied", "ExplicitlyDenied")) > len(cases) // 100

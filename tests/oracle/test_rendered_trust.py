"""The rendered trust policies admit exactly the listed pods, by iam-simulate, which others wrote."""

import random

import pytest

from function.clouds.aws.trust.requests import requests
from tests.oracle.iam_simulate import Case, simulate
from tests.support.random_specs import admitted, candidates, pod, random_spec, trust_policy
from tests.support.xrs import composed

pytestmark = pytest.mark.oracle

SPECS = 300
PODS = 8


def test_random_identities_admit_their_pods_and_no_other() -> None:
    """Both actions have to be allowed for a pod to be admitted; either one refused keeps it out."""
    cases: list[Case] = []
    wanted: list[bool] = []
    refused = 0
    for seed in range(SPECS):
        rng = random.Random(seed)
        spec = random_spec(rng)
        result = composed(spec)
        if result.fatal:
            refused += 1
            continue
        trust = trust_policy(result)
        for subject in candidates(spec, rng, PODS):
            for request in requests(pod(subject, spec)):
                name = f"seed {seed}: {request.action} for {subject}"
                cases.append(Case(name, trust, request.principal.name, request.action, request.context))
                wanted.append(admitted(subject, spec))
    results = simulate(cases)
    wrong = [case.name for case, result, want in zip(cases, results, wanted, strict=True) if (result == "Allowed") != want]
    assert not wrong, wrong[:10]
    print(f"{len(cases)} requests, {sum(wanted)} of them admitted, {SPECS - refused} of {SPECS} identities rendered")
    assert sum(wanted) > len(wanted) // 5
    assert refused <= SPECS // 2

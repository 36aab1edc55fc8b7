"""What is kept of XRs takes no more memory than it is taken for, whatever their shape."""

import gc
import itertools
import random
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from function.fn import Call, new_plans
from tests.bench.requests import in_google_cloud, podidentity, with_tokens
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, request, spec


def _shapes() -> Iterator[tuple[str, dict[str, Any]]]:
    many = podidentity(64, 16)["spec"]
    yield "one association", podidentity(1, 1)["spec"]
    yield "1,024 associations", many
    yield "1,024 associations, in order", {**many, "deletionOrder": "Ordered"}
    yield "tokens", with_tokens(64, 4)["spec"]
    yield "tokens of 16 issuers", with_tokens(64, 16)["spec"]
    yield "members in Google Cloud", in_google_cloud(64, 4)["spec"]
    yield "members in Google Cloud, refused", in_google_cloud(64, 64)["spec"]
    issuer = "https://oidc.eks.ap-northeast-2.amazonaws.com/id/"
    clusters = [
        {
            **cluster,
            "eks": {**cluster["eks"], "oidcIssuer": f"{issuer}{number:032X}"},
            "kubernetesProviderConfigRef": {"name": f"prod-{number}"},
        }
        for number, cluster in enumerate(many["clusters"])
    ]
    existing = {"role": {"arn": "arn:aws:iam::678801588313:role/reports"}, "credentials": ["PodIdentity", "IRSA"]}
    yield "own service accounts", {**many, "clusters": clusters, "serviceAccountManagement": "Own", "aws": existing}
    yield "long tags", changed((("tags",), {f"key-{number}": "v" * 200 for number in range(40)}))
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::b{n}/*" for n in range(20)]}
    policies = [{"name": f"p{n}", "document": {"Version": "2012-10-17", "Statement": [statement]}} for n in range(5)]
    yield "inline policies", changed((("aws", "permissions"), {"inlinePolicies": policies}))
    trusted = [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{111122223333 + n}:role/x"}, "Action": "sts:AssumeRole"}
        for n in range(40)
    ]
    yield "trust statements", changed((("aws", "trust"), {"maxCharacters": 8192, "statements": trusted}))
    yield "unknown fields", {**spec(), **{f"unknown{number}": {"a": [1, 2, 3] * 20} for number in range(200)}}
    yield "wrong tags", changed((("tags",), {f"key-{number}": number for number in range(900)}))
    actions = [{"name": "x", "statements": [{"actions": ["x"] * 900, "resources": ["*"]}]}]
    yield "wrong actions", changed((("aws", "permissions"), {"inlinePolicies": actions}))
    for seed in range(12):
        yield f"random {seed}", random_spec(random.Random(seed))


_SHAPES = dict(_shapes())


@pytest.mark.parametrize("shape", _SHAPES)
def test_what_is_kept_takes_no_more_memory_than_it_is_taken_for(shape: str) -> None:
    written = _SHAPES[shape]
    asked = [request({**written, "tags": {**written.get("tags", {}), "number": str(number)}}) for number in range(3)]
    plans = new_plans()
    # What is made once for all calls is not theirs.
    Call(asked.pop(), plans).answer()
    weighed = plans.taken
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for each in asked:
            Call(each, plans).answer()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(plans) == 3
    assert 0 < after - before <= plans.taken - weighed


def test_no_number_of_xrs_takes_more_than_the_room() -> None:
    """The oldest make room."""
    plans = new_plans()
    largest = podidentity(64, 16)["spec"]
    most = 0
    for number in itertools.count():
        Call(request({**largest, "tags": {"number": str(number)}}), plans).answer()
        if len(plans) <= most:
            break
        most = len(plans)
    assert 4 < most < 64

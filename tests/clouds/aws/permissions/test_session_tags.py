"""What is said of permissions that hang on session tags."""

from typing import Any

import pytest

from tests.clouds.aws.test_chains import condition
from tests.support.xrs import answered, changed, everything_provided, mixed

BY_TAG = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/${aws:PrincipalTag/kubernetes-namespace}/*"]}
ASSUME = {"actions": ["sts:AssumeRole"], "resources": ["arn:aws:iam::444455556666:role/customer"]}
TAG = {"actions": ["sts:TagSession"], "resources": ["arn:aws:iam::444455556666:role/customer"]}
NEVER = "; its permissions ask for session tags that never arrive (kubernetes-namespace): "
UNTAGGED = (
    "; it may assume other roles but not tag the session, and the pods' session tags go along: allow sts:TagSession, too, here "
    "and in the trust policies of those roles"
)


def spec(credentials: list[str], *statements: dict[str, Any], **aws: Any) -> dict[str, Any]:
    policy = [{"name": "p", "statements": list(statements)}]
    more = [(("aws", name), value) for name, value in aws.items()]
    return changed(
        (("aws", "credentials"), credentials), (("aws", "permissions"), {"inlinePolicies": policy}), *more, base=mixed()
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (spec(["IRSA"], BY_TAG), f"{NEVER}with IRSA there are none"),
        (
            spec(["PodIdentity", "IRSA"], BY_TAG),
            "; its permissions ask for session tags that arrive by EKS Pod Identity, not by IRSA: kubernetes-namespace",
        ),
        (spec(["PodIdentity", "IRSA"], ASSUME), UNTAGGED),
        (spec(["PodIdentity", "IRSA"], ASSUME, TAG), ""),
        (spec(["PodIdentity", "IRSA"], ASSUME, {**TAG, "actions": ["sts:Tag*"]}), ""),
        (spec(["IRSA"], ASSUME), ""),
    ],
    ids=["IRSA", "both", "no TagSession", "TagSession", "a wildcard that has it", "no tags to pass on"],
)
def test_it_is_said_in_role_ready(written: dict[str, Any], said: str) -> None:
    answer = answered(written, observed=everything_provided(written))
    assert condition(answer, "RoleReady")[2] == f"role data-reports-9ac6bf6d19d802b9 is ready{said}"


def test_tags_that_are_switched_off_never_arrive() -> None:
    statements = {"permissions": {"inlinePolicies": [{"name": "p", "statements": [BY_TAG]}]}}
    written = changed((("aws",), {**statements, "disableSessionTags": True, "trust": {"pin": "Cluster"}}))
    answer = answered(written, observed=everything_provided(written))
    assert condition(answer, "RoleReady")[2].endswith(f"{NEVER}disableSessionTags is set")

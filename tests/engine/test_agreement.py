"""The XRD and the function agree: what the XRD refuses the function refuses too, never the reverse.

A Composition of one's own may use another XRD, so the function checks everything again.
"""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.engine.crossplane import XRDS, Verdict, crd_errors, list_errors, validate
from tests.spec import bad_input_large
from tests.spec.test_bad_input import CASES
from tests.support.random_gcp import existing_account, random_gcp, rich_gcp, rich_gcp_direct
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, composed, spec, xr
from tests.test_properties import rich_source, rich_spec, rich_tokens

pytestmark = pytest.mark.engine

GOOD = {
    "small": spec(),
    "rich": rich_spec(),
    "tokens": rich_tokens(),
    "source": rich_source(),
    "existing role": changed((("aws", "role"), {"arn": "arn:aws:iam::111122223333:role/a/b"})),
    "session tags off": changed((("aws",), {"disableSessionTags": True, "trust": {"pin": "None"}})),
    "session tags off for an existing role": changed(
        (("aws",), {"disableSessionTags": True, "role": {"arn": "arn:aws:iam::111122223333:role/x"}})
    ),
    "no associations": changed((("aws", "association"), {"create": False, "existing": []})),
    "paused": changed((("managementPolicies",), [])),
    "Google Cloud": rich_gcp(),
    "Google Cloud, direct": rich_gcp_direct(),
    "Google Cloud, existing account": existing_account(),
    **{f"random {seed}": random_spec(random.Random(seed)) for seed in range(30)},
    **{f"random in Google Cloud {seed}": random_gcp(random.Random(seed)) for seed in range(30)},
}

BAD = {case[0]: changed(*case[1]) for case in CASES}

# What a schema cannot say, or only with CEL beyond its budget: the function alone refuses these.
BEYOND_SCHEMA = bad_input_large.BEYOND_SCHEMA | {
    "service-linked role",
    "service-linked path",
    "boundary in another partition",
    "boundary in another account",
    "the same cluster twice",
    "region of no partition",
    "clusters of two accounts",
    "clusters of two partitions",
    "role in another account",
    "unknown cluster",
    "the same twice",
    "combination",
    "aws: tag",
    "aws: value",
    "a session tag",
    "tags alike",
    "empty key",
    "long key",
    "key characters",
    "long value",
    "value characters",
    "the provider's tag",
    "too many tags",
    "policy of another partition",
    "not JSON",
    "a key twice",
    "Sid with spaces",
    "Principal in a permissions policy",
    "Effect",
    "Action and NotAction",
    "no Resource",
    "an action without service",
    "a resource that is none",
    "a resource of another partition",
    "a misspelt element",
    "no Version",
    "no statements",
    "an operator",
    "policies too long",
    "an operator in trust",
    "a generated condition",
    "a key of EKS's own API",
    "the caller's tags",
    "the caller's ARN",
    "an external id",
    "an association's ARN",
    "a session tag of one's own",
    "no values",
    "everyone",
    "everyone in AWS",
    "a Deny of everyone",
    "a number that is not that of a fleet's own pool",
    "a pinned cluster of a fleet's pool",
    "everyone but one",
    "a resource in a trust policy",
    "another service's action",
    "a role by wildcard",
    "a never-sent key in a statement for EKS",
    "role in another case",
    "a group for a principal",
    "a bucket for an identity provider",
    "an action of sts that assumes nothing",
    "a key that nobody sends",
    "a session tag that must be absent",
    "a list of tags under a plain operator",
    "text of users that would break out of a message",
    "a value that is no truth",
    "an address that is none",
    "a key in two cases",
    "a partition that is none",
    "a variable that is not closed",
    "a number that JSON does not have",
    "an account not listed",
    "an account twice",
    "an id twice",
    "an existing role of another account",
    "an existing role of another partition",
    "nothing to compose",
    "one issuer twice",
    "IRSA without an issuer",
    "IRSA that no cluster can use",
    "Pod Identity outside EKS",
    "Pod Identity that no cluster can use",
    "no account",
    "two accounts",
    "irsa without IRSA",
    "a pin that tokens cannot keep",
    "a source that tokens do not have",
    "an organization that tokens do not have",
    "a condition that tokens never meet",
    "a condition on what is pinned",
    "an id for a cluster without associations",
    "a target role in another account without its credentials",
    "a target role in another partition",
    "a role chained to itself",
    "a composed role chained to itself",
    "a target role with tokens",
    "a target role without associations",
    "a policy of the generated name",
    "a target role's policy in the first role's account",
    "a source role in another account than the clusters",
    "a source role outside EKS",
    "a source role with what EKS alone sends",
    "a source role that is composed here",
    "a policy name twice",
    "a policy that is too long",
    "a policy that is attached twice",
    "more policies than a role holds",
    "a principal in a policy",
    "more than a pin of an observed role",
    "service accounts that cannot be reached",
    "two clusters reached one way",
    "a zone of another partition",
    "a project whose namespace is too long",
    "no namespace in a vcluster",
    "two that meet in one host name",
    "one in a vcluster and its host name in the cluster itself",
    "one vcluster twice",
    "pin Namespace in a vcluster",
    "a namespace that is not synced",
    "patterns that can both match",
    "a pattern that is mapped to one namespace",
    "a mapping into the vcluster's own namespace",
    "a mapped namespace that is too long",
    "GKE with spec.aws",
    "EKS with spec.gcp",
    "any other cluster with spec.gcp",
    "one GKE cluster twice",
    "Direct without a number",
    "two numbers of one pool",
    "restricted to one of two clusters of a pool",
    "a namespace of one of two clusters of a pool",
    "one twice in GKE",
    "two that meet in one host name of GKE",
    "an existing service account of another project",
    "no roles in mode Direct",
    "pin Namespace in a vcluster of GKE",
    "more members than one reconcile can carry",
    # Kept by API servers where it can be, so that the function sees and refuses it.
    "a role on null",
    "a role of another project",
    "a project's role on a folder",
    "one grant twice",
    "a condition that is blank",
    "a condition of 13 operators",
    "a condition whose quote is not closed",
    "a condition whose bracket is not closed",
    "a condition with a bracket too many",
    "a condition on a basic role",
    "a condition on a dataset",
    "21 conditions on one role",
    "managed service accounts in a cluster that nobody can reach",
    "a display name of too many bytes",
    "a service account in a domain's project",
    "another name in a vcluster of the pool",
    "a pinned namespace that is another vcluster's, too",
    "a service account that is another vcluster's, too",
    "a pinned namespace in which a vcluster runs",
    "one cluster with two pools",
    "one number of two projects",
    "one cluster with two issuers",
    "one id for two vclusters of a cluster",
    "a condition on a table",
    "a condition on a topic",
    "a condition on a subscription",
    "a condition on a repository",
    "an organization's role on another",
    "elements of a statement in the plural",
    "elements of a statement in small letters",
    "a statement without effect",
    "statements of a document",
    "an ARN without its account",
    "an ARN without account and region",
    "an ARN without its region",
    "an ARN of many parts without its account",
    "an ARN with a colon too few",
    "an ARN without its partition",
    "a bucket without its ARN",
    "a bucket's URL",
    "a table without its ARN",
    "a provider that assumes",
    "a service with a token",
    "GitHub for everybody",
    "a session tag in disguise: 'kubernete\\u017f-namespace'",
    "a session tag in disguise: 'kubernetes-serv\\u0131ce-account'",
    "a session tag in disguise: 'KUBERNETES-SERV\\u0130CE-ACCOUNT'",
    "a session tag in disguise: '\\u212aubernetes-pod-name'",
    "a session tag in disguise: 'e\\uff4bs-cluster-name'",
    "a session tag in disguise: 'EK\\u017f-cluster-arn'",
    "web identity for everybody: GitHub without a condition",
    "web identity for everybody: GitHub with any subject",
    "web identity for everybody: GitHub with one subject or any",
    "web identity for everybody: GitHub but for one subject",
    "web identity for everybody: GitHub with all of no subjects",
    "web identity for everybody: GitHub with a subject that is there",
    "web identity for everybody: GitHub by a pattern",
    "web identity for everybody: GitHub with its own subject",
    "web identity for everybody: GitHub by an end",
    "web identity for everybody: Amazon by a claim that it has not",
    "web identity for everybody: Cognito",
    "web identity for everybody: a provider",
    "web identity for everybody: a provider and an address",
    "web identity for everybody: Google",
    "wildcards in a principal: role/*/x",
    "wildcards in a principal: role/a?/x",
    "wildcards in a principal: user/${aws:x}/x",
    "wildcards in a principal: role/x*",
}

# An API server refuses these by the list's type, which `crossplane resource validate` does not look at; another judge does.
BY_LIST_TYPE = {"handle twice", "namespace twice", "policy twice", "two policies of one name", "a preset twice"}


def judged(specs: dict[str, Any], kind: str, work: Path) -> dict[str, Verdict]:
    """What the XRD says of each spec."""
    objects = []
    for number, value in enumerate(specs.values()):
        document = xr(value, kind)
        objects.append({**document, "metadata": {**document["metadata"], "name": f"x{number}"}})
    verdicts = validate(XRDS, objects, work)
    assert len(verdicts) == len(specs)
    return dict(zip(specs, verdicts, strict=True))


@pytest.mark.parametrize("kind", ["PodIdentity", "XPodIdentity"])
def test_what_the_function_takes_the_xrd_takes(kind: str, tmp_path: Path) -> None:
    for name, verdict in judged(GOOD, kind, tmp_path).items():
        assert (composed(GOOD[name], kind).fatal, verdict.status, verdict.errors) == (None, "valid", ()), name


@pytest.mark.parametrize("kind", ["PodIdentity", "XPodIdentity"])
def test_the_xrd_refuses_all_that_a_schema_can_say(kind: str, tmp_path: Path) -> None:
    let_through = {name for name, verdict in judged(BAD, kind, tmp_path).items() if verdict.status == "valid"}
    assert let_through == BEYOND_SCHEMA | BY_LIST_TYPE
    assert all(composed(value, kind).fatal for value in BAD.values())


def test_a_claim_has_the_same_schema(tmp_path: Path) -> None:
    claim = {**xr(spec()), "kind": "PodIdentityClaim"}
    bad = {**xr(changed((("aws", "role", "name"), "a/b"))), "kind": "PodIdentityClaim"}
    assert [verdict.status for verdict in validate(XRDS, [claim, bad], tmp_path)] == ["valid", "invalid"]


@pytest.mark.parametrize("xrd", XRDS, ids=lambda xrd: xrd.stem)
def test_an_api_server_takes_the_crds(xrd: Path) -> None:
    """With the cost limits of CEL rules, which a list without maxItems is enough to break."""
    errors = crd_errors(xrd)
    assert errors
    assert not any(errors.values())


def test_a_rule_beyond_the_budget_is_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(XRDS[0].read_text().replace("maxItems: 128", "maxItems: 100000000"))
    assert any("budget" in error for errors in crd_errors(broken).values() for error in errors)


def test_lists_without_repetition(tmp_path: Path) -> None:
    refused = [xr(BAD[name]) for name in sorted(BY_LIST_TYPE)]
    assert all(list_errors(XRDS[0], refused, tmp_path))
    assert not any(list_errors(XRDS[0], [xr(value) for value in GOOD.values()], tmp_path))

"""The trust policy admits exactly the listed pods: judged by our own evaluator here, by others in tests/oracle."""

import itertools
import json
import random
from typing import Any

import pytest

from function.clouds.aws.trust.requests import Pod, admits_pod
from tests.oracle.attempts import roles
from tests.support.profile import seeds
from tests.support.random_specs import admitted, candidates, listed, pod, random_spec, trust_policy
from tests.support.xrs import ACCOUNT, changed, composed

CLUSTER = f"arn:aws:eks:eu-central-1:{ACCOUNT}:cluster/"


def policy(*changes: Any, base: Any = None) -> dict[str, Any]:
    result = composed(changed(*changes, base=base))
    assert not result.fatal
    return trust_policy(result)


@pytest.mark.parametrize("seed", seeds(400))
def test_admits_the_listed_pods_and_no_other(seed: int) -> None:
    rng = random.Random(seed)
    spec = random_spec(rng)
    result = composed(spec)
    if result.fatal:
        assert "more than the 8,192 of trust.maxCharacters" in result.fatal
        return
    document = trust_policy(result)
    for subject in candidates(spec, rng, 200):
        decision = admits_pod(document, pod(subject, spec))
        assert decision.allowed == admitted(subject, spec), (subject, decision.reasons)


def test_most_random_identities_fit_into_the_raised_quota() -> None:
    """At least half of them, since a refusal is only worth its name where splitting is really needed."""
    rendered = sum(not composed(random_spec(random.Random(seed))).fatal for seed in range(300))
    assert rendered >= 150


def test_64_accounts_of_a_namespace_on_4_clusters_are_one_statement() -> None:
    spec = changed(
        (("clusters",), [{"name": f"c{i}", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}} for i in range(4)]),
        (("serviceAccounts",), [{"name": f"a{i}"} for i in range(64)]),
    )
    assert len(policy(base=spec)["Statement"]) == 1


def test_nothing_is_refused_for_size_that_some_cover_fits() -> None:
    """Up to 12 subjects, against every way to split them into statements."""
    rng = random.Random(7)
    refused = 0
    for _ in range(60):
        spec = _small(rng)
        result = composed(spec)
        subjects = sorted(listed(spec))
        assert len(subjects) <= 12
        if result.fatal:
            refused += 1
            assert _shortest(subjects) > 2048, (spec, result.fatal)
        else:
            document = json.dumps(trust_policy(result), sort_keys=True, separators=(",", ":"))
            assert len(document) <= 2048
    assert 10 < refused < 50


def _small(rng: random.Random) -> dict[str, Any]:
    """Long names on a small grid, so that the quota of 2,048 is near."""
    names = [f"{'a' * rng.randint(150, 245)}{i}" for i in range(6)]
    entries: dict[str, Any] = {}
    for name in rng.sample(names, rng.randint(4, 6)):
        entries[name] = {"name": name, "clusters": rng.sample(("prod", "stage"), rng.randint(1, 2)), "namespaces": ["data"]}
    return {**changed(), "serviceAccounts": list(entries.values())}


def _shortest(subjects: list[tuple[str, str, str]]) -> int:
    """The length of the shortest policy of all, found by trying every set of whole statements."""
    clusters = sorted({s[0] for s in subjects})
    accounts = sorted({s[2] for s in subjects})
    where = {a: {s[0] for s in subjects if s[2] == a} for a in accounts}
    boxes = [c for n in range(1, len(clusters) + 1) for c in itertools.combinations(clusters, n)]
    best = 10**9
    for chosen in itertools.chain.from_iterable(itertools.combinations(boxes, n) for n in range(1, len(boxes) + 1)):
        for members in itertools.product(*(_ways(where[a], chosen) for a in accounts)):
            statements = [(box, [a for a, m in zip(accounts, members, strict=True) if box in m]) for box in chosen]
            best = min(best, _length([(box, who) for box, who in statements if who]))
    return best


def _ways(clusters: set[str], boxes: tuple[tuple[str, ...], ...]) -> list[tuple[tuple[str, ...], ...]]:
    inside = [box for box in boxes if set(box) <= clusters]
    subsets = itertools.chain.from_iterable(itertools.combinations(inside, n) for n in range(1, len(inside) + 1))
    return [subset for subset in subsets if set(itertools.chain(*subset)) == clusters]


def _length(statements: list[tuple[tuple[str, ...], list[str]]]) -> int:
    def bare(values: Any) -> Any:
        return values[0] if len(values) == 1 else list(values)

    tag = "aws:RequestTag/"
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        f"{tag}eks-cluster-arn": bare(box),
                        f"{tag}kubernetes-namespace": "data",
                        f"{tag}kubernetes-service-account": bare(who),
                    }
                },
            }
            for box, who in statements
        ],
    }
    return len(json.dumps(document, separators=(",", ":")))


def test_the_service_principal_and_both_actions_to_the_letter() -> None:
    """No linter notices a mistyped service."""
    (statement,) = policy((("serviceAccounts",), [{"name": "api"}]))["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/eks-cluster-arn": [f"{CLUSTER}prod", f"{CLUSTER}stage"],
            "aws:RequestTag/kubernetes-namespace": "data",
            "aws:RequestTag/kubernetes-service-account": "api",
        }
    }


@pytest.mark.parametrize(
    ("pin", "keys"),
    [
        ("Namespace", {"aws:RequestTag/eks-cluster-arn", "aws:RequestTag/kubernetes-namespace"}),
        ("Cluster", {"aws:RequestTag/eks-cluster-arn"}),
        ("None", set()),
    ],
)
def test_a_wider_pin_leaves_tags_out(pin: str, keys: set[str]) -> None:
    (statement,) = policy((("aws", "trust", "pin"), pin))["Statement"]
    assert set(statement.get("Condition", {}).get("StringEquals", {})) == keys


def test_without_session_tags_the_cluster_is_told_by_its_arn() -> None:
    changes = [(("aws", "disableSessionTags"), True), (("aws", "trust", "pin"), "Cluster")]
    (statement,) = policy(*changes)["Statement"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": [f"{CLUSTER}prod", f"{CLUSTER}stage"]},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }


def test_conditions_join_every_generated_statement_and_no_other() -> None:
    further = {"Sid": "Ops", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = policy(
        (
            ("aws", "trust", "conditions"),
            {"StringLike": {"aws:RequestTag/kubernetes-pod-name": ["a-*", "b-*"]}, "Bool": {"aws:SecureTransport": True}},
        ),
        (("aws", "trust", "statements"), [further]),
        (("aws", "trust", "sourceAccount"), True),
        (("aws", "trust", "sourceOrganization"), True),
    )
    *generated, last = document["Statement"]
    assert len(generated) == 2
    for statement in generated:
        assert statement["Condition"]["StringLike"] == {"aws:RequestTag/kubernetes-pod-name": ["a-*", "b-*"]}
        assert statement["Condition"]["Bool"] == {"aws:SecureTransport": "true"}
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT
        assert statement["Condition"]["StringEquals"]["aws:SourceOrgId"] == "${aws:ResourceOrgId}"
    assert last == further


def test_a_pod_that_changes_one_thing_is_refused() -> None:
    document = policy()
    good = Pod(f"{CLUSTER}prod", "data", "worker")
    assert admits_pod(document, good).allowed
    for other in (
        Pod(f"{CLUSTER}stage", "data", "worker"),
        Pod(f"{CLUSTER}prod", "other", "worker"),
        Pod(f"{CLUSTER}prod", "data", "other"),
        Pod(f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/prod", "data", "worker"),
        Pod(f"{CLUSTER}prod", "data", "worker", session_tags=False),
    ):
        assert not admits_pod(document, other).allowed


def _normal(document: Any) -> Any:
    """Without what IAM does not look at: Sid, the case of condition keys, and whether one value is a list."""
    if isinstance(document, list):
        return _normal(document[0]) if len(document) == 1 else [_normal(each) for each in document]
    if not isinstance(document, dict):
        return document
    plain = {name: _normal(value) for name, value in document.items() if name != "Sid"}
    if "Condition" in plain:
        conditions = plain["Condition"].items()
        plain["Condition"] = {operator: {key.lower(): v for key, v in keys.items()} for operator, keys in conditions}
    return plain


BOTH = ["sts:AssumeRole", "sts:TagSession"]
BY_EKS = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": BOTH}
SOURCE = f"arn:aws:iam::{ACCOUNT}:role/source"
BY_SOURCE = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Condition": {"ArnEquals": {"aws:PrincipalARN": SOURCE}},
}
ONE = ((("serviceAccounts",), [{"name": "api", "clusters": ["prod"]}]), (("aws", "role", "name"), "source"))
TARGET = (("aws", "targetRole"), {"accountId": "444455556666", "name": "t", "providerConfigRef": {"name": "customer"}})
HOST = "arn:aws:iam::678801588313:role/dx-eks-podidentity-sandbox-prd-apne2-primary-role"
ISSUER = "oidc.example.com/clusters/edge"

# What AWS' documentation and the guides print, and the spec that gives it. `first` is the role of the pods.
DOCUMENTED = [
    pytest.param(
        # The EKS User Guide; AWS' topic that the other guides follow prints it too, once with a Sid that IAM would refuse. It
        # admits whatever pod has an association with the role, so somebody has to write `pin: None`.
        [(("aws", "trust", "pin"), "None")],
        "first",
        [{"Sid": "AllowEksAuthToAssumeRoleForPodIdentity", **BY_EKS}],
        id="EKS User Guide: base; the guides on Pod Identity with Crossplane and with eksctl",
    ),
    pytest.param(
        # It pins no cluster, which we never leave out unasked: it takes `pin: None` and conditions of one's own.
        [
            (("aws", "trust", "pin"), "None"),
            (
                ("aws", "trust", "conditions", "StringEquals"),
                {
                    "aws:RequestTag/kubernetes-namespace": ["data", "web"],
                    "aws:RequestTag/kubernetes-service-account": ["api", "worker"],
                },
            ),
        ],
        "first",
        [
            {
                **BY_EKS,
                "Condition": {
                    "StringEquals": {
                        "aws:RequestTag/kubernetes-namespace": ["data", "web"],
                        "aws:RequestTag/kubernetes-service-account": ["api", "worker"],
                    }
                },
            }
        ],
        id="EKS User Guide: namespaces and service accounts",
    ),
    pytest.param(
        [(("aws", "trust"), {"pin": "None", "sourceOrganization": True})],
        "first",
        [{**BY_EKS, "Condition": {"StringEquals": {"aws:SourceOrgId": "${aws:ResourceOrgId}"}}}],
        id="EKS Best Practices: the organization",
    ),
    pytest.param(
        [*ONE, TARGET],
        "target",
        [
            {
                **BY_SOURCE,
                "Action": BOTH,
                "Condition": {
                    "StringEquals": {
                        "aws:RequestTag/eks-cluster-arn": [f"{CLUSTER}prod"],
                        "aws:RequestTag/kubernetes-namespace": ["data"],
                        "aws:RequestTag/kubernetes-service-account": ["api"],
                    },
                    "ArnEquals": {"aws:PrincipalARN": SOURCE},
                },
            }
        ],
        id="EKS User Guide: target role with session tags",
    ),
    pytest.param(
        # Without session tags the first role cannot pin a pod, which has to be said; its target still does, by external id.
        [*ONE, TARGET, (("aws", "disableSessionTags"), True), (("aws", "trust", "pin"), "None")],
        "target",
        [
            {
                **BY_SOURCE,
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"sts:ExternalId": f"eu-central-1/{ACCOUNT}/prod/data/api"},
                    "ArnEquals": {"aws:PrincipalARN": SOURCE},
                },
            },
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:TagSession"},
        ],
        id="EKS User Guide: target role without session tags",
    ),
    pytest.param(
        # It admits every pod that the source role is associated with, so it takes `pin: None`. The default pins the listed ones.
        [
            (("clusters",), [{"name": "prod", "eks": {"region": "ap-northeast-2", "accountId": "678801588313"}}]),
            (("serviceAccounts",), [{"name": "demo-sa", "namespace": "default"}]),
            (
                ("aws",),
                {
                    "sourceRoleArn": HOST,
                    "accountId": "340605141517",
                    "providerConfigRef": {"name": "customer"},
                    "role": {"name": "eks-pod-identity-aws-resources"},
                    "trust": {"pin": "None"},
                },
            ),
        ],
        "target",
        [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::678801588313:root"},
                "Action": BOTH,
                "Condition": {"ArnEquals": {"aws:PrincipalARN": HOST}},
            }
        ],
        id="the guide on Pod Identity in vCluster: target role of a platform's role",
    ),
    pytest.param(
        # The guide on Control Plane's clusters prints no policy: the cluster's status has it, for a namespace and a service
        # account to be filled in. The structure is the EKS User Guide's on IRSA, the values are that guide's.
        [
            (("clusters",), [{"name": "edge", "kubernetes": {"oidcIssuer": f"https://{ISSUER}"}}]),
            (("serviceAccounts",), [{"name": "mk8s-identity-example", "namespace": "default"}]),
            (("aws",), {"accountId": ACCOUNT, "role": {"name": "mk8s-identity-example"}}),
        ],
        "first",
        [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{ISSUER}:sub": "system:serviceaccount:default:mk8s-identity-example",
                        f"{ISSUER}:aud": "sts.amazonaws.com",
                    }
                },
            }
        ],
        id="EKS User Guide: IRSA; the guide on AWS Workload Identity",
    ),
]


@pytest.mark.parametrize(("changes", "which", "statements"), DOCUMENTED)
def test_what_the_documentation_prints_can_be_asked_for(changes: list[Any], which: str, statements: list[Any]) -> None:
    found = roles(changed(*changes))
    role = found.first if which == "first" else found.target
    assert role
    assert _normal(role.trust) == _normal({"Version": "2012-10-17", "Statement": statements})

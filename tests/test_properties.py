"""What holds for every input."""

import copy
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from function.fn import run
from function.result import Result
from tests.support import ROOT
from tests.support.profile import examples, many, seeds
from tests.support.random_gcp import existing_account, random_gcp, rich_gcp, rich_gcp_direct
from tests.support.random_specs import random_spec
from tests.support.xrs import FLAVOURS, answered, changed, composed, desired, everything_provided, request

# What one edit may be: the strings are those that mean something somewhere, the keys those that are read.
WORDS = [
    "",
    "*",
    "prod",
    "stage",
    "api",
    "worker",
    "data",
    "PodIdentity",
    "None",
    "Cluster",
    "Namespace",
    "IRSA",
    "Additive",
    "Adopt",
    "Annotate",
    "https://oidc.example.com/x",
    "Allow",
    "a/b",
    "/x/",
]
WORDS += [
    "arn:aws:iam::111122223333:role/x",
    "arn:aws:iam::aws:policy/X",
    "s3:GetObject",
    "2012-10-17",
    "${aws:x}",
    "Impersonate",
    "Direct",
    "prod-436507",
    "roles/viewer",
    "reports@customer-project.iam.gserviceaccount.com",
    "team-*",
    "${name}",
    'request.time < timestamp("',
    "{x}",
    "\x00",
    "é\n",
]
KEYS = ["clusters", "serviceAccounts", "aws", "tags", "managementPolicies", "name", "eks", "region", "accountId", "namespace"]
KEYS += [
    "namespaces",
    "role",
    "arn",
    "path",
    "trust",
    "pin",
    "conditions",
    "statements",
    "permissions",
    "inlinePolicies",
    "document",
]
KEYS += [
    "documentJSON",
    "Statement",
    "Version",
    "Effect",
    "Action",
    "Principal",
    "Condition",
    "StringEquals",
    "association",
    "existing",
]
KEYS += [
    "create",
    "id",
    "cluster",
    "serviceAccount",
    "disableSessionTags",
    "managedPolicyArns",
    "maxCharacters",
    "credentials",
    "oidcIssuer",
    "kubernetes",
    "targetRole",
    "sourceRoleArn",
    "observe",
    "managedPolicies",
    "ownership",
    "onConflict",
    "serviceAccountManagement",
    "claimRef",
    "gcp",
    "gke",
    "vcluster",
    "namespaceMappings",
    "projectId",
    "projectNumber",
    "roles",
    "on",
    "condition",
    "expression",
    "email",
    "mode",
    "zzz",
]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(WORDS)
SCALARS = SCALARS | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.sampled_from(KEYS) | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)

MANY = examples(5000)

_OF_AWS, _OF_GCP = ("RoleReady", "AssociationsReady"), ("BindingsReady",)


def judged(result: Result) -> None:
    assert result.fatal is None or not result.resources
    # With IRSA and an existing role nothing is left to compose but what the service accounts have to carry.
    assert result.fatal is not None or result.resources or _annotated(result) or result.requirements
    first, second, *types = (condition.type for condition in result.conditions)
    assert (first, second) == ("SpecValid", "ClustersResolved")
    assert tuple(types) in (_OF_AWS, _OF_GCP, (*_OF_AWS, *_OF_GCP))
    assert all(condition.reason and condition.message and "\n" not in condition.message for condition in result.conditions)


def _annotated(result: Result) -> bool:
    return result.status is not None and all("annotations" in entry for entry in result.status["serviceAccounts"])


@MANY
@given(JSON, st.sampled_from(FLAVOURS))
def test_any_json_gives_a_result_or_errors(spec: Any, kind: str) -> None:
    judged(composed(spec, kind))


@MANY
@given(st.data(), st.sampled_from(FLAVOURS))
def test_a_valid_spec_with_anything_put_anywhere_gives_a_result_or_errors(data: st.DataObject, kind: str) -> None:
    spec: Any = data.draw(st.sampled_from(RICH))()
    for _ in range(data.draw(st.integers(1, 3))):
        spec = _edited(spec, data)
    judged(composed(spec, kind))


def rich_tokens() -> dict[str, Any]:
    """A spec that uses the fields of IRSA, of service accounts, and of permissions that others share."""
    return changed(
        (
            ("clusters",),
            [
                {
                    "name": "prod",
                    "eks": {
                        "region": "eu-central-1",
                        "accountId": "111122223333",
                        "oidcIssuer": "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF",
                    },
                    "kubernetesProviderConfigRef": {"name": "prod"},
                },
                {
                    "name": "stage",
                    "kubernetes": {"oidcIssuer": "https://oidc.example.com/stage/", "audience": "pods"},
                    "kubernetesProviderConfigRef": {"name": "stage"},
                },
            ],
        ),
        (("serviceAccountManagement",), "Own"),
        (("deletionOrder",), "Ordered"),
        (
            ("aws",),
            {
                "credentials": ["PodIdentity", "IRSA"],
                "irsa": {"tokenExpirationSeconds": 3600},
                "permissions": {
                    "ownership": "Additive",
                    "presets": [
                        {"name": "ExternalDNS", "hostedZoneArns": ["arn:aws:route53:::hostedzone/Z1"]},
                        {"name": "CertManager", "hostedZoneArns": ["arn:aws:route53:::hostedzone/Z1"]},
                        {
                            "name": "ExternalSecrets",
                            "secretArns": ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:reports-*"],
                        },
                    ],
                    "managedPolicyArns": ["arn:aws:iam::aws:policy/X"],
                    "managedPolicies": [
                        {
                            "name": "m",
                            "path": "/m/",
                            "description": "d",
                            "statements": [
                                {"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:eu-central-1:111122223333:jobs"]}
                            ],
                        }
                    ],
                    "inlinePolicies": [
                        {
                            "name": "i",
                            "statements": [
                                {"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:eu-central-1:111122223333:jobs"]}
                            ],
                        }
                    ],
                },
                "trust": {"pin": "Namespace", "sourceAccount": True, "conditions": {"Bool": {"aws:SecureTransport": True}}},
                "association": {"onConflict": "Adopt"},
            },
        ),
    )


def rich_source() -> dict[str, Any]:
    """A spec of the role that another's role may assume."""
    return changed(
        (
            ("aws",),
            {
                "accountId": "340605141517",
                "sourceRoleArn": "arn:aws:iam::111122223333:role/host",
                "disableSessionTags": True,
                "trust": {"statements": [], "maxCharacters": 4096},
            },
        ),
    )


def rich_spec() -> dict[str, Any]:
    """A spec that uses every field that a chain of two roles can have."""
    return changed(
        (("managementPolicies",), ["*"]),
        (("tags",), {"team": "data"}),
        (("serviceAccounts", 0, "namespaces"), ["a", "b"]),
        (
            ("aws",),
            {
                "accountId": "111122223333",
                "providerConfigRef": {"name": "default"},
                "credentials": ["PodIdentity"],
                "role": {"name": "x", "path": "/x/", "description": "d", "maxSessionDuration": 3600},
                "permissions": {
                    "managedPolicyArns": ["arn:aws:iam::aws:policy/X"],
                    "inlinePolicies": [
                        {
                            "name": "a",
                            "statements": [
                                {
                                    "actions": ["sqs:SendMessage"],
                                    "resources": ["arn:aws:sqs:eu-central-1:111122223333:jobs"],
                                    "conditions": {},
                                }
                            ],
                        },
                        {
                            "name": "b",
                            "document": {
                                "Version": "2012-10-17",
                                "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}],
                            },
                        },
                        {
                            "name": "c",
                            "documentJSON": '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-central-1:111122223333:jobs"}}',
                        },
                    ],
                },
                "trust": {"conditions": {"Bool": {"aws:SecureTransport": True}}, "statements": [], "maxCharacters": 4096},
                "association": {
                    "tags": {"a": "b"},
                    "existing": [
                        {"cluster": "prod", "namespace": "data", "serviceAccount": "worker", "id": "a-0123456789abcdef0"}
                    ],
                },
                "targetRole": {
                    "accountId": "340605141517",
                    "providerConfigRef": {"name": "customer"},
                    "name": "y",
                    "path": "/y/",
                    "description": "d",
                    "maxSessionDuration": 7200,
                    "permissionsBoundaryArn": "arn:aws:iam::340605141517:policy/b",
                    "permissions": {"managedPolicyArns": ["arn:aws:iam::aws:policy/X"]},
                },
            },
        ),
    )


def _edited(value: Any, data: st.DataObject) -> Any:
    """A copy with one place, at any depth, replaced, removed or added to."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _edited(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], _edited(value[index], data), *value[index + 1 :]]
    if isinstance(value, dict) and data.draw(st.booleans()):
        return {**value, data.draw(NAMES): data.draw(JSON)}
    return data.draw(JSON)


RICH = (rich_spec, rich_tokens, rich_source, rich_gcp, rich_gcp_direct, existing_account)
"""Specs that are edited."""


@pytest.mark.parametrize("rich", RICH)
def test_the_specs_that_are_edited_are_valid(rich: Callable[[], dict[str, Any]]) -> None:
    assert composed(rich()).fatal is None


def test_same_bytes_in_another_process_and_for_shuffled_input() -> None:
    """Struct fields come in another order in every process, and hashes of strings are salted."""
    script = (
        "import sys; from tests.test_properties import digests, shuffled;"
        "print(*digests(lambda spec: shuffled(spec, int(sys.argv[1]))), sep='\\n')"
    )
    here = list(digests(lambda spec: spec))
    for seed in range(many(4)):
        command = [sys.executable, "-c", script, str(seed)]
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
        assert done.stdout.split() == here


def digests(shuffle: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
    """One for the answer to each spec with every field, of each kind."""
    for kind in FLAVOURS:
        for rich in RICH:
            yield hashlib.sha256(answered(shuffle(rich()), kind).SerializeToString(deterministic=True)).hexdigest()


@pytest.mark.parametrize("rich", [rich_spec, rich_tokens, rich_source])
def test_claim_and_xr_differ_in_nothing_but_groups(rich: Any) -> None:
    """And in what a cluster-scoped provider config reference cannot say."""
    both = [desired(answered(rich(), kind, everything_provided(rich(), kind))) for kind in FLAVOURS]
    plain = [json.loads(json.dumps(one, sort_keys=True).replace(".m.", ".").replace("ClusterUsage", "Usage")) for one in both]
    for one in plain:
        for manifest in one.values():
            manifest["spec"].get("providerConfigRef", {}).pop("kind", None)
            manifest["apiVersion"] = manifest["apiVersion"].replace("v1alpha2", "v1alpha1")
    # A service account's key hashes how its cluster is reached, which differs.
    accounts = [sorted(json.dumps(m) for n, m in one.items() if n.startswith("account-")) for one in plain]
    assert accounts[0] == accounts[1]
    assert {n: m for n, m in plain[0].items() if not n.startswith("account-")} == {
        n: m for n, m in plain[1].items() if not n.startswith("account-")
    }


def test_refusals_have_the_same_bytes_in_another_process() -> None:
    """Two replicas answer in turn: a message that differed between them would flap, and wake Crossplane at each call."""
    number = many(2000)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.bad_specs", str(number), str(order)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(order), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for order in range(2)
    ]
    one, other = (process.communicate()[0].splitlines() for process in processes)
    assert sum(line.endswith("refused") for line in one) > number * 0.9
    assert [seed for seed, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]] == []
    assert len(one) == number


def shuffled(value: Any, seed: int) -> Any:
    """The same value with every object's fields in another order."""
    rng = random.Random(seed)
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], seed) for key in keys}
    return [shuffled(item, seed) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", seeds(20))
def test_the_order_of_accounts_and_clusters_changes_no_resource(seed: int) -> None:
    rng = random.Random(seed)
    spec = random_spec(rng)
    turned = copy.deepcopy(spec)
    rng.shuffle(turned["clusters"])
    rng.shuffle(turned["serviceAccounts"])
    assert desired(answered(spec)) == desired(answered(turned))


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("some", [random_spec, random_gcp])
@pytest.mark.parametrize("seed", seeds(30))
def test_what_is_observed_and_still_wanted_is_desired(
    kind: str, some: Callable[[random.Random], dict[str, Any]], seed: int
) -> None:
    """Also where an observation lost its status, or is in trouble: what is left out would be deleted."""
    rng = random.Random(seed)
    spec = some(rng)
    there = everything_provided(spec, kind)
    for manifest in there.values():
        damage = rng.choice(("none", "status", "conditions", "annotations"))
        if damage == "status":
            del manifest["status"]
        elif damage == "conditions":
            manifest["status"]["conditions"] = []
        elif damage == "annotations" and manifest["kind"] == "PodIdentityAssociation":
            manifest["metadata"] = {}
    if not composed(spec, kind).fatal:
        wanted = {name for name in desired(answered(spec, kind, there)) if not name.startswith("usage-")}
        assert wanted == set(there)


@pytest.mark.parametrize("seed", seeds(30))
def test_an_edit_of_one_account_changes_its_own_association_and_the_trust_alone(seed: int) -> None:
    rng = random.Random(seed)
    spec = random_spec(rng)
    edited = copy.deepcopy(spec)
    rng.choice(edited["serviceAccounts"])["name"] = "renamed"
    before, after = answered(spec), answered(edited)
    if before.results or after.results:
        return
    old, new = desired(before), desired(after)
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    assert {old[name]["kind"] for name in gone} == {new[name]["kind"] for name in come} == {"PodIdentityAssociation"}
    assert {new[name]["spec"]["forProvider"]["serviceAccount"] for name in come} == {"renamed"}
    for name in old.keys() & new.keys():
        if new[name]["kind"] == "Role":
            new[name]["spec"]["forProvider"]["assumeRolePolicy"] = old[name]["spec"]["forProvider"]["assumeRolePolicy"]
        assert old[name] == new[name]


@pytest.mark.parametrize("seed", seeds(30))
def test_no_wildcard_that_the_user_did_not_write(seed: int) -> None:
    rng = random.Random(seed)
    for resource in composed(random_spec(rng)).resources:
        manifest = resource.object()
        assert manifest["spec"].pop("managementPolicies") == ["*"]
        assert "*" not in json.dumps(manifest)
        assert "?" not in json.dumps(manifest)


def test_adding_an_account_never_removes_one() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        spec = random_spec(rng)
        more = copy.deepcopy(spec)
        more["serviceAccounts"] = [*more["serviceAccounts"], {"name": "added", "namespaces": ["data"]}][:64]
        before, after = answered(spec), answered(more)
        if not before.results and not after.results:
            assert desired(before).keys() <= desired(after).keys()


def test_numbers_that_are_no_json() -> None:
    """A Struct can carry NaN and infinity."""
    asked = request(changed((("aws", "role", "maxSessionDuration"), 1)))
    spec = asked.observed.composite.resource.fields["spec"].struct_value
    role = spec.fields["aws"].struct_value.fields["role"].struct_value
    for number in (float("nan"), float("inf"), -float("inf"), 1e300):
        role.fields["maxSessionDuration"].number_value = number
        assert "spec.aws.role.maxSessionDuration: " in run(asked).results[0].message

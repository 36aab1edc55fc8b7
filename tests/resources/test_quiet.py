"""What would keep Crossplane and a provider writing in turn for ever: fields that the provider's Go types cannot hold.

A provider writes managed resources from structs whose fields are left out when they are empty, so an empty list or map that is
rendered is taken away by every such write, and put back by Crossplane: seen on provider-aws v2.5.0, once a second.
"""

import copy
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from tests.support.clusters import OF_ACCOUNT, OF_OTHER, composed, eks, entry, gke, vcluster
from tests.support.profile import many, seeds
from tests.support.random_gcp import existing_account, random_gcp, rich_gcp, rich_gcp_direct
from tests.support.random_specs import random_spec
from tests.support.xrs import FLAVOURS, answered, desired, everything_provided, spec
from tests.test_properties import rich_source, rich_spec, rich_tokens

ALLOWED = {
    ("inlinePolicy", 0): "an object in a list is kept, and this one takes the last inline policy away",
    ("forProvider",): "the CRDs require it, and the provider holds it as a struct, which is written with nothing in it",
    (
        "managementPolicies",
    ): "pauses the resource, as the user wrote; while it is paused the provider writes nothing but its status",
}
"""Where something empty may stand, by how its path below spec ends, and why."""


def empty(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all empty lists and objects."""
    if value in ([], {}):
        yield path
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for name, inner in items:
        yield from empty(inner, (*path, name))


def unheld(manifests: Iterable[dict[str, Any]]) -> list[str]:
    """What the provider cannot hold of some resources."""
    found = ((manifest["kind"], path) for manifest in manifests for path in empty(manifest["spec"]))
    return [f"{kind}: {path}" for kind, path in found if not any(path[-len(end) :] == end for end in ALLOWED)]


def varied(rng: random.Random) -> dict[str, Any]:
    """A random spec in AWS, with all that may be empty or absent chosen at random."""
    written = random_spec(rng)
    aws = written["aws"]
    permissions: dict[str, Any] = {}
    for field, value in (("managedPolicyArns", ["arn:aws:iam::aws:policy/X"]), ("inlinePolicies", [_inline()])):
        choice = rng.choice(("absent", "empty", "some"))
        if choice != "absent":
            permissions[field] = value if choice == "some" else []
    permissions |= {"ownership": "Additive"} if rng.random() < 0.3 else {}
    aws |= {"permissions": permissions} if rng.random() < 0.8 else {}
    written |= {"tags": rng.choice(({}, {"team": ""}, {"team": "data"}))}
    written |= {"managementPolicies": rng.choice((["*"], [], ["Observe", "Create", "Update"]))}
    written |= {"deletionOrder": rng.choice(("None", "Ordered"))}
    if rng.random() < 0.2:
        written["aws"] = {"role": {"arn": "arn:aws:iam::111122223333:role/given", "observe": True}}
    elif rng.random() < 0.3:
        permissions = rng.choice(({}, {"managedPolicyArns": []}, {"managedPolicyArns": ["arn:aws:iam::aws:policy/X"]}))
        aws["targetRole"] = {"accountId": "340605141517", "providerConfigRef": {"name": "c"}, "permissions": permissions}
    return written


def _inline() -> dict[str, Any]:
    return {"name": "i", "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/*"], "conditions": {}}]}


def rendered(written: dict[str, Any], kind: str, *, there: bool) -> list[dict[str, Any]]:
    """What is rendered of a spec, at first or when all of it is there."""
    observed = everything_provided(written, kind) if there else None
    return list(desired(answered(written, kind, observed)).values())


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("some", [varied, random_gcp])
def test_nothing_empty_is_rendered(some: Callable[[random.Random], dict[str, Any]], kind: str, *, there: bool) -> None:
    count = 0
    for seed in seeds(250):
        manifests = rendered(some(random.Random(seed)), kind, there=there)
        assert not unheld(manifests), f"seed {seed}"
        count += bool(manifests)
    assert count > many(150), "too few of the random specs are valid"


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("rich", [spec, rich_spec, rich_tokens, rich_source, rich_gcp, rich_gcp_direct, existing_account])
def test_nothing_empty_is_rendered_of_specs_with_every_field(rich: Callable[[], dict[str, Any]], kind: str) -> None:
    for there in (False, True):
        manifests = rendered(rich(), kind, there=there)
        assert manifests
        assert not unheld(manifests)


@pytest.mark.parametrize("scope", ["Namespaced", "Cluster"])
@pytest.mark.parametrize(
    "cluster",
    [
        eks(podIdentityAgent={"addon": True}, oidcProviders=[OF_ACCOUNT, OF_OTHER]),
        eks(podIdentityAgent={"addon": True, "version": "v1.3.8-eksbuild.2"}),
        eks(oidcProviders=[]),
        gke(),
        gke(projectId="prod-436507", projectNumber="123456789012"),
        {"kubernetes": {"oidcIssuer": "https://oidc.example.com/x", "oidcProviders": [OF_ACCOUNT]}},
        vcluster(),
    ],
)
@pytest.mark.parametrize("policies", [["*"], [], ["Observe", "Create", "Update", "LateInitialize"]])
def test_nothing_empty_is_rendered_of_a_catalogues_entry(cluster: dict[str, Any], scope: str, policies: list[str]) -> None:
    written = {**cluster, "managedResources": {"scope": scope}, "managementPolicies": policies}
    result = composed(written, required={"cluster-prod": (entry(),)}, name="edge")
    assert result.fatal is None
    assert not unheld(resource.object() for resource in result.resources)


def test_what_is_kept_for_a_usage_has_nothing_empty_that_was_there() -> None:
    """A role that is no longer wanted is kept as it was observed, as an earlier release rendered it and the provider added to it."""
    before = copy.deepcopy(spec()) | {"deletionOrder": "Ordered", "aws": {"role": {"name": "old"}}}
    there = everything_provided(before)
    # Usages are composed when what they tie together is there.
    wanted = desired(answered(before, observed=there))
    there |= {name: manifest for name, manifest in wanted.items() if name not in there}
    (role,) = (name for name, manifest in there.items() if manifest["kind"] == "Role")
    there[role]["spec"]["forProvider"] |= {"managedPolicyArns": []}
    there[role]["spec"] |= {"initProvider": {}}
    kept = desired(answered(before | {"aws": {"role": {"name": "new"}}}, observed=there))
    assert kept[role]["spec"]["forProvider"]["inlinePolicy"] == [{}]
    assert not unheld(kept.values())


def test_a_call_that_fails_again_is_told_in_the_same_words() -> None:
    """AWS numbers its answers; the condition says the rest."""
    said = set()
    for number in range(3):
        there = everything_provided(spec())
        for manifest in there.values():
            failed = (
                f"create failed: https response error StatusCode: 409, RequestID: 5c1f-{number}, ResourceInUseException: busy"
            )
            manifest["status"]["conditions"] = [{"type": "Synced", "status": "False", "message": failed}]
        said |= {(c.type, c.message) for c in answered(spec(), observed=there).conditions}
    words = "create failed: https response error StatusCode: 409, ResourceInUseException: busy"
    assert sorted(kind for kind, message in said if words in message) == ["AssociationsReady", "RoleReady"]


@pytest.mark.parametrize("field", [{"forProvider": {"managedPolicyArns": []}}, {"forProvider": {"tags": {}}}, {"of": {}}])
def test_an_empty_field_would_be_found(field: dict[str, Any]) -> None:
    assert unheld([{"kind": "Role", "spec": field}])

"""The rollout token, call by call, while an edit makes its way through Crossplane and the provider."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clouds.aws.test_chains import COMPOSED, status
from tests.support.random_gcp import rich_gcp
from tests.support.xrs import ACCOUNT, FLAVOURS, answered, changed, desired, everything_provided, mixed, spec

Manifests = dict[str, dict[str, Any]]
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
_TARGET = (("aws", "targetRole"), {"arn": f"arn:aws:iam::{ACCOUNT}:role/t"})
_TAGS_OFF = ((("aws", "disableSessionTags"), True), (("aws", "trust"), {"pin": "Cluster"}))


def _applied(written: dict[str, Any], kind: str, there: Manifests) -> Manifests:
    """What stands there once Crossplane has applied what is desired: spec and annotations, with the status of before."""
    found = {}
    for name, manifest in desired(answered(written, kind, there)).items():
        before = there.get(name, {})
        annotations = {
            **before.get("metadata", {}).get("annotations", {}),
            **manifest.get("metadata", {}).get("annotations", {}),
        }
        metadata = {**before.get("metadata", {"name": name}), "annotations": annotations}
        found[name] = {**manifest, "metadata": metadata, **({"status": before["status"]} if "status" in before else {})}
    return found


def states(written: dict[str, Any], kind: str, there: Manifests) -> Iterator[Manifests]:
    """All that is observed on the way of an edit: each managed resource is touched, fails for a moment, and is then done."""
    yield there
    there = _applied(written, kind, there)
    for name in sorted(there):
        done = everything_provided(written, kind).get(name, {"status": {}, "metadata": {"annotations": {}}})
        for ready in ("False", "True"):
            if name not in there:
                # A Usage let it go meanwhile.
                break
            status = copy.deepcopy(there[name].get("status", {}) if ready == "False" else done["status"])
            status["conditions"] = [{"type": "Ready", "status": ready}, {"type": "Synced", "status": ready}]
            annotations = done["metadata"]["annotations"] if ready == "True" else {}
            there = {**there, name: {**there[name], "status": status}}
            there[name] = _annotated(there[name], annotations)
            yield there
            there = _applied(written, kind, there)
    yield there


def _annotated(manifest: dict[str, Any], annotations: dict[str, str]) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "annotations": {**annotations, **metadata["annotations"]}}}


def tokens(kind: str, *specs: dict[str, Any]) -> list[str | None]:
    """The tokens that a user sees while one spec follows another, those that follow an equal one left out."""
    last: Manifests = {}
    seen: list[str | None] = []
    for written in specs:
        for there in states(written, kind, last):
            last = there
            token = status(answered(written, kind, there)).get("rolloutToken")
            if not seen or seen[-1] != token:
                seen.append(token)
    return seen


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("written", [spec(), mixed(), rich_gcp()], ids=["pod identity", "irsa", "google"])
def test_it_comes_once_when_everything_is_there(kind: str, written: dict[str, Any]) -> None:
    first, token = tokens(kind, written)
    assert first is None
    assert token


@pytest.mark.parametrize("kind", FLAVOURS)
def test_ten_edits_of_permissions_leave_it_alone(kind: str) -> None:
    edits = [{"managedPolicyArns": [READ_ONLY][: number % 2], "inlinePolicies": _inline(number)} for number in range(10)]
    edited = [changed((("aws", "permissions"), permissions)) for permissions in edits]
    assert len(tokens(kind, spec(), *edited)) == 2


def _inline(number: int) -> list[dict[str, Any]]:
    statement = {"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::b-{number}/*"]}
    return [{"name": f"i{number % 3}", "statements": [statement]}] if number % 4 else []


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(
    "edited",
    [
        changed((("tags",), {"a": "b"})),
        changed((("aws", "role"), {"description": "d", "maxSessionDuration": 7200})),
        changed((("aws", "trust"), {"sourceAccount": True})),
        changed((("serviceAccounts",), [{"name": "worker", "clusters": ["prod"]}, {"name": "api"}])),
    ],
    ids=["tags", "role", "trust", "order"],
)
def test_what_needs_no_restart_leaves_it_alone(kind: str, edited: dict[str, Any]) -> None:
    assert len(tokens(kind, spec(), edited)) == 2


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(
    "edited",
    [
        changed((("serviceAccounts", 1), {"name": "other", "clusters": ["prod"]})),
        changed((("serviceAccounts",), [{"name": "a"}, {"name": "b"}])),
        changed(_TARGET),
        changed((("aws", "targetRole"), COMPOSED)),
        changed(*_TAGS_OFF),
        changed((("aws", "role", "name"), "other")),
        changed((("aws", "role", "arn"), f"arn:aws:iam::{ACCOUNT}:role/given")),
        changed((("serviceAccounts",), [{"name": "api"}])),
    ],
    ids=[
        "one renamed",
        "all renamed",
        "target role",
        "composed target role",
        "session tags off",
        "role renamed",
        "role given",
        "less",
    ],
)
def test_what_needs_a_restart_changes_it_once(kind: str, edited: dict[str, Any]) -> None:
    none, first, second, again = tokens(kind, spec(), edited, spec())
    assert none is None
    assert first != second != again
    assert all((first, second, again))


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("management", ["Annotate", "Own"])
def test_annotations_count_as_they_are_seen(kind: str, management: str) -> None:
    def written(seconds: int) -> dict[str, Any]:
        clusters = [{**c, "kubernetesProviderConfigRef": {"name": c["name"]}} for c in mixed()["clusters"]]
        aws = {"credentials": ["IRSA"], "irsa": {"tokenExpirationSeconds": seconds}}
        return changed((("clusters",), clusters), (("serviceAccountManagement",), management), (("aws",), aws), base=mixed())

    assert len(tokens(kind, written(3600), written(7200))) == 3


@pytest.mark.parametrize("kind", FLAVOURS)
def test_google(kind: str) -> None:
    first = changed((("gcp", "roles"), rich_gcp()["gcp"]["roles"][:3]), base=rich_gcp())
    permissions = changed((("gcp", "roles"), rich_gcp()["gcp"]["roles"][:2]), base=first)
    renamed = changed((("gcp", "serviceAccount", "accountId"), "reporting"), base=first)
    direct = changed((("gcp", "mode"), "Direct"), (("gcp", "serviceAccount"), ...), base=renamed)
    direct["clusters"] = [{**c, "gke": {**c["gke"], "projectNumber": str(9 + i)}} for i, c in enumerate(direct["clusters"])]
    assert len(tokens(kind, first, permissions)) == 2
    assert len(tokens(kind, first, renamed, direct)) == 4


def test_a_rollout_token_changes_with_what_pods_hold_and_nothing_else() -> None:
    def token(*changes: Any) -> str:
        written = changed(*changes)
        return str(status(answered(written, observed=everything_provided(written)))["rolloutToken"])

    assert token() == token((("tags",), {"a": "b"})) == token((("aws", "permissions"), {"managedPolicyArns": []}))
    others = [
        token((("aws", "role", "name"), "x")),
        token((("aws", "targetRole"), {"arn": f"arn:aws:iam::{ACCOUNT}:role/t"})),
        token((("aws", "disableSessionTags"), True), (("aws", "trust"), {"pin": "Cluster"})),
        token((("serviceAccounts", 1), {"name": "other"})),
    ]
    assert len({token(), *others}) == 5

"""What is asked of Google fits its own description of its APIs."""

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.linters.google_discovery import KINDS, account_problems, byte_limit, member_problems
from tests.support.profile import seeds
from tests.support.random_gcp import existing_account, random_gcp, rich_gcp, rich_gcp_direct
from tests.support.xrs import changed, composed


def objects(spec: dict[str, Any]) -> list[dict[str, Any]]:
    result = composed(spec)
    assert result.fatal is None, result.fatal
    return [made for resource in result.resources if ".gcp." in (made := resource.object())["apiVersion"]]


def members(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in objects(spec) if one["kind"] != "ServiceAccount"]


RICH = (rich_gcp, rich_gcp_direct, existing_account)


@pytest.mark.parametrize("rich", RICH)
def test_everything_that_a_role_can_be_granted_on(rich: Callable[[], dict[str, Any]]) -> None:
    made = members(rich())
    assert {one["kind"] for one in made} | {"ServiceAccountIAMMember"} == set(KINDS)
    assert not [problem for one in made for problem in member_problems(one)]


def test_random_specs() -> None:
    for seed in seeds(150):
        for one in objects(random_gcp(random.Random(seed))):
            found = account_problems(one) if one["kind"] == "ServiceAccount" else member_problems(one)
            assert list(found) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_where_a_name_belongs_is_found(kind: str) -> None:
    """In every field but the folder's and the service account's, which are paths; buckets' names have no pattern there."""
    (one, *_) = [made for made in members(rich_gcp()) if made["kind"] == kind]
    for field in set(one["spec"]["forProvider"]) - {"role", "member", "condition"}:
        planted = copy.deepcopy(one)
        planted["spec"]["forProvider"][field] = f"projects/p/x/{one['spec']['forProvider'][field]}"
        if field not in ("bucket", "managedFolder", "datasetId", "project") or kind not in _WITHOUT_PATTERN:
            assert member_problems(planted), field


_WITHOUT_PATTERN = ("BucketIAMMember", "ManagedFolderIAMMember", "DatasetIAMMember")


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_and_an_unknown_field_are_found(kind: str) -> None:
    (one, *_) = [made for made in members(rich_gcp()) if made["kind"] == kind]
    for field in set(one["spec"]["forProvider"]) - {"role", "member", "condition"}:
        planted = copy.deepcopy(one)
        del planted["spec"]["forProvider"][field]
        assert member_problems(planted), field
    if "condition" in one["spec"]["forProvider"]:
        planted = copy.deepcopy(one)
        planted["spec"]["forProvider"]["condition"]["name"] = "x"
        assert member_problems(planted)


def _account(**fields: str) -> dict[str, Any]:
    return changed((("gcp", "serviceAccount"), fields), (("gcp", "roles"), []), base=rich_gcp())


@pytest.mark.parametrize(("account_id", "good"), [("a23456", True), ("a" * 30, True), ("a2345", False), ("a" * 31, False)])
def test_the_length_of_an_id(account_id: str, good: bool) -> None:
    result = composed(_account(accountId=account_id))
    assert (result.fatal is None) == good
    (built,) = [one for one in objects(_account(accountId="reports")) if one["kind"] == "ServiceAccount"]
    built["metadata"]["annotations"]["crossplane.io/external-name"] = account_id
    assert (not list(account_problems(built))) == good


@pytest.mark.parametrize("field", ["displayName", "description"])
@pytest.mark.parametrize("letter", ["a", "é", "語", "🙂"])
def test_texts_as_long_as_google_takes_them(field: str, letter: str) -> None:
    """Google counts bytes."""
    most = byte_limit(field) // len(letter.encode())
    (built, *_) = objects(_account(**{field: letter * most}))
    assert list(account_problems(built)) == []
    assert composed(_account(**{field: letter * (most + 1)})).fatal

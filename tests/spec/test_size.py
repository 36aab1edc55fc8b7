"""How large a spec may be, and how much is looked at of one that is wrong throughout."""

import copy
import difflib
import json
import sys
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import pytest

from function.catalogue.entry import NOTHING_FETCHED, Fetched
from function.compose import compose
from function.errors import MOST_ERRORS, STOPPED, FieldError
from function.observed import Observed
from function.result import Result
from function.spec.size import MAX_SPEC, larger
from tests.spec.bad_input_large import TOO_LARGE
from tests.support.clusters import EKS_FACTS, eks, entry
from tests.support.clusters import composed as composed_cluster
from tests.support.xrs import changed, composed, spec, xr

VALUES: list[Any] = [
    "",
    "abc",
    "ä€😀",
    [],
    {},
    [[], {}, ""],
    {"a": {"b": [1, -2.5, True, False, None, 10**18]}, "ü": ["x", "y"]},
    spec(),
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_is_as_large_as_its_compact_json(value: Any) -> None:
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    assert [larger(value, size), larger(value, size - 1)] == [False, True]


def test_what_contains_itself_is_larger_than_anything() -> None:
    endless: list[Any] = ["x"]
    endless.append(endless)
    assert larger(endless, 1_000_000)


def test_an_alias_counts_wherever_it_stands() -> None:
    doubled: Any = "x"
    for _ in range(64):
        doubled = [doubled, doubled]
    assert larger(doubled, MAX_SPEC)


def test_what_crossplane_keeps_in_the_spec_is_not_counted() -> None:
    references = [{"apiVersion": "iam.aws.m.upbound.io/v1beta1", "kind": "Role", "name": "x" * 63} for _ in range(4000)]
    assert composed(changed((("crossplane",), {"resourceRefs": references}))).fatal is None
    assert composed(changed((("resourceRefs",), references)), "XPodIdentity").fatal is None


def test_a_spec_whose_size_is_known_is_not_measured() -> None:
    large = xr(changed((("aws", "trust", "conditions"), {"x" * MAX_SPEC: 1})))
    assert compose(large, Observed({}), NOTHING_FETCHED).fatal == f"spec: {TOO_LARGE}"
    assert "spec.aws.trust.conditions" in str(compose(large, Observed({}), NOTHING_FETCHED, small=True).fatal)


def test_a_cluster_of_the_catalogue_that_is_too_large() -> None:
    assert composed_cluster({**eks(), "usableFrom": {"namespaces": ["x" * MAX_SPEC]}}).fatal == (
        "spec: is larger than 256 kB, which is the most that is read: it holds the facts of one cluster, so leave out what is no "
        "field of it"
    )


def test_facts_that_are_too_large_are_put_into_no_spec() -> None:
    found = entry(facts={"eks": {**EKS_FACTS, "audience": "x" * MAX_SPEC}})
    named = {**spec(), "clusters": [{"name": "prod"}]}
    result = compose(xr(named), Observed({}), Fetched.read(found))
    assert result.fatal == (
        "spec.clusters[0].name: PodIdentityCluster prod is refused itself: it is larger than 256 kB, which is the most that is read"
    )


def _inline(statement: Any, count: int) -> dict[str, Any]:
    return changed((("aws", "permissions", "inlinePolicies"), [{"name": f"p{i}", **statement} for i in range(count)]))


_ACTIONS = {"statements": [{"actions": ["x"] * 2000, "resources": ["y"] * 2000}]}
_DOCUMENT = {"document": {"Version": "2012-10-17", "Statement": [{"Efect": "x", "Actoin": "y"}] * 40}}
_CONDITIONS = {"statements": [{"actions": ["a:b"], "resources": ["*"], "conditions": {f"Strng{i:03}": 1 for i in range(200)}}]}
_TRUSTING = [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["x"] * 700}] * 10

WRONG: dict[str, dict[str, Any]] = {
    "actions": _inline(_ACTIONS, 10),
    "documents": _inline(_DOCUMENT, 100),
    "operators": _inline(_CONDITIONS, 60),
    "trust actions": changed((("aws", "trust", "statements"), _TRUSTING)),
    "unknown fields": {**spec(), **{f"clustesr{i}": 1 for i in range(10_000)}},
    "unknown fields of a cloud": changed((("aws",), {f"rloe{i}": 1 for i in range(10_000)})),
    "no numbers": changed((("aws", "association", "existing"), [dict.fromkeys(("cluster", "namespace", "id"), 1)] * 1024)),
    "names": changed((("serviceAccounts",), [{"name": "A", "namespaces": [f"N{i}" for i in range(64)]}] * 64)),
    "words": changed((("serviceAccountManagement",), "own"), (("managementPolicies",), ["observe"] * 6)),
}


def _counted(spec: Any, *functions: Callable[..., Any]) -> tuple[Result, list[int]]:
    """What is made of a spec, and how often each of these functions is called for it."""
    calls: Counter[CodeType] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            calls[frame.f_code] += 1

    composed(spec)
    sys.setprofile(count)
    try:
        result = composed(spec)
    finally:
        sys.setprofile(None)
    return result, [calls[function.__code__] for function in functions]


@pytest.mark.parametrize("name", WRONG)
def test_no_more_errors_are_made_than_are_kept(name: str) -> None:
    result, (made, compared) = _counted(WRONG[name], FieldError.__new__, difflib.get_close_matches)
    assert result.fatal
    assert len(result.errors) <= MOST_ERRORS
    # Of many documents, each has a reader with room of its own.
    assert made <= MOST_ERRORS + (150 if name == "documents" else 2)
    assert compared <= 3 * MOST_ERRORS
    assert (STOPPED in result.errors) == (name != "words")


def test_names_are_compared_for_the_first_of_many_unknown_fields() -> None:
    _, (compared,) = _counted(WRONG["unknown fields"], difflib.get_close_matches)
    assert 0 < compared <= 128


def test_errors_of_several_kinds_share_the_limit() -> None:
    everything = changed(
        (("tags",), {f"aws:{i}": "aws:v" for i in range(120)}),
        (("aws", "trust", "statements"), [{"Action": ["x"] * 100}] * 40),
        (("aws", "permissions", "inlinePolicies"), _inline(_ACTIONS, 10)["aws"]["permissions"]["inlinePolicies"]),
    )
    result, (made,) = _counted(everything, FieldError.__new__)
    assert len(result.errors) == MOST_ERRORS
    # Each reader has room of its own.
    assert made <= 3 * MOST_ERRORS
    assert str(result.fatal).startswith(f"{STOPPED}; spec.")


def _turned(value: Any) -> Any:
    """The same value, every object's fields in the other order."""
    if isinstance(value, dict):
        return {name: _turned(inner) for name, inner in reversed(value.items())}
    return [_turned(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", WRONG)
def test_the_errors_that_are_kept_are_the_same_in_any_order_of_fields(name: str) -> None:
    wrong = copy.deepcopy(WRONG[name])
    wrong["tags"] = {f"aws:{i}": "aws:v" for i in range(100)}
    wrong["zzz"] = wrong["aaa"] = 1
    assert composed(wrong).errors == composed(_turned(wrong)).errors

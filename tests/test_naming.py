"""Names: legal, within limits, distinct, and the same for ever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from function.naming import Derived, digest, resource_name, role_name, service_account_ids

LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@given(LABEL, LABEL)
def test_role_names_are_legal(namespace: str, name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_+=,.@-]{1,64}", role_name(namespace, name))


def test_role_names_never_change() -> None:
    """Renaming a role breaks every policy elsewhere that names it, so these are written out."""
    assert role_name("data", "reports") == "data-reports-9ac6bf6d19d802b9"
    assert role_name("", "reports") == "reports-e9d929ca61b74c84"
    assert role_name("n" * 63, "x" * 63) == "n" * 47 + "-" + role_name("n" * 63, "x" * 63)[-16:]


@given(LABEL, LABEL)
def test_service_account_ids_are_legal(namespace: str, name: str) -> None:
    for each in service_account_ids(namespace, name):
        assert re.fullmatch(r"[a-z]([-a-z0-9]{4,28})[a-z0-9]", each)


def test_service_account_ids_never_change() -> None:
    """Nor do those of earlier versions, by which theirs are found."""
    assert service_account_ids("data", "reports") == ("data-reports-r1pq4dmk5106", "data-reports-2d15a2b09b8d")
    assert service_account_ids("0" * 63, "x" * 253)[0] == "sa-00000000000000-v2ncdqrc5rl4"


def test_a_collision_of_48_bits_is_none_any_more() -> None:
    """Found among some ten million names."""
    (one, before), (other, its) = (
        service_account_ids("team", "a-reports-aa03e1321"),
        service_account_ids("team-a", "reports-aa0b964b0"),
    )
    assert before == its
    assert one != other


@pytest.mark.parametrize("derived", [Derived("role", ("a", "b.c")), Derived("role", ("", "b")), Derived("target", None)])
def test_the_annotation_of_a_derived_name_is_read_as_it_was_written(derived: Derived) -> None:
    assert Derived.read(str(derived)) == derived


def test_facts_of_any_length_have_one_digest() -> None:
    """Those that are remembered, and those that are too long for it."""
    assert digest("x" * 256) != digest("x" * 257) == digest("x" * 257)


def test_owners_that_read_alike_are_kept_apart() -> None:
    assert role_name("a-b", "c") != role_name("a", "b-c")
    assert role_name("", "a-b") != role_name("a", "b")


def test_resource_names_never_change() -> None:
    """A changed composition resource name deletes and recreates everything."""
    assert resource_name("role", "111122223333", "x") == "role-3c6960bb576b5926"


def test_lists_of_facts_are_kept_apart() -> None:
    assert digest("a", "bc") != digest("ab", "c")
    assert digest("a") != digest("a", "")

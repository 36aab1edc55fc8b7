"""Names: legal, within limits, distinct, and the same for ever."""

import re

from hypothesis import given
from hypothesis import strategies as st

from function.naming import digest, resource_name, role_name

LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@given(LABEL, LABEL)
def test_role_names_are_legal(namespace: str, name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_+=,.@-]{1,64}", role_name(namespace, name))


def test_role_names_never_change() -> None:
    """Renaming a role breaks every policy elsewhere that names it, so these are written out."""
    assert role_name("data", "reports") == "data-reports-9ac6bf6d19d802b9"
    assert role_name("", "reports") == "reports-e9d929ca61b74c84"
    assert role_name("n" * 63, "x" * 63) == "n" * 47 + "-" + role_name("n" * 63, "x" * 63)[-16:]


def test_owners_that_read_alike_are_kept_apart() -> None:
    assert role_name("a-b", "c") != role_name("a", "b-c")
    assert role_name("", "a-b") != role_name("a", "b")


def test_resource_names_never_change() -> None:
    """A changed composition resource name deletes and recreates everything."""
    assert resource_name("role", "111122223333", "x") == "role-3c6960bb576b5926"


def test_lists_of_facts_are_kept_apart() -> None:
    assert digest("a", "bc") != digest("ab", "c")
    assert digest("a") != digest("a", "")

"""How errors read."""

from function.errors import FieldError, InvalidSpec, dotted, listed, quoted


def test_paths() -> None:
    assert dotted(("spec", "clusters", 0, "name")) == "spec.clusters[0].name"
    assert dotted(("spec", "tags", "a b")) == 'spec.tags["a b"]'
    assert dotted(("spec", "tags", "a\nb")) == 'spec.tags["a\\nb"]'


def test_text_of_users_cannot_break_out_of_its_quotes_or_its_line() -> None:
    assert quoted('a"; fake: b') == '"a\\"; fake: b"'
    assert quoted("a\u2028b\x1b[31m") == '"a\\u2028b\\u001b[31m"'
    assert len(quoted("x" * 1000)) <= 81
    assert quoted({"a": [1, None]}) == '{"a": [1, null]}'


def test_errors_are_sorted_by_number_and_named_once() -> None:
    errors = [FieldError(("a", 10), "x"), FieldError(("a", 9), "x"), FieldError(("a", 9), "x")]
    assert str(InvalidSpec(errors)) == "a[9]: x; a[10]: x"


def test_lists_in_prose() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]

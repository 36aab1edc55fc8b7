"""YAML is read alike with libyaml and without."""

from typing import Any

import pytest

from function.cli import yaml_input
from function.cli.yaml_input import FASTEST, InPython, NotYaml, parse
from tests.cli.test_cli import BOMB
from tests.support import EXAMPLES

# Texts on which parsers of YAML like to differ.
_ODD = [
    "", "---", "---\n---\na: 1", "\ufeffa: 1", "a: 'x\u2028y'", "{a:1}", '{"a":1}', "[a:b, http://x]", "k: [a,]", "[?x]", "- -1",
    "a: 1:30", "a: 0b1", "a: 1_0", "a: 010", "a: 089", "a: 0o7", "a: 1e3", "a: 1e400", "a: -0.0", "a: y\nb: no\nc: ~\nd: !!str 1",
    "a: 2026-01-01", "a: |\n  x\n  y\n\nb: >-\n  x\n  y", 'a: "x\\\n  y\\u202e\\U0001f680"', "a: ''' '", "a: &x {b: 1}\nc: *x",
    "x: &x {<<: &y {a: b}, a: c}\nz: {<<: *x}", "? a\n: b", "{a}", "a: # x\n  b", "%YAML 1.2\n---\na: 1", "a\r\nb", "a: !!binary AAA=",
]  # fmt: skip
_WRONG = [
    "a: 1\na: 2", "on: 1", "1: 2", "[a]: 1", "a: [", "a: *b", "a: &a [*a]", BOMB, "a: !!python/object:x y", "a: .inf", "a: 'x", "a: `b",
    "a: @b", "[:x]", "a: 1\n b: 2", "...\n", "\x01", '"\\ud83d"', "=: 1", "[" * 5_000, f"a: {'9' * 5000}", "a: 0xffffffffffffffffffff", "a: |\n\t x",
]  # fmt: skip


def test_the_tests_know_both() -> None:
    assert FASTEST is not InPython


def test_numbers_know_how_they_were_written() -> None:
    (read,) = parse("a: 0o7")
    assert isinstance(read, dict)
    assert (read["a"], read["a"].written) == (7, "0o7")


@pytest.mark.parametrize("text", _ODD)
def test_the_same_documents(text: str) -> None:
    assert repr(parse(text, FASTEST)) == repr(parse(text, InPython))


def test_the_same_documents_of_all_examples() -> None:
    files = sorted(EXAMPLES.glob("**/*.yaml"))
    assert len(files) > 50
    for file in files:
        assert repr(parse(file.read_text(), FASTEST)) == repr(parse(file.read_text(), InPython)), file


@pytest.mark.parametrize("loader", [FASTEST, InPython])
@pytest.mark.parametrize("text", _WRONG, ids=lambda text: text[:20])
def test_both_refuse(loader: type[Any], text: str) -> None:
    with pytest.raises(NotYaml):
        parse(text, loader)


@pytest.mark.parametrize("loader", [FASTEST, InPython])
def test_values_are_counted_while_they_are_read(loader: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_input, "_NODES_MAX", 100)
    assert parse("[" + "a," * 98 + "]", loader)
    with pytest.raises(NotYaml, match="more than 100 values"):
        parse("[" + "a," * 1000 + "'", loader)

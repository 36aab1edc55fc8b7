"""YAML as Kubernetes takes it. libyaml parses it where PyYAML has it; Python alone takes three times as long."""

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from function.errors import quoted

_PROBLEM_MAX = 500
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Number(int):
    """A whole number that remembers how it was written."""

    written: str


class _Strict(Composer, SafeConstructor, Resolver):
    """YAML's safe subset without what silently changes a meaning, or cannot be in a Kubernetes object."""

    def __init__(self) -> None:
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Stop a text of too many nodes before they are all in memory."""
        self._nodes += 1
        if self._nodes > _NODES_MAX:
            raise ConstructorError(None, None, f"the text has more than {_NODES_MAX:,} values: split it", None)
        return super().compose_node(parent, index)

    def construct_document(self, node: yaml.Node) -> object:
        """Refuse a document that its aliases make endless, or larger than any object can be."""
        if _size(node, {}) > _NODES_MAX:
            raise ConstructorError(None, None, "the document is too large, or contains itself", node.start_mark)
        return super().construct_document(node)

    def compose_mapping_node(self, anchor: dict[Any, yaml.Node]) -> yaml.MappingNode:
        """Refuse a key that is no string (`on:` reads as true), and a duplicate one, of which the last would win."""
        node = super().compose_mapping_node(anchor)
        seen = set()
        # Before merge keys are put in: what they bring may stand in the object as well.
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.tag != "tag:yaml.org,2002:str":
                text = f"the key {quoted(key.value)[1:-1]}" if isinstance(key, yaml.ScalarNode) else "a key"
                problem = f"{text} is not a string: put it in quotes"
                raise ConstructorError(None, None, problem, key.start_mark)
            if key.value in seen:
                raise ConstructorError(None, None, f"duplicate key {quoted(key.value)[1:-1]}", key.start_mark)
            seen.add(key.value)
        return node

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Refuse a number that does not fit into the 64 bits that Kubernetes has for it."""
        text = str(self.construct_scalar(node))
        try:
            made = int(super().construct_yaml_int(node))
        except ValueError:
            # kubectl reads 089 as 89, and 0o7 as 7.
            digits = text.replace("_", "")
            made = int(digits, 8) if "o" in digits else int(digits)
        number = _Number(made)
        number.written = text
        if not -(2**63) <= number < 2**63:
            raise ConstructorError(None, None, "the number is too large: put it in quotes", node.start_mark)
        return number

    def construct_float(self, node: yaml.ScalarNode) -> float | str:
        """A number that is larger than any float is a string, as for kubectl, which can send no .nan and no .inf."""
        text = str(self.construct_scalar(node))
        number = float(super().construct_yaml_float(node))
        if math.isfinite(number):
            return number
        if text.lower().endswith((".nan", ".inf")):
            raise ConstructorError(None, None, f"JSON has no number {text}: put it in quotes", node.start_mark)
        return text

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        """Refuse half a character, which no encoding can carry."""
        text = super().construct_scalar(node)
        if isinstance(text, str) and _SURROGATE.search(text):
            raise ConstructorError(None, None, "a string holds half a character (a surrogate)", node.start_mark)
        return text


_NODES_MAX = 1_000_000


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many nodes a document has once its aliases are written out; one that contains itself has too many."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in known:
        known[id(node)] = _NODES_MAX + 1
        inner = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_size(part, known) for part in inner)
    return known[id(node)]


_Strict.yaml_constructors = {
    **SafeConstructor.yaml_constructors,
    "tag:yaml.org,2002:int": _Strict.construct_yaml_int,
    "tag:yaml.org,2002:float": _Strict.construct_float,
}

# YAML 1.1 reads 2026-11-23 as a date, which Kubernetes takes for the string that it is.
_Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in Resolver.yaml_implicit_resolvers.items()
}

# kubectl reads a bare y or n as true or false, PyYAML by itself does not.
_Strict.bool_values = {**SafeConstructor.bool_values, "y": True, "n": False}
_Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]\Z"), list("yYnN"))

# kubectl reads these as numbers, PyYAML by itself does not.
_Strict.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0[0-9_]+|0o[0-7]+)\Z"), list("-+0"))
_Strict.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+\Z"), list("-+0123456789"))


class InPython(Reader, Scanner, Parser, _Strict):
    """Everything in Python."""

    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)
        _Strict.__init__(self)


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _InC(_Strict, CParser):
        """libyaml scans and parses, which is most of the work.

        Nodes are composed in Python all the same: there keys are checked, and PyYAML's composing in C crashes on deep nesting.
        """

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            _Strict.__init__(self)

    FASTEST: type[Any] = _InC
else:
    FASTEST = InPython


class NotYaml(Exception):
    """A text that is no YAML, or not as Kubernetes takes it; says where and why, to be put behind a file's name."""


def parse(text: str, loader: type[Any] = FASTEST) -> list[object]:
    """All documents of a YAML text, None for an empty one. Raises NotYaml.

    Both loaders read the same documents. libyaml takes tabs between words, as kubectl does; what they say of a text that is no
    YAML at all differs in words.
    """
    try:
        return list(_documents(loader(text)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        template = "; it looks like a template: render it first" if "{{" in text else ""
        raise NotYaml(f"{where}: is not YAML as Kubernetes takes it: {error.problem}{template}") from None
    except RecursionError:
        raise NotYaml(": is not YAML as Kubernetes takes it: it is nested too deep") from None
    except (yaml.YAMLError, ValueError) as error:
        raise NotYaml(f": is not YAML: {' '.join(str(error).split())[:_PROBLEM_MAX]}") from None


def _documents(loader: Any) -> Iterator[object]:
    try:
        while loader.check_data():
            yield loader.get_data()
    finally:
        loader.dispose()

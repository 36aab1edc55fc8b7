"""The text of a policy's values: wildcards, policy variables, and matching text against them.

Source: the AWS IAM User Guide, "IAM policy elements: Variables and tags" and "String condition operators".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

Lookup = Callable[[str], str | None]
"""Gives the single value of a condition key, or None when it has none (or several)."""


class Wildcard(StrEnum):
    """A character of a pattern that stands for others; it is also that character, for operators without wildcards."""

    MANY = "*"
    ONE = "?"


Pattern = Sequence[str]
"""Wildcards, and plain strings that stand for themselves."""


class Variable(NamedTuple):
    """A policy variable."""

    key: str
    """The condition key whose value stands in its place."""
    default: str | None
    """What stands there where the key has no value."""


Template = Sequence[str | Variable]
"""A pattern with variables."""

_WILD = re.compile(r"([*?])")
_BEFORE_DEFAULT = re.compile(r",\s*'")
_ESCAPES = frozenset("*?$")


def variables_in(text: str) -> Iterator[tuple[int, int]]:
    """Where the policy variables of a text begin and end, `${` and `}` included. Linear for any text."""
    start = text.find("${")
    while start >= 0:
        end = text.find("}", start) + 1
        if not end:
            return
        yield start, end
        start = text.find("${", end)


def read_template(text: str, *, variables: bool) -> Template:
    """Read a policy's value. Without variables, as in a policy of Version 2008-10-17, those are plain text."""
    parts: list[str | Variable] = []
    at = 0
    for start, end in variables_in(text) if variables else ():
        parts += _wild(text[at:start])
        parts.append(_variable(text[start + 2 : end - 1]))
        at = end
    return [*parts, *_wild(text[at:])]


def expand(template: Template, lookup: Lookup) -> Pattern | None:
    """Put values in the place of variables; None when one has none, so that nothing can equal it.

    A wildcard in a value is only a character: whoever sets a tag cannot widen a policy.
    """
    pattern: list[str] = []
    for part in template:
        if isinstance(part, Variable):
            value = lookup(part.key)
            value = part.default if value is None else value
            if value is None:
                return None
            pattern.append(value)
        else:
            pattern.append(part)
    return pattern


def wrong_variable(text: str) -> str | None:
    """Why something in `${...}` is no policy variable: those are condition keys, which have a colon, or one of * ? $."""
    for start, end in variables_in(text):
        key = text[start + 2 : end - 1].partition(",")[0].strip()
        if key.startswith("AWS::") or (":" not in key and key not in _ESCAPES):
            return (
                f"${{{key}}} is no policy variable but a placeholder, of CloudFormation or Terraform: write the value instead"
            )
    return None


def _wild(text: str) -> list[str]:
    """Plain text and wildcards, which the split leaves at every other place."""
    parts = _WILD.split(text)
    return [Wildcard(part) if index % 2 else part for index, part in enumerate(parts) if part]


def _variable(text: str) -> str | Variable:
    """Read what stands between the braces: a character that is escaped, or a key and perhaps its default."""
    if text in _ESCAPES:
        return text
    written = text.rstrip()
    default = _BEFORE_DEFAULT.search(written, 0, len(written) - 1)
    if default is None or not written.endswith("'"):
        return Variable(text.strip(), None)
    return Variable(written[: default.start()].strip(), written[default.end() : -1])


_PER_MATCH, _PER_FIND = 4, 2
_FAST = 256
"""How many characters a search for a plain string compares in one step."""
_PER_PLACE = 4 * _FAST
"""A place where strings with `?` between them are looked for takes steps of its own."""


class _Segment:
    """What stands between two `*`: plain strings, each with the place where it begins, and `?` between them."""

    def __init__(self, pattern: Pattern) -> None:
        runs: list[list[str]] = [[]]
        places = [0]
        length = 0
        for part in pattern:
            if part is Wildcard.ONE:
                length += 1
                runs.append([])
                places.append(length)
            else:
                length += len(part)
                runs[-1].append(part)
        self.length = length
        self.runs = [(place, text) for place, parts in zip(places, runs, strict=True) if (text := "".join(parts))]
        first = len(self.runs[0][1]) if self.runs else 0
        self.steps = first + (_PER_PLACE + _FAST * len(self.runs) if len(self.runs) > 1 else 0)
        """What a search takes for each character of the text, in parts of a step."""

    def is_at(self, text: str, start: int) -> bool:
        """Whether it stands there in a text, which is long enough."""
        return all(text.startswith(run, start + place) for place, run in self.runs)

    def find(self, text: str, start: int, end: int) -> int:
        """The first place within a part of a text; -1 where there is none."""
        last = end - self.length
        if not self.runs:
            return start if start <= last else -1
        place, run = self.runs[0]
        while start <= last:
            start = text.find(run, start + place, end) - place
            if start < 0 or start > last:
                return -1
            if len(self.runs) == 1 or self.is_at(text, start):
                return start
            start += 1
        return -1


class Glob:
    """A pattern that is read once, to be matched with many texts."""

    def __init__(self, pattern: Pattern) -> None:
        between: list[list[str]] = [[]]
        for part in pattern:
            if part is Wildcard.MANY:
                between.append([])
            else:
                between[-1].append(part)
        self._first, *others = map(_Segment, between)
        self._last = others.pop() if others else None
        self._inner = [segment for segment in others if segment.length]
        self._least = sum(segment.length for segment in (self._first, self._last, *others) if segment)
        self._fixed = _PER_MATCH + sum(_PER_FIND + len(segment.runs) for segment in (self._first, *self._inner))
        self._per_character = max((segment.steps for segment in self._inner), default=0)

    def matches(self, text: str) -> bool:
        """Say whether the pattern matches all of the text; unlike a regular expression, quickly whatever its wildcards."""
        if self._last is None:
            return len(text) == self._least and self._first.is_at(text, 0)
        end = len(text) - self._last.length
        if len(text) < self._least or not self._first.is_at(text, 0) or not self._last.is_at(text, end):
            return False
        at = self._first.length
        for segment in self._inner:
            at = segment.find(text, at, end)
            if at < 0:
                return False
            at += segment.length
        return True

    def steps(self, length: int) -> int:
        """What it takes at most to match a text of a length, in steps."""
        return 1 if length < self._least else self._fixed + length * self._per_character // _FAST


def covers(action: str, call: str) -> bool:
    """Whether an action of a policy, wildcards included, is this call's; IAM ignores the case of actions."""
    return Glob(_wild(action.lower())).matches(call.lower())

"""The text of a policy's values: wildcards, policy variables, and matching text against them.

Source: the AWS IAM User Guide, "IAM policy elements: Variables and tags" and "String condition operators".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

Lookup = Callable[[str], str | None]
"""Gives the single value of a condition key, or None when it has none (or several)."""


class Wildcard(StrEnum):
    """A character of a pattern that stands for others; it is also that character, for operators without wildcards."""

    MANY = "*"
    ONE = "?"


Pattern = Sequence[str]
"""One item per character: a Wildcard, or a plain string of length one that stands for itself."""

_WILDCARDS = {wildcard.value: wildcard for wildcard in Wildcard}
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(.*?)\s*,\s*'(.*)'\s*")
_ESCAPES = frozenset("*?$")


def expand(text: str, lookup: Lookup | None) -> Pattern | None:
    """Read a policy's value as a pattern; None when a variable in it has no value, so that nothing can equal it.

    Without a lookup, as in a policy of Version 2008-10-17, variables are plain text.
    """
    if lookup is None:
        return list(_wild(text))
    pattern: list[str] = []
    end = 0
    for variable in _VARIABLE.finditer(text):
        value = _value(variable[1], lookup)
        if value is None:
            return None
        pattern += [*_wild(text[end : variable.start()]), *value]
        end = variable.end()
    return [*pattern, *_wild(text[end:])]


def wrong_variable(text: str) -> str | None:
    """Why something in `${...}` is no policy variable: those are condition keys, which have a colon, or one of * ? $."""
    for name in _VARIABLE.findall(text) if "${" in text else ():
        key = name.partition(",")[0].strip()
        if key.startswith("AWS::") or (":" not in key and key not in _ESCAPES):
            return (
                f"${{{key}}} is no policy variable but a placeholder, of CloudFormation or Terraform: write the value instead"
            )
    return None


def _wild(text: str) -> Iterator[str]:
    return (_WILDCARDS.get(character, character) for character in text)


def _value(variable: str, lookup: Lookup) -> str | None:
    """Give a variable's text. A wildcard in it is only a character: whoever sets a tag cannot widen a policy."""
    if variable in _ESCAPES:
        return variable
    default = _DEFAULT.fullmatch(variable)
    if default is None:
        return lookup(variable.strip())
    value = lookup(default[1].strip())
    return default[2] if value is None else value


def matches(pattern: Pattern, text: str) -> bool:
    """Say whether the pattern matches all of the text; unlike a regular expression, quickly whatever its wildcards."""
    position = at = 0
    star, resume = -1, 0
    while at < len(text):
        if position < len(pattern) and pattern[position] is Wildcard.MANY:
            star, resume = position, at
            position += 1
        elif position < len(pattern) and _stands_for(pattern[position], text[at]):
            position, at = position + 1, at + 1
        elif star >= 0:
            resume += 1
            position, at = star + 1, resume
        else:
            return False
    return all(character is Wildcard.MANY for character in pattern[position:])


def covers(action: str, call: str) -> bool:
    """Whether an action of a policy, wildcards included, is this call's; IAM ignores the case of actions."""
    return matches(list(_wild(action.lower())), call.lower())


def _stands_for(character: str, other: str) -> bool:
    return character is Wildcard.ONE or (character == other and not isinstance(character, Wildcard))

"""A second, plain evaluator of trust policies: one request at a time, everything read anew, nothing kept. It judges ours.

It knows the operators on strings, ARNs, booleans, numbers and absence.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from function.clouds.aws.iam.evaluate import Request

Context = Mapping[str, str | tuple[str, ...]]

_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}
_WITHOUT_VARIABLES = ("NumericEquals", "NumericLessThan")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(.*?)\s*,\s*'(.*)'\s*")


def matched(document: Mapping[str, Any], request: Request) -> list[bool]:
    """Which statements match a request. A ValueError tells of a key of several values without a qualifier."""
    variables = document["Version"] == "2012-10-17"
    context = {key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in request.context.items()}
    return [_matches(body, request, context, variables=variables) for body in document["Statement"]]


def allowed(document: Mapping[str, Any], request: Request) -> bool:
    """Whether a request is allowed."""
    effects = [body["Effect"] for body, match in zip(document["Statement"], matched(document, request), strict=True) if match]
    return "Allow" in effects and "Deny" not in effects


def _matches(body: Mapping[str, Any], request: Request, context: Mapping[str, Sequence[str]], *, variables: bool) -> bool:
    actions = _listed(body.get("Action", body.get("NotAction")))
    by_action = any(_like(_wild(action.lower()), request.action.lower()) for action in actions)
    if by_action != ("Action" in body) or not _is_named(body, request):
        return False
    held = [
        _holds(
            name,
            key,
            [str(value).lower() if isinstance(value, bool) else str(value) for value in _listed(wanted)],
            context,
            variables,
        )
        for name, keys in body.get("Condition", {}).items()
        for key, wanted in keys.items()
    ]
    return all(held)


def _is_named(body: Mapping[str, Any], request: Request) -> bool:
    """Principals are "*", or the exact name of a service or provider: no others are asked about here."""
    element = body.get("Principal", body.get("NotPrincipal"))
    named = (
        element == "*"
        or element.get("AWS") == "*"
        or request.principal.name in _listed(element.get(request.principal.kind, []))
    )
    return named == ("Principal" in body)


def _holds(name: str, key: str, wanted: list[str], context: Mapping[str, Sequence[str]], variables: bool) -> bool:
    values = context.get(key.lower(), ())
    if name == "Null":
        return ("false" if values else "true") in wanted
    qualifier, _, base = name.rpartition(":")
    if base.endswith("IfExists") and not values:
        return True
    operator = base.removesuffix("IfExists")
    positive = _NEGATED.get(operator, operator)
    lookup = context if variables and positive not in _WITHOUT_VARIABLES else None
    patterns = [pattern for value in wanted if (pattern := _pattern(value, lookup)) is not None]

    def accepts(value: str) -> bool:
        return any(_compare(positive, pattern, value) for pattern in patterns) != (operator in _NEGATED)

    if qualifier:
        return (all if qualifier == "ForAllValues" else any)(accepts(value) for value in values if value)
    if len(values) > 1:
        raise ValueError(name)
    return accepts(values[0]) if values else operator in _NEGATED


def _compare(operator: str, pattern: list[str], value: str) -> bool:
    """A pattern is a list of characters: those of two are wildcards."""
    text = "".join(character[-1] for character in pattern)
    if operator == "StringEquals":
        return text == value
    if operator == "StringEqualsIgnoreCase":
        return text.lower() == value.lower()
    if operator == "Bool":
        return value.lower() in ("true", "false") and text.lower() == value.lower()
    if operator.startswith("Numeric"):
        return (
            text.isdigit()
            and value.isdigit()
            and (int(value) == int(text) if operator.endswith("Equals") else int(value) < int(text))
        )
    if operator == "StringLike":
        return _like(pattern, value)
    wanted: list[list[str]] = [[]]
    for character in pattern:
        if character == ":" and len(wanted) < 6:
            wanted.append([])
        else:
            wanted[-1].append(character)
    parts = value.split(":", 5)
    return len(parts) == len(wanted) == 6 and all(map(_like, wanted, parts))


def _like(pattern: list[str], value: str) -> bool:
    """Whether the rest of a pattern can match from each place of the text on, the last character first."""
    ends = [False] * len(value) + [True]
    for character in reversed(pattern):
        if character == "\0*":
            ends = [any(ends[at:]) for at in range(len(ends))]
        else:
            ends = [at < len(value) and ends[at + 1] and character in ("\0?", value[at]) for at in range(len(ends))]
    return ends[0]


def _pattern(text: str, context: Mapping[str, Sequence[str]] | None) -> list[str] | None:
    """The characters of a value, wildcards behind a NUL; None where a variable has no value."""
    pattern: list[str] = []
    at = 0
    for found in _VARIABLE.finditer(text) if context is not None else ():
        value = _value(found[1], context or {})
        if value is None:
            return None
        pattern += [*_wild(text[at : found.start()]), *value]
        at = found.end()
    return [*pattern, *_wild(text[at:])]


def _wild(text: str) -> list[str]:
    return [f"\0{character}" if character in "*?" else character for character in text]


def _value(variable: str, context: Mapping[str, Sequence[str]]) -> str | None:
    if variable in ("*", "?", "$"):
        return variable
    default = _DEFAULT.fullmatch(variable)
    values = context.get((default[1] if default else variable).strip().lower(), ())
    return values[0] if len(values) == 1 and values[0] else default[2] if default else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

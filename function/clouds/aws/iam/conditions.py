"""Whether the Condition element of an IAM policy statement holds for a request's context.

Source: the AWS IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators" and "Set operators for
multivalued context keys". Operators and keys are joined by AND, the values of one key by OR (with a negated operator:
none of them may match). An absent key fails an operator and satisfies a negated one. Key names ignore case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from function.clouds.aws.iam.condition_operators import OPERATORS, Operator
from function.clouds.aws.iam.values import Pattern, expand

Values = tuple[str, ...]
Qualifier = Literal["", "ForAllValues:", "ForAnyValue:"]

_QUALIFIERS: tuple[Qualifier, ...] = ("ForAllValues:", "ForAnyValue:")
_IF_EXISTS = "IfExists"
_NULL = "Null"


class Context:
    """The condition keys of a request and their values."""

    def __init__(self, context: Mapping[str, str | tuple[str, ...]]) -> None:
        self._values = {key.lower(): (value,) if isinstance(value, str) else value for key, value in context.items()}

    def values(self, key: str) -> Values:
        """Give the key's values: none when it is absent."""
        return self._values.get(key.lower(), ())

    def single(self, key: str) -> str | None:
        """Give what a policy variable stands for: neither an empty value nor several can be put in its place."""
        values = self.values(key)
        return (values[0] or None) if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """One key of one operator in a Condition element."""

    name: str  # the operator as written
    operator: Operator | None  # None for Null
    qualifier: Qualifier
    if_exists: bool
    key: str
    wanted: Values


def key_conditions(element: Mapping[str, Any]) -> list[KeyCondition]:
    """Read a Condition element. A ValueError names an operator that IAM does not have: IAM would refuse the policy."""
    return [
        _condition(name, key, _strings(wanted, f"{name} {key}"))
        for name, keys in element.items()
        for key, wanted in keys.items()
    ]


def _condition(name: str, key: str, wanted: Values) -> KeyCondition:
    if name == _NULL:
        if unreadable := [value for value in wanted if value.lower() not in {"true", "false"}]:
            message = f"Null {key}: {_quoted(unreadable)} is neither true nor false"
            raise ValueError(message)
        return KeyCondition(name, None, "", if_exists=False, key=key, wanted=wanted)
    qualifier: Qualifier = next((prefix for prefix in _QUALIFIERS if name.startswith(prefix)), "")
    base = name.removeprefix(qualifier)
    operator = OPERATORS.get(base.removesuffix(_IF_EXISTS))
    if operator is None:
        message = f'"{name}" is not a condition operator'
        raise ValueError(message)
    return KeyCondition(name, operator, qualifier, base.endswith(_IF_EXISTS), key, wanted)


def _strings(wanted: object, where: str) -> Values:
    """Give a condition's values as IAM stores them: JSON booleans and numbers become strings."""
    values = wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else [wanted]
    if odd := [value for value in values if not isinstance(value, str | bool | int | float)]:
        message = f"{where}: {odd[0]!r} is not a string, a number or a boolean"
        raise ValueError(message)
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def holds(condition: KeyCondition, context: Context, *, variables: bool) -> bool:
    """Say whether one condition holds; a ValueError names one whose outcome the guide leaves open."""
    values = context.values(condition.key)
    if condition.operator is None:
        return ("false" if values else "true") in {value.lower() for value in condition.wanted}
    if not values and condition.if_exists:
        return True
    lookup = context.single if variables and condition.operator.variables else None
    patterns = [pattern for value in condition.wanted if (pattern := expand(value, lookup)) is not None]
    return _compare(condition, condition.operator, patterns, values)


def _compare(condition: KeyCondition, operator: Operator, patterns: Sequence[Pattern], values: Values) -> bool:
    if condition.qualifier:
        # An empty string is a null data set, which says as little as an absent key.
        quantify = all if condition.qualifier == "ForAllValues:" else any
        return quantify(_accepts(operator, patterns, value) for value in values if value)
    if len(values) > 1:
        message = f"{condition.name} {condition.key}: a key of several values needs ForAllValues: or ForAnyValue:"
        raise ValueError(message)
    return _accepts(operator, patterns, values[0]) if values else operator.negated


def _accepts(operator: Operator, patterns: Sequence[Pattern], value: str) -> bool:
    return any(operator.compare(pattern, value) for pattern in patterns) != operator.negated


def explain(condition: KeyCondition, context: Context) -> str:
    """Say in words why a condition does not hold."""
    values = context.values(condition.key)
    found = _quoted(values) if values else "absent"
    return f"{condition.name} {condition.key}: is {found}, must{_requirement(condition)}"


def _requirement(condition: KeyCondition) -> str:
    if condition.operator is None:
        wanted = {value.lower() for value in condition.wanted}
        return " be absent" if "true" in wanted else " be present"
    denied = "not " if condition.operator.negated else ""
    some = "one of " if len(condition.wanted) > 1 else ""
    each = {"": " ", "ForAllValues:": " each ", "ForAnyValue:": ", for one value, "}[condition.qualifier]
    return f"{each}{denied}{condition.operator.must} {some}{_quoted(condition.wanted)}"


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)

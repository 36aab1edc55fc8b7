"""Whether the Condition element of an IAM policy statement holds for a request's context.

Source: the AWS IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators" and "Set operators for
multivalued context keys". Operators and keys are joined by AND, the values of one key by OR (with a negated operator:
none of them may match). An absent key fails an operator and satisfies a negated one. Key names ignore case.

A condition is read once for a policy. Requests are asked about together, each as a bit of a mask, and a condition is only
compared with every distinct value that they have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from function.clouds.aws.iam.condition_operators import OPERATORS, Matcher, Operator
from function.clouds.aws.iam.values import Template, Variable, expand, read_template
from function.steps import Steps

Values = tuple[str, ...]
Context = Mapping[str, str | Values]
"""The condition keys of a request and their values."""
Qualifier = Literal["", "ForAllValues:", "ForAnyValue:"]

_QUALIFIERS: tuple[Qualifier, ...] = ("ForAllValues:", "ForAnyValue:")
_IF_EXISTS = "IfExists"
_NULL = "Null"

_PER_KNOWN, _PER_VALUE = 1, 8
"""The steps for distinct values that are asked about again, and for the first time."""
_PER_CONTEXT = 4
"""The steps for a request, whose values of some keys are looked up."""
_PER_PART, _CHARACTERS = 24, 16
"""The steps for a part of a pattern that is made for a request, and how many characters take another one."""


class Contexts:
    """The condition keys of some requests."""

    def __init__(self, contexts: Sequence[Context]) -> None:
        distinct = {id(context): context for context in contexts}  # requests of one pod share theirs
        read = {number: _lowered(context) for number, context in distinct.items()}
        self._contexts = [read[id(context)] for context in contexts]
        self._keys = {key for context in read.values() for key in context}
        self._by_key: dict[str, Mapping[tuple[Values, ...], int]] = {}
        self._several: dict[str, int] = {}
        self.all = (1 << len(self._contexts)) - 1

    def by_values(self, keys: Sequence[str], steps: Steps) -> Mapping[tuple[Values, ...], int]:
        """The distinct values of some keys, none where a key is absent, and which requests have them."""
        if self._keys.isdisjoint(keys):
            return {((),) * len(keys): self.all}
        if len(keys) > 1:
            return self._grouped(keys, steps)
        if keys[0] not in self._by_key:
            self._by_key[keys[0]] = self._grouped(keys, steps)
        return self._by_key[keys[0]]

    def several(self, key: str, steps: Steps) -> int:
        """The requests in which a key has several values."""
        if key not in self._several:
            by_values = self.by_values((key,), steps)
            self._several[key] = sum(requests for (values,), requests in by_values.items() if len(values) > 1)
        return self._several[key]

    def _grouped(self, keys: Sequence[str], steps: Steps) -> dict[tuple[Values, ...], int]:
        steps.spend(_PER_CONTEXT * len(self._contexts))
        found: dict[tuple[Values, ...], int] = {}
        for index, context in enumerate(self._contexts):
            values = tuple([context.get(key, ()) for key in keys])
            found[values] = found.get(values, 0) | 1 << index
        return found

    def values(self, index: int, key: str) -> Values:
        """The values of a key of one request: none when it is absent."""
        return self._contexts[index].get(key.lower(), ())


def _lowered(context: Context) -> dict[str, Values]:
    return {key.lower(): (value,) if isinstance(value, str) else value for key, value in context.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of one operator in a Condition element."""

    name: str  # the operator as written
    operator: Operator | None  # None for Null
    qualifier: Qualifier
    if_exists: bool
    key: str
    wanted: Values
    _reads: Values = ()
    """The keys whose values it depends on: its own, and those of its variables."""
    _constant: Matcher | None = None
    _templates: tuple[Template, ...] = ()
    _held: dict[tuple[Values, ...], bool] = field(default_factory=dict)
    """For the values that were asked about, for as long as the policy is judged."""

    def check(self, contexts: Contexts, among: int, steps: Steps) -> None:
        """Raise a ValueError where the guide leaves open whether it holds for all of some requests."""
        if self.operator and not self.qualifier and contexts.several(self._reads[0], steps) & among:
            message = f"{self.name} {self.key}: a key of several values needs ForAllValues: or ForAnyValue:"
            raise ValueError(message)

    def met(self, contexts: Contexts, among: int, steps: Steps) -> int:
        """Of some of the requests, which are checked, those for which it holds."""
        found = 0
        by_values = contexts.by_values(self._reads, steps)
        steps.spend(_PER_KNOWN * len(by_values))
        for values, requests in by_values.items():
            if requests & among:
                held = self._held.get(values)
                if held is None:
                    steps.spend(_PER_VALUE)
                    held = self._held[values] = self._holds(values, steps)
                if held:
                    found |= requests
        return found & among

    def _holds(self, context: tuple[Values, ...], steps: Steps) -> bool:
        values = context[0]
        if self.operator is None:
            return ("false" if values else "true") in {value.lower() for value in self.wanted}
        if not values and self.if_exists:
            return True
        if self.qualifier:
            # An empty string is a null data set, which says as little as an absent key.
            quantify = all if self.qualifier == "ForAllValues:" else any
            matchers = self._matchers(self.operator, context, steps)
            return quantify(_is_any(matchers, value, steps) != self.operator.negated for value in values if value)
        if not values:
            return self.operator.negated
        return _is_any(self._matchers(self.operator, context, steps), values[0], steps) != self.operator.negated

    def _matchers(self, operator: Operator, context: tuple[Values, ...], steps: Steps) -> list[Matcher]:
        constant = [self._constant] if self._constant else []
        return [*constant, self._filled(operator, context, steps)] if self._templates else constant

    def _filled(self, operator: Operator, context: tuple[Values, ...], steps: Steps) -> Matcher:
        """Read the values that have variables, with what these stand for in a request."""
        by_key = dict(zip(self._reads, context, strict=True))
        longest = max((len(value) for values in context for value in values), default=0)
        steps.spend(sum(map(len, self._templates)) * (_PER_PART + longest // _CHARACTERS))

        def single(key: str) -> str | None:
            # Neither an empty value nor several can be put in a variable's place.
            values = by_key[key.lower()]
            return (values[0] or None) if len(values) == 1 else None

        return operator.read([p for template in self._templates if (p := expand(template, single)) is not None])

    def explain(self, values: Values) -> str:
        """Say in words why it does not hold for values."""
        found = _quoted(values) if values else "absent"
        return f"{self.name} {self.key}: is {found}, must{self._requirement()}"

    def _requirement(self) -> str:
        if self.operator is None:
            wanted = {value.lower() for value in self.wanted}
            return " be absent" if "true" in wanted else " be present"
        denied = "not " if self.operator.negated else ""
        some = "one of " if len(self.wanted) > 1 else ""
        each = {"": " ", "ForAllValues:": " each ", "ForAnyValue:": ", for one value, "}[self.qualifier]
        return f"{each}{denied}{self.operator.must} {some}{_quoted(self.wanted)}"


def _is_any(matchers: Sequence[Matcher], value: str, steps: Steps) -> bool:
    for matcher in matchers:
        steps.spend(matcher.steps(len(value)))
        if matcher.matches(value):
            return True
    return False


def read_conditions(element: Mapping[str, Any], *, variables: bool) -> list[Condition]:
    """Read a Condition element. A ValueError names an operator that IAM does not have: IAM would refuse the policy."""
    return [
        _condition(name, key, _strings(wanted, f"{name} {key}"), variables=variables)
        for name, keys in element.items()
        for key, wanted in keys.items()
    ]


def _condition(name: str, key: str, wanted: Values, *, variables: bool) -> Condition:
    if name == _NULL:
        if unreadable := [value for value in wanted if value.lower() not in {"true", "false"}]:
            message = f"Null {key}: {_quoted(unreadable)} is neither true nor false"
            raise ValueError(message)
        return Condition(name, None, "", if_exists=False, key=key, wanted=wanted, _reads=(key.lower(),))
    qualifier: Qualifier = next((prefix for prefix in _QUALIFIERS if name.startswith(prefix)), "")
    base = name.removeprefix(qualifier)
    operator = OPERATORS.get(base.removesuffix(_IF_EXISTS))
    if operator is None:
        message = f'"{name}" is not a condition operator'
        raise ValueError(message)
    templates = [read_template(value, variables=variables and operator.variables) for value in wanted]
    constant: list[Template] = []
    filled: list[Template] = []
    used = {key.lower(): None}
    for template in templates:
        keys = [part.key.lower() for part in template if isinstance(part, Variable)]
        used |= dict.fromkeys(keys)
        (filled if keys else constant).append(template)
    return Condition(
        name,
        operator,
        qualifier,
        base.endswith(_IF_EXISTS),
        key,
        wanted,
        _reads=tuple(used),
        _constant=operator.read([[part for part in template if isinstance(part, str)] for template in constant]),
        _templates=tuple(filled),
    )


def _strings(wanted: object, where: str) -> Values:
    """Give a condition's values as IAM stores them: JSON booleans and numbers become strings."""
    values = wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else [wanted]
    if odd := [value for value in values if not isinstance(value, str | bool | int | float)]:
        message = f"{where}: {odd[0]!r} is not a string, a number or a boolean"
        raise ValueError(message)
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)

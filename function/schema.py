"""The building blocks of what users write: strict models, and string types that say what is wrong in plain words."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from function.errors import quoted


@dataclass(frozen=True, slots=True)
class Exclusive:
    """A rule of a model: of these fields at most one is written, or exactly one."""

    fields: tuple[str, ...]
    needed: bool = False

    def check(self, model: BaseModel) -> None:
        """Refuse a model that breaks the rule."""
        alias = {name: type(model).model_fields[name].alias or name for name in self.fields}
        written = [alias[name] for name in self.fields if getattr(model, name) is not None]
        if self.needed and len(written) != 1:
            raise fault(f"needs exactly one of {', '.join(alias.values())}; has {', '.join(written) or 'none'}")
        if len(written) > 1:
            raise fault(f"has {' and '.join(written)}; write one of them")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the XRD states in CEL. What it says is checked elsewhere, with the rules that need more than the model."""

    cel: str
    message: str


def passes(info: ValidationInfo, reading: int) -> bool:
    """Whether what is faulty here was reported by an earlier reading, so that this one may look behind it.

    The first reading is strict. In the second, faulty strings pass, and lists whose items were taken out for their faults; in
    the third, faulty lists and nulls; in the fourth, faulty models. The context of a validation is the number of readings
    before it.
    """
    return (info.context or 0) >= reading


class Strict(BaseModel):
    """A frozen value read from YAML: camelCase names, no conversions, no unknown fields."""

    RULES: ClassVar[tuple[Exclusive | Rule, ...]] = ()

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=False, protected_namespaces=()
    )


class Exclusively(Strict):
    """A model of whose RULES some say which fields exclude one another; others do without the price of looking."""

    @model_validator(mode="after")
    def _keep_rules(self, info: ValidationInfo) -> "Exclusively":
        for rule in self.RULES:
            if isinstance(rule, Exclusive) and not passes(info, 3):
                rule.check(self)
        return self


def fault(message: str) -> PydanticCustomError:
    """The error by which a validator refuses a value; the text becomes the field's error as it is."""
    # Passed as data: pydantic would read braces in what users wrote as its own template syntax.
    return PydanticCustomError("fault", "{text}", {"text": message})


@dataclass(frozen=True, slots=True)
class Text:
    """A string's rule: the whole of it matches `pattern` (ASCII classes only) and is at most `longest` characters.

    `rule` ends the sentence "... is not `what`:", and says what is allowed.
    """

    what: str
    pattern: str
    longest: int
    rule: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic run the rule after its own type check."""
        matches = re.compile(self.pattern).fullmatch

        def check(value: str, info: ValidationInfo) -> str:
            if passes(info, 1):
                return value
            if len(value) > self.longest:
                raise fault(f"{quoted(value)} is {len(value)} characters; {self.what} has at most {self.longest}")
            if not matches(value):
                raise fault(f"{quoted(value)} is not {self.what}: {self.rule}")
            return value

        return core_schema.with_info_after_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class ListMap:
    """A list in which these fields of an item name it; the XRD says so, and the rules refuse two of one name."""

    keys: tuple[str, ...]


def _distinct(values: list[Any], info: ValidationInfo) -> list[Any]:
    seen = set()
    for value in values:
        if value in seen and not passes(info, 2):
            raise fault(f"lists {quoted(value)} twice")
        seen.add(value)
    return values


Distinct = AfterValidator(_distinct)
"""A list that is a set: no value twice."""


def _not_empty(values: list[Any], info: ValidationInfo) -> list[Any]:
    if not values and not passes(info, 1):
        raise fault("has 0 items; needs at least 1")
    return values


NotEmpty = AfterValidator(_not_empty)
"""A list with at least one item."""


def _not_null(value: Any, info: ValidationInfo) -> Any:
    if value is None and not passes(info, 2):
        raise fault("is null; write a value, or leave the field out")
    return value


T = TypeVar("T")

Maybe = Annotated[T | None, BeforeValidator(_not_null)]
"""A field that may be left out, but not be null: null would silently mean the default, which may admit more."""


def _label(rule: str) -> Text:
    return Text("a DNS-1123 label", r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", 63, rule)


def _subdomain(rule: str) -> Text:
    pattern = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
    return Text("a DNS-1123 subdomain", pattern, 253, rule)


_LABEL = "lower case letters, digits and '-', beginning and ending with a letter or digit"
_SUBDOMAIN = "lower case letters, digits, '-' and '.', each part beginning and ending with a letter or digit"
_EXACT = "; associations are exact: no wildcards"

DNSLabel = Annotated[str, _label(_LABEL)]

DNSSubdomain = Annotated[str, _subdomain(_SUBDOMAIN)]

Namespace = Annotated[str, _label(_LABEL + _EXACT)]
"""The namespace of a service account."""

ServiceAccountName = Annotated[str, _subdomain(_SUBDOMAIN + _EXACT)]

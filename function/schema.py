"""The building blocks of what users write: strict models, and string types that say what is wrong in plain words."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationInfo, model_validator
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


class Strict(BaseModel):
    """A frozen value read from YAML: camelCase names, no conversions, no unknown fields."""

    RULES: ClassVar[tuple[Exclusive | Rule, ...]] = ()

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=False, protected_namespaces=()
    )

    @model_validator(mode="after")
    def _keep_rules(self) -> "Strict":
        for rule in self.RULES:
            if isinstance(rule, Exclusive):
                rule.check(self)
        return self


def fault(message: str) -> PydanticCustomError:
    """The error by which a validator refuses a value; the text becomes the field's error as it is."""
    # Passed as data: pydantic would read braces in what users wrote as its own template syntax.
    return PydanticCustomError("fault", "{text}", {"text": message})


@dataclass(frozen=True, slots=True)
class Text:
    """A string's rule: the whole of it matches `pattern` (ASCII classes only) and is at most `longest` characters.

    `rule` ends the sentence "... is not a valid `what`:", and names what is allowed.
    """

    what: str
    pattern: str
    longest: int
    rule: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic run the rule after its own type check."""
        matches = re.compile(self.pattern).fullmatch

        def check(value: str) -> str:
            if len(value) > self.longest:
                raise fault(f"{quoted(value)} is {len(value)} characters; {self.what} has at most {self.longest}")
            if not matches(value):
                raise fault(f"{quoted(value)} is not {self.what}: {self.rule}")
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class ListMap:
    """A list in which these fields of an item name it; the XRD says so, and the rules refuse two of one name."""

    keys: tuple[str, ...]


def _distinct(values: list[Any]) -> list[Any]:
    seen = set()
    for value in values:
        if value in seen:
            raise fault(f"lists {quoted(value)} twice")
        seen.add(value)
    return values


Distinct = AfterValidator(_distinct)
"""A list that is a set: no value twice."""


def _not_empty(values: list[Any], info: ValidationInfo) -> list[Any]:
    if not values and info.context is not EMPTIED:
        raise fault("has 0 items; needs at least 1")
    return values


NotEmpty = AfterValidator(_not_empty)
"""A list with at least one item, unless it is read in the context EMPTIED."""

EMPTIED = object()
"""The validation context in which faulty items were taken out of lists, so that an empty one is nobody's fault."""

DNSLabel = Annotated[
    str,
    Text(
        "a DNS-1123 label",
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?",
        63,
        "lower case letters, digits and '-', beginning and ending with a letter or digit; associations are exact: no wildcards",
    ),
]

DNSSubdomain = Annotated[
    str,
    Text(
        "a DNS-1123 subdomain",
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        253,
        "lower case letters, digits, '-' and '.', each part beginning and ending with a letter or digit; "
        "associations are exact: no wildcards",
    ),
]

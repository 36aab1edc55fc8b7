"""The building blocks of what users write: strict models, and string types that say what is wrong in plain words."""

import re
from collections.abc import Callable, Mapping
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
            raise refusal(f"needs exactly one of {', '.join(alias.values())}; has {', '.join(written) or 'none'}")
        if len(written) > 1:
            raise refusal(f"has {' and '.join(written)}; write one of them")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the XRD states in CEL. What it says is checked elsewhere, with the rules that need more than the model."""

    cel: str
    message: str


def passes(info: ValidationInfo, reading: int) -> bool:
    """Whether an earlier reading has reported this error, so that this reading can ignore it and find others.

    The first reading is strict. The second ignores errors of strings and of empty lists. The third also ignores repeated values
    and nulls. The fourth also ignores Exclusive rules. The context of a validation is the number of readings before it.
    """
    return (info.context or 0) >= reading


class Strict(BaseModel):
    """A frozen value read from YAML: camelCase names, no conversions, no unknown fields."""

    RULES: ClassVar[tuple[Exclusive | Rule, ...]] = ()
    HINTS: ClassVar[Mapping[str, str]] = {}
    """What to do, by a word in lower case that people write here as a field or a value, or by a field that they leave out."""

    # Built at the first use: a function that sees one cloud only does not wait for the models of the other.
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        validate_by_name=False,
        protected_namespaces=(),
    )


class Exclusively(Strict):
    """A model with an Exclusive among its RULES. The others are Strict alone, so that nothing is spent on looking."""

    @model_validator(mode="after")
    def _keep_rules(self, info: ValidationInfo) -> "Exclusively":
        for rule in self.RULES:
            if isinstance(rule, Exclusive) and not passes(info, 3):
                rule.check(self)
        return self


def refusal(message: str) -> PydanticCustomError:
    """The error by which a validator refuses a value; the text becomes the field's error as it is."""
    # Passed as data: pydantic would read braces in what users wrote as its own template syntax.
    return PydanticCustomError("refused", "{text}", {"text": message})


_LONGEST_JUDGED = 4096
"""Longer than anything that can be written, so that no pattern takes long."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string's rule: the whole of it matches `pattern` (ASCII classes only) and is at most `longest` characters.

    `rule` ends the sentence "... is not `what`:", and says what is allowed. `value` makes the field's value of the text.
    `because` says in its place what is wrong with this very text; nothing where it cannot tell.
    """

    what: str
    pattern: str
    longest: int
    rule: str
    value: Callable[[str], str] = str
    because: Callable[[str], str] = lambda _: ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic run the rule after its own type check."""
        matches = re.compile(self.pattern).fullmatch

        def check(text: str, info: ValidationInfo) -> str:
            if not passes(info, 1):
                # An ARN where a name belongs is too long, too, and that would say nothing.
                if len(text) <= _LONGEST_JUDGED and not matches(text):
                    raise refusal(f"{quoted(text)} {self.because(text) or f'is not {self.what}: {self.rule}'}")
                if len(text) > self.longest:
                    raise refusal(f"{quoted(text)} is {len(text)} characters; {self.what} has at most {self.longest}")
            return self.value(text)

        return core_schema.with_info_after_validator_function(check, core_schema.str_schema())


@dataclass(frozen=True, slots=True)
class AtMost:
    """An object of any names has at most so many fields. They are counted before any of them is read.

    Lists have pydantic's own `Field(max_length=...)`, as the first of their annotations: behind a validator it would count what
    has been read already.
    """

    fields: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let the count come before pydantic reads the object."""

        def check(value: object) -> object:
            if isinstance(value, Mapping) and len(value) > self.fields:
                raise PydanticCustomError("too_many", "{count}", {"count": len(value), "most": self.fields})
            return value

        return core_schema.no_info_before_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class ListMap:
    """A list in which these fields of an item name it; the XRD says so, and the rules refuse two of one name."""

    keys: tuple[str, ...]


def _distinct(values: list[Any], info: ValidationInfo) -> list[Any]:
    seen = set()
    for value in values:
        if value in seen and not passes(info, 2):
            raise refusal(f"lists {quoted(value)} twice")
        seen.add(value)
    return values


Distinct = AfterValidator(_distinct)
"""A list that is a set: no value twice."""


def _not_empty(values: list[Any], info: ValidationInfo) -> list[Any]:
    if not values and not passes(info, 1):
        raise refusal("has 0 items; needs at least 1")
    return values


NotEmpty = AfterValidator(_not_empty)
"""A list with at least one item."""


def _not_null(value: Any, info: ValidationInfo) -> Any:
    if value is None and not passes(info, 2):
        raise refusal("is null; write a value, or leave the field out")
    return value


T = TypeVar("T")

Maybe = Annotated[T | None, BeforeValidator(_not_null)]
"""A field that may be left out, but not be null: null would silently mean the default, which may admit more."""

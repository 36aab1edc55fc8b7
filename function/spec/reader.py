"""Read a raw document into a model and find every error, not only the first layer of them.

pydantic skips a model's own checks as long as one of its fields is faulty. So values of the wrong type are taken out, values
that break a rule are let through, and the rest is read again until it validates. Each reading finds errors that the one before
could not see. An error at a place from which a value was taken out is only a consequence, and is not reported.
"""

import difflib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from function.errors import FieldError, Path, quoted

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[M]):
    """What could be read (None where nothing could), every error, and the places that were left out for one."""

    value: M | None
    errors: tuple[FieldError, ...] = ()
    left_out: frozenset[Path] = frozenset()
    kept: Mapping[Path, list[int]] = field(default_factory=dict)
    """Per list that lost items, the index that each remaining item had."""

    def original(self, error: FieldError) -> FieldError:
        """An error found in the value, at the path that its field has in what was written."""
        path: Path = ()
        for part in error.path:
            kept = self.kept.get(path) if isinstance(part, int) else None
            path = (*path, kept[part] if kept is not None and isinstance(part, int) else part)
        return error._replace(path=path)

    def new(self, errors: Iterable[FieldError]) -> list[FieldError]:
        """Errors found in the value, at their original paths, without those of fields that were found wrong before."""
        return [error for error in map(self.original, errors) if error.path not in self.left_out]

    def whole(self, *places: Path) -> bool:
        """Whether nothing in or above these places was left out, so that rules about them can be judged."""
        return not any(out[: len(place)] == place or place[: len(out)] == out for out in self.left_out for place in places)


def parse(model: type[M], raw: object, at: Path, beside: tuple[str, ...] = ()) -> Parsed[M]:
    """Read `raw`, which stands at path `at`, as a `model`; `beside` are fields there that are read elsewhere."""
    try:
        return Parsed(model.model_validate(raw))
    except ValidationError as first:
        return _parse_around(model, raw, at, beside, first)


def _parse_around(model: type[M], raw: object, at: Path, beside: tuple[str, ...], failed: ValidationError) -> Parsed[M]:
    errors: list[FieldError] = []
    out: set[Path] = set()
    faulty: set[Path] = set()
    kept: dict[Path, list[int]] = {}
    value = None
    for reading in itertools.count(1):
        fresh: set[Path] = set()
        details = failed.errors(include_url=False)
        for detail in _first(details):
            path = _path(detail, raw, kept)
            if not any(place[: len(path)] == path for place in out):
                errors.append(FieldError(at + path, _message(detail, model, path, beside)))
            # What a validator of ours refused stays where it is: later readings let it pass.
            (faulty if detail["type"] == "refused" else fresh).add(_loser(model, path) if detail["type"] == "missing" else path)
        out |= fresh
        if () in out or len(details) > _ERRORS_A_READING:
            break
        kept = {}
        try:
            rest = _without(raw, out, (), kept)
            value = model.model_validate(_refilled(model, rest, out), context=reading)
            break
        except ValidationError as again:
            failed = again
    indices = {at + path: index for path, index in kept.items()}
    return Parsed(value, tuple(errors), frozenset(at + path for path in out | faulty), indices)


def _first(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """As many as a message can hold, in one order in every process."""
    if len(details) <= _ERRORS_A_READING:
        return details
    return sorted(details, key=lambda detail: repr(detail["loc"]))[:_ERRORS_A_READING]


def _loser(model: type[BaseModel], path: Path) -> Path:
    """What to take out when a required field is missing: the object that lacks it.

    The root is never taken out for a missing list; the list counts as empty instead.
    """
    return path if len(path) == 1 and _is_list(model, str(path[0])) else path[:-1]


def _is_list(model: type[BaseModel], name: str) -> bool:
    return any(get_origin(f.annotation) is list for key, f in model.model_fields.items() if (f.alias or key) == name)


def _refilled(model: type[BaseModel], raw: object, out: set[Path]) -> object:
    """The root with an empty list for each of its lists that were taken out whole."""
    lost: dict[str, list[object]] = {str(path[0]): [] for path in out if len(path) == 1 and _is_list(model, str(path[0]))}
    return {**raw, **lost} if isinstance(raw, Mapping) else raw


def _without(raw: object, out: set[Path], path: Path, kept: dict[Path, list[int]]) -> object:
    """A copy of `raw` without the places `out`; `kept` takes, per list, the original index of each item left."""
    if isinstance(raw, Mapping):
        return {k: _without(v, out, (*path, k), kept) for k, v in raw.items() if (*path, k) not in out}
    if isinstance(raw, list):
        kept[path] = [i for i in range(len(raw)) if (*path, i) not in out]
        return [_without(raw[i], out, (*path, i), kept) for i in kept[path]]
    return raw


def _path(detail: ErrorDetails, raw: object, kept: dict[Path, list[int]]) -> Path:
    """Where an error is in the original document: pydantic's place, without what it adds behind the last real field."""
    path: Path = ()
    for part in detail["loc"]:
        if isinstance(raw, Mapping) and isinstance(part, str) and (part in raw or detail["type"] == "missing"):
            path, raw = (*path, part), raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int):
            index = kept[path][part] if path in kept else part
            path, raw = (*path, index), raw[index]
        else:
            break
    return path


def _message(detail: ErrorDetails, model: type[BaseModel], path: Path, beside: tuple[str, ...]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    match kind:
        case "refused":
            return str(context["text"])
        case "missing":
            return "is required"
        case "extra_forbidden":
            known = [*_fields(model, path[:-1]), *(beside if len(path) == 1 else ())]
            return _unknown(str(path[-1]), known)
        case "literal_error":
            return f"{quoted(detail['input'])} is not one of {context['expected']}"
        case "too_long":
            return f"has {context['actual_length']} items; at most {context['max_length']} are allowed"
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
            return f"{quoted(detail['input'])} is out of range; must be {bound}"
        case "dict_type" if path[-1] == "document":
            return f"must be an object, not {quoted(detail['input'])}; JSON text goes into documentJSON"
        case "model_type" | "model_attributes_type" if isinstance(detail["input"], str) and "name" in _fields(model, path):
            return f"must be an object, not {quoted(detail['input'])}: write {{name: {quoted(detail['input'])}}}"
        case _:
            return _wrong_type(kind, detail["input"])


_LONGEST_NAME = 40
_ERRORS_A_READING = 1000

_WANTED = {
    "string": "a string",
    "int": "a whole number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
    "model": "an object",
}


def _wrong_type(kind: str, value: object) -> str:
    wanted = _WANTED.get(kind.split("_")[0], "something else")
    if value is None:
        return f"is null; must be {wanted}"
    if wanted == "a string" and isinstance(value, int | float):
        # Files keep how a number was written: 012345670123 is another one to a YAML reader.
        return f"must be a string, not {getattr(value, 'written', quoted(value))}: put it in quotes"
    if kind.startswith("list") and isinstance(value, str):
        return f"must be a list, not {quoted(value)}: write [{quoted(value)}]"
    return f"must be {wanted}, not {quoted(value)}"


def _unknown(name: str, known: list[str]) -> str:
    if name == "true" and "on" in known:
        return 'is what YAML makes of on without quotes: write "on"'
    # Comparing is slow, and no misspelt name is that long: a tenant's nonsense must not keep others waiting.
    close = difflib.get_close_matches(name, known, n=1) if len(name) <= _LONGEST_NAME else []
    return f"unknown field; did you mean {close[0]}?" if close else f"unknown field; known here: {', '.join(sorted(known))}"


def _fields(model: type[BaseModel], path: Path) -> Iterator[str]:
    """The names of the fields that the model has at this path."""
    for part in path:
        if isinstance(part, str):
            annotations = [f.annotation for name, f in model.model_fields.items() if (f.alias or name) == part]
            model = next(_models(annotations), model)
    return (field.alias or name for name, field in model.model_fields.items())


def _models(annotations: object) -> Iterator[type[BaseModel]]:
    """The models that a (nested) annotation names."""
    if isinstance(annotations, type) and issubclass(annotations, BaseModel):
        yield annotations
        return
    for inner in annotations if isinstance(annotations, list) else get_args(annotations):
        yield from _models(inner)

"""Read a raw document into a model and find every error, not only the first layer of them.

pydantic skips a model's own checks as long as one of its fields is faulty. So values of the wrong type are taken out, values
that break a rule are let through, and the rest is read again until it validates. Each reading finds errors that the one before
could not see. An error at a place from which a value was taken out is only a consequence, and is not reported.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from function.errors import MOST_ERRORS, FieldError, Path, nearest, quoted
from function.spec.hints import Around, missing, models, names_of, unknown, wrong_type

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


def parse(model: type[M], raw: object, at: Path, around: Around | None = None) -> Parsed[M]:
    """Read `raw`, which stands at path `at`, as a `model`; `around` are the parts of the document that are read elsewhere."""
    try:
        return Parsed(model.model_validate(raw))
    except ValidationError as first:
        return _parse_around(model, raw, at, {at: model, **(around or {})}, first)


def _parse_around(model: type[M], raw: object, at: Path, around: Around, failed: ValidationError) -> Parsed[M]:
    errors: list[FieldError] = []
    out: set[Path] = set()
    faulty: set[Path] = set()
    missing_at: set[Path] = set()
    kept: dict[Path, list[int]] = {}
    value = None
    names = _Names()
    for reading in itertools.count(1):
        fresh: set[Path] = set()
        above = {place[:length] for place in out for length in range(len(place) + 1)}
        many = failed.error_count() > MOST_ERRORS - len(errors)
        for detail in _first(failed, MOST_ERRORS - len(errors)):
            path = _path(detail, raw, kept)
            if path not in above:
                errors.append(FieldError(at + path, _message(detail, model, at, path, around, names)))
            if detail["type"] == "missing":
                missing_at.add(at + path)
            # What a validator of ours refused stays where it is: later readings let it pass.
            (faulty if detail["type"] == "refused" else fresh).add(_loser(model, path) if detail["type"] == "missing" else path)
        out |= fresh
        if () in out or many or reading == _MOST_READINGS:
            break
        kept = {}
        try:
            rest = _without(raw, out, (), kept)
            value = model.model_validate(_refilled(model, rest, out), context=reading)
            break
        except ValidationError as again:
            failed = again
    # Who is told what a field should have been called need not be told that it is missing.
    said = {(*error.path[:-1], error.message) for error in errors}
    errors = [
        e
        for e in errors
        if e.path not in missing_at or (*e.path[:-1], f"unknown field; did you mean {e.path[-1]}?") not in said
    ]
    indices = {at + path: index for path, index in kept.items()}
    return Parsed(value, tuple(errors), frozenset(at + path for path in out | faulty), indices)


def _first(failed: ValidationError, most: int) -> list[ErrorDetails]:
    """At most so many and one more, in one order in every process."""
    details = failed.errors(include_url=False)
    return sorted(details, key=lambda detail: [(isinstance(part, str), part) for part in detail["loc"]])[: most + 1]


class _Names:
    """How many misspelt names of a reading are still compared with known ones, which takes long."""

    def __init__(self) -> None:
        self._left = _MOST_COMPARED

    def known(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names that one more misspelt name is compared with; none where too many were compared."""
        self._left -= 1
        return tuple(names) if self._left >= 0 else ()


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


def _message(detail: ErrorDetails, root: type[BaseModel], at: Path, path: Path, around: Around, names: _Names) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    match kind:
        case "refused":
            return str(context["text"])
        case "missing":
            return missing(_model_at(root, path[:-1]), str(path[-1]))
        case "extra_forbidden":
            model, place = _model_at(root, path[:-1]), at + path[:-1]
            known = [*names_of(model), *(str(other[-1]) for other in around if other[:-1] == place)]
            return unknown(str(path[-1]), value, known, place, model, around, compared=names.known(known))
        case "literal_error":
            words = names.known(re.findall("'([^']*)'", context["expected"]))
            close = nearest(value, words) if isinstance(value, str) else ""
            return f"{quoted(value)} is not one of {context['expected']}" + (f"; did you mean {close}?" if close else "")
        case "too_many":
            return f"has {context['count']} fields; at most {context['most']} are allowed"
        case "too_long":
            return f"has {context['actual_length']} items; at most {context['max_length']} are allowed"
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
            return f"{quoted(value)} is out of range; must be {bound}"
        case "dict_type" if path[-1] == "document":
            return f"must be an object, not {quoted(value)}; JSON text goes into documentJSON"
        case _:
            return wrong_type(_WANTED.get(kind.split("_")[0], "something else"), value, _annotations(root, path))


_MOST_COMPARED = 64
# One for each layer of errors. No spec that anybody wrote has so many, and each takes as long as the first.
_MOST_READINGS = 8

_WANTED = {
    "string": "a string",
    "int": "a whole number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
    "model": "an object",
}


def _annotations(root: type[BaseModel], path: Path) -> list[Any]:
    """The annotation of what stands at this path, with what is around it in a list or an object of any names."""
    last = max((index for index, part in enumerate(path) if isinstance(part, str)), default=-1)
    if last < 0:
        return [root]
    field = names_of(_model_at(root, path[:last])).get(str(path[last]))
    return [field.annotation] if field is not None else []


def _model_at(root: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model of the object at this path."""
    model = root
    for part in path:
        if isinstance(part, str):
            field = names_of(model).get(part)
            model = next(models([field.annotation] if field else []), model)
    return model

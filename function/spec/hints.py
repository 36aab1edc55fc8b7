"""What to write instead of a field or a value that a model does not take; derived from the models, so that no hint grows old.

Hints are made for errors alone. Names and texts that are longer than any that can be meant are not compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from function.errors import Path, dotted, listed, nearest, quoted
from function.spec.model import Exclusive, Strict

Around = Mapping[Path, type[BaseModel]]
"""Models that stand elsewhere in the same document, by their paths."""

_LONGEST = 2048
_MOST_PLACES = 3
# A text that no name, ARN or word of a list is like: what takes this, takes anything, and is not what a short text means.
_ANYTHING = "\u00e4 ?"

_FORMS = {"an object": "{}", "a list": "[{}]"}
"""How an object is written where one is wanted, or several."""

_Place = tuple[str, ...]
"""A path in which the item of a list stands as `[]` behind the list's name."""


def unknown(
    name: str,
    value: object,
    known: Sequence[str],
    at: Path,
    model: type[BaseModel],
    around: Around,
    *,
    compared: Sequence[str],
) -> str:
    """What to say of a field that the model at a path does not have; `known` are those that it has.

    `compared` are those of them that it may be a misspelling of.
    """
    if name == "true" and "on" in known:
        return 'is what YAML makes of on without quotes: write "on"'
    if hint := _meant(model, name, *(value if isinstance(value, list) else [value])):
        return f"unknown field; {hint}"
    if close := nearest(name, compared, 0.9):
        return f"unknown field; did you mean {close}?"
    if inner := _part_of(name, known):
        return f"unknown field; did you mean {inner}?"
    if hint := _elsewhere(name, _place(at), tuple(around.items())):
        return f"unknown field; {hint}"
    if close := nearest(name, compared):
        return f"unknown field; did you mean {close}?"
    return f"unknown field; known here: {', '.join(sorted(known))}"


def _part_of(name: str, known: Sequence[str]) -> str:
    """The name that says of this one which kind of value it is: projectId for project, clusterName for cluster."""
    longer = [f"{name.lower()}{kind}" for kind in ("id", "name", "path")]
    return next((each for each in known if each.lower() in longer), "")


def missing(model: type[BaseModel], name: str) -> str:
    """What to say of a required field that is not there."""
    hint = _meant(model, name)
    return f"is required; {hint}" if hint else "is required"


def wrong_type(wanted: str, value: object, annotations: list[Any]) -> str:
    """What to say of a value that is not what is wanted: a sentence, and what to write; `annotations` are the field's."""
    model = next(models(annotations), None)
    if model is not None and (hint := _meant(model, value if isinstance(value, str) else quoted(value))):
        return f"must be {wanted}, not {quoted(value)}; {hint}"
    if value is None:
        return f"is null; must be {wanted}{_of_nothing(wanted, model)}"
    if wanted == "a string" and isinstance(value, int | float):
        # Files keep how a number was written: 012345670123 is another one to a YAML reader.
        return f"must be a string, not {getattr(value, 'written', quoted(value))}: put it in quotes"
    sentence = f"must be {wanted}, not {quoted(value)}"
    if isinstance(value, str):
        return sentence + _of_text(wanted, value, annotations, model)
    if wanted == "a list" and isinstance(value, Mapping) and model is not None:
        return f"{sentence}: write {_listed(value, model)}"
    if isinstance(value, list) and wanted == "an object":
        return f"{sentence}: {'write it without the list' if model is not None else 'write {NAME: VALUE}'}"
    if isinstance(value, list) and wanted == "a string" and len(value) == 1 and isinstance(value[0], str):
        return f"{sentence}: write {quoted(value[0])}"
    return sentence


def models(annotations: object) -> Iterator[type[BaseModel]]:
    """The models that a (nested) annotation names."""
    if isinstance(annotations, type) and issubclass(annotations, BaseModel):
        yield annotations
        return
    for inner in annotations if isinstance(annotations, list) else get_args(annotations):
        yield from models(inner)


def names_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model, by the names that users write."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _meant(model: type[BaseModel], *words: object) -> str:
    """The hint that the model itself has for one of these words."""
    hints = model.HINTS if issubclass(model, Strict) else {}
    found = (hints.get(word.lower()) for word in words if isinstance(word, str) and len(word) <= _LONGEST)
    return next(filter(None, found), "")


def _of_nothing(wanted: str, model: type[BaseModel] | None) -> str:
    if model is None or wanted not in _FORMS:
        return ""
    if wanted == "an object" and not _needs(model, None):
        return ": write its fields, or {} for the defaults"
    return f": write {_FORMS[wanted].format(_shape(model))}"


def _of_text(wanted: str, text: str, annotations: list[Any], model: type[BaseModel] | None) -> str:
    if wanted == "a whole number" and text.isascii() and text.isdigit():
        return f": write {text[:20]} without quotes"
    if wanted == "true or false" and text.lower() in ("true", "false"):
        return f": write {text.lower()} without quotes"
    if wanted not in _FORMS:
        return ""
    if model is None:
        # What is no list, and takes any names, has no one name for a text.
        return f": write [{quoted(_word(text, annotations))}]" if wanted == "a list" else ""
    return _in_object(text, model, _FORMS[wanted])


def _in_object(text: str, model: type[BaseModel], form: str) -> str:
    """Which field of an object is meant by a text in its place: the one that takes it, and needs the fewest others."""
    fitting = _fitting(text, model) if len(text) <= _LONGEST else {}
    least = min((len(_needs(model, name)) for name in fitting), default=0)
    best = [name for name in fitting if len(_needs(model, name)) == least]
    best = [name for name in best if names_of(model)[name].is_required()] or best
    if len(best) == 1:
        also = f", and add {listed(_needs(model, best[0]))}" if least else ""
        return f": write {form.format(f'{{{best[0]}: {fitting[best[0]]}}}')}{also}"
    if best:
        return f": write it as the value of one of its fields {', '.join(best)}"
    return f": write {form.format(_shape(model))}"


def _fitting(text: str, model: type[BaseModel]) -> dict[str, str]:
    """The fields that take the text, alone or as a list of one, and not every text; with what to write."""
    found = {}
    for name in names_of(model):
        for wrapped in (False, True):
            one, any_text = ([text], [_ANYTHING]) if wrapped else (text, _ANYTHING)
            if _takes(model, name, one) and not _takes(model, name, any_text):
                found[name] = f"[{quoted(text)}]" if wrapped else quoted(text)
    return found


def _takes(model: type[BaseModel], name: str, value: object) -> bool:
    try:
        model.model_validate({name: value})
    except ValidationError as error:
        return all(detail["loc"][:1] != (name,) for detail in error.errors(include_url=False))
    return True


def _needs(model: type[BaseModel], given: str | None) -> list[str]:
    """What an object has to have beside one field that is given."""
    needed = [name for name, field in names_of(model).items() if field.is_required() and name != given]
    return needed + [" or ".join(fields) for fields, one in _exclusive(model) if one and given not in fields]


def _shape(model: type[BaseModel]) -> str:
    """An object with the fields that it needs, or with its first one."""
    return f"{{{', '.join(f'{name}: ...' for name in _needs(model, None) or list(names_of(model))[:1])}}}"


def _listed(value: Mapping[str, Any], model: type[BaseModel]) -> str:
    """The list that is meant by an object: its one item, or items that are called like its keys."""
    fields = names_of(model)
    if fields.keys() & value.keys() or "name" not in fields:
        return f"[{{{next((key for key in value if key in fields), next(iter(fields)))}: ...}}]"
    return f"[{{name: {quoted(next(iter(value), '...'))}, ...}}]"


def _word(text: str, annotations: list[Any]) -> str:
    """A text, or the word of a fixed list that it is meant to be."""
    return nearest(text, list(_words(annotations))) or text


def _words(annotation: object) -> Iterator[str]:
    for inner in annotation if isinstance(annotation, list) else get_args(annotation):
        if get_origin(annotation) is Literal and isinstance(inner, str):
            yield inner
        else:
            yield from _words(inner)


def _elsewhere(name: str, here: _Place, around: tuple[tuple[Path, type[BaseModel]], ...]) -> str:
    """Where a field of this name belongs, as near to where it was written as there is one."""
    # Too many things have a name.
    places = _index(around).get(_plain(name), []) if len(name) <= _LONGEST and name != "name" else []
    # A field within itself belongs nowhere else.
    found = [place for place in places if place != here and not _excluded(here, place, around)]
    distances = [len(here) + len(place) - 2 * _common(here, place[:-1]) for place in found]
    near = [place for place, distance in zip(found, distances, strict=True) if distance == min(distances)]
    near = [place for place in near if place[-1] == name] or near
    if not near or len(near) > _MOST_PLACES:
        return ""
    holders = " or ".join(".".join(place[:-1]) for place in near)
    target, renamed = near[0], f", as {near[0][-1]}" if near[0][-1] != name else ""
    if len(near) > 1 or target[: len(here)] != here:
        return f"belongs in {holders}{renamed}"
    return f"belongs in {holders}: write {_nested(target[len(here) :], dict(around), target)}"


def _excluded(here: _Place, place: _Place, around: tuple[tuple[Path, type[BaseModel]], ...]) -> bool:
    """Whether two places are in parts of one object of which only one can be written."""
    shared = _common(here, place)
    if shared in (len(here), len(place), 0):
        return False
    model = dict(_places(around)).get(here[:shared])
    return any({here[shared], place[shared]} <= set(fields) for fields, _ in _exclusive(model))


def _exclusive(model: type[BaseModel] | None) -> list[tuple[list[str], bool]]:
    """The fields of each rule by which only one of several is written, and whether one has to be."""
    rules = model.RULES if model is not None and issubclass(model, Strict) else ()
    fields = model.model_fields if model is not None else {}
    return [([fields[f].alias or f for f in rule.fields], rule.needed) for rule in rules if isinstance(rule, Exclusive)]


def _nested(rest: _Place, around: Around, target: _Place) -> str:
    """A field within the objects around it, with what the innermost of them needs."""
    *outer, field = rest
    holder = dict(_places(tuple(around.items())))[target[:-1]]
    text = ", ".join(f"{name}: ..." for name in [*(n for n in _needs(holder, field) if " or " not in n), field])
    for step in reversed(outer):
        name = step.removesuffix("[]")
        text = f"{name}: [{{{text}}}]" if step != name else f"{name}: {{{text}}}"
    return text


@cache
def _index(around: tuple[tuple[Path, type[BaseModel]], ...]) -> dict[str, list[_Place]]:
    """All fields by their name, and by the name of what they are in before it: `role.arn` as arn and as roleArn."""
    found: dict[str, list[_Place]] = {}
    for place, model in _places(around):
        for name in names_of(model):
            plain = _plain(name)
            for key in dict.fromkeys((plain, plain.removesuffix("arn"), _plain(place[-1].removesuffix("[]")) + plain)):
                found.setdefault(key, []).append((*place, name))
    return found


@cache
def _places(around: tuple[tuple[Path, type[BaseModel]], ...]) -> list[tuple[_Place, type[BaseModel]]]:
    """All objects that can be written, with their models."""
    found: list[tuple[_Place, type[BaseModel]]] = []
    waiting = [(_place(path), model) for path, model in around]
    for place, model in waiting:
        found.append((place, model))
        for name, field in names_of(model).items():
            inner = next(models([field.annotation]), None)
            if inner is not None:
                waiting.append(((*place, f"{name}[]" if _is_list(field.annotation) else name), inner))
    return found


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))


def _plain(name: str) -> str:
    """A name without what is easily mistaken: case, and whether it is one or several."""
    return name.lower().removesuffix("s")


def _place(path: Iterable[str | int]) -> _Place:
    found: list[str] = []
    for part in path:
        if isinstance(part, int):
            found[-1] += "[]"
        else:
            found.append(dotted((part,)))
    return tuple(found)


def _common(one: _Place, other: _Place) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))

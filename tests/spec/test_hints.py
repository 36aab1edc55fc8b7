"""A hint leads to no other refusal: for every object that can be written, a text in its place, and what is then told to write."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from function import clouds
from function.identity.podidentity import Spec
from function.podidentitycluster.spec import Spec as ClusterSpec
from function.spec.hints import Around, models, names_of, wrong_type
from package.xrds.docs import field_docs
from tests.support.random_gcp import rich_gcp, rich_gcp_direct
from tests.support.xrs import answered, changed, spec
from tests.test_properties import rich_source, rich_spec

DOCUMENTS: tuple[Around, ...] = (
    {("spec",): Spec, **{("spec", name): section for name, (section, _) in clouds.SECTIONS.items()}},
    {("spec",): ClusterSpec},
)
WRITE = re.compile(r": write ([{[].*?)(, and add .*)?$")
# Texts that are meant for other fields than the one that takes them first, and those that say nothing of which is meant.
LEADING = ("reports", "prod", "demo-sa", "x.y")


def all_models() -> Iterator[type[BaseModel]]:
    seen: list[type[BaseModel]] = [model for document in DOCUMENTS for model in document.values()]
    for model in seen:
        seen += [each for field in names_of(model).values() for each in models([field.annotation]) if each not in seen]
    return iter(seen)


def slips() -> Iterator[tuple[type[BaseModel], str]]:
    """Every text that is an example of a field, and some names, for each object that has such fields."""
    for model in all_models():
        documents = field_docs(model)
        for name in model.model_fields:
            example = re.search(r"Example: `(.*)`\.?", documents[name])
            value = yaml.safe_load(example[1]) if example else None
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str):
                yield model, value
        yield from ((model, text) for text in LEADING)


@pytest.mark.parametrize(
    ("model", "text"), list(slips()), ids=lambda value: value if isinstance(value, str) else value.__name__
)
@pytest.mark.parametrize("wanted", ["an object", "a list"])
def test_what_is_written_as_the_hint_says_is_taken(model: type[BaseModel], text: str, wanted: str) -> None:
    message = wrong_type(wanted, text, [model])
    found = WRITE.search(message)
    if found is None:
        assert "write it as the value of one of its fields" in message or "; " in message
        return
    if "..." in found[1]:
        return
    written: Any = yaml.safe_load(found[1])
    written = written[0] if isinstance(written, list) else written
    assert isinstance(written, dict), message
    refused = errors(model, written)
    assert not any(name in place for place, _ in refused for name in written)
    # What else it needs is said with it.
    for place, kind in refused:
        assert found[2], (message, refused)
        assert kind != "missing" or place[-1] in found[2]


def errors(model: type[BaseModel], value: dict[str, Any]) -> list[tuple[tuple[Any, ...], str]]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        return [(detail["loc"], detail["type"]) for detail in error.errors()]
    return []


@pytest.mark.parametrize(
    ("text", "written"),
    [("arn:aws:iam::111122223333:role/a/b", "arn"), ("reports", "name"), ("arn:aws:iam::111122223333:policy/b", "permissionsBoundaryArn")],
)  # fmt: skip
def test_a_role_is_what_its_text_looks_like(text: str, written: str) -> None:
    role = clouds.SECTIONS["aws"][0].model_fields["role"].annotation
    assert wrong_type("an object", text, [role]) == f'must be an object, not "{text}": write {{{written}: "{text}"}}'


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all objects in a value."""
    if isinstance(value, dict):
        yield at
        for name, inner in value.items():
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*at, index))


@pytest.mark.parametrize("whole", [spec, rich_spec, rich_source, rich_gcp, rich_gcp_direct])
def test_every_field_in_every_wrong_place_is_answered(whole: Callable[[], dict[str, Any]]) -> None:
    """Also a field within itself, which belongs nowhere else."""
    names = sorted({name for model in all_models() for name in names_of(model)})
    for at in places(whole()):
        there: Any = whole()
        for part in at:
            there = there[part]
        misplaced: dict[str, Any] = {name: {} for name in names if name not in there}
        if at:
            (result,) = answered(changed((at, there | misplaced), base=whole())).results
            assert result.message.startswith("spec")

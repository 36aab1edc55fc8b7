"""Checks requests against botocore's models of AWS's services, more strictly than botocore does.

botocore itself refuses missing and unknown members, wrong types and what is too short, but not what is too long or
what breaks a pattern or an enumeration, although its models say all of it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import regex  # type: ignore[import-untyped]
from botocore.model import (  # type: ignore[import-untyped]
    ListShape,
    MapShape,
    Shape,
    StringShape,
    StructureShape,
)
from botocore.session import get_session  # type: ignore[import-untyped]

OPERATIONS = {
    "CreateRole": "iam",
    "CreatePolicy": "iam",
    "PutRolePolicy": "iam",
    "AttachRolePolicy": "iam",
    "CreateOpenIDConnectProvider": "iam",
    "CreatePodIdentityAssociation": "eks",
    "CreateAddon": "eks",
}
"""The operations behind what is rendered, and their services."""


def problems(operation: str, request: Mapping[str, Any]) -> list[str]:
    """Say everything that is wrong with a request, each with its place."""
    shape = _service(OPERATIONS[operation]).operation_model(operation).input_shape
    return list(_check(shape, request, operation))


@cache
def _service(name: str) -> Any:
    return get_session().get_service_model(name)


def _check(shape: Shape, value: Any, place: str) -> Iterator[str]:
    expected = _TYPES.get(shape.type_name)
    if expected is None:
        message = f"{place}: no check for values of type {shape.type_name}"
        raise NotImplementedError(message)
    kind, check = expected
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield f"{place}: {value!r} is not a {shape.type_name}"
        return
    yield from check(shape, value, place)


def _structure(shape: StructureShape, value: Mapping[str, Any], place: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"{place}.{name}: missing"
    for name, member in value.items():
        if name in shape.members:
            yield from _check(shape.members[name], member, f"{place}.{name}")
        else:
            yield f"{place}.{name}: unknown"


def _list(shape: ListShape, value: list[Any], place: str) -> Iterator[str]:
    yield from _range(shape, len(value), f"{place}: {len(value)} items")
    for index, item in enumerate(value):
        yield from _check(shape.member, item, f"{place}[{index}]")


def _map(shape: MapShape, value: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from _range(shape, len(value), f"{place}: {len(value)} entries")
    for key, item in value.items():
        yield from _check(shape.key, key, f"{place} key {key!r}")
        yield from _check(shape.value, item, f"{place}[{key!r}]")


def _string(shape: StringShape, value: str, place: str) -> Iterator[str]:
    yield from _range(shape, len(value), f"{place}: {len(value)} characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not _pattern(pattern).fullmatch(value):
        yield f"{place}: {value!r} does not match {pattern}"
    if shape.enum and value not in shape.enum:
        yield f"{place}: {value!r} is none of {', '.join(shape.enum)}"


@cache
def _pattern(pattern: str) -> regex.Pattern[str]:
    # The patterns are Java's, whose \w is ASCII and whose \p{L} is not; the standard library's re has no \p.
    return regex.compile(pattern, 0 if r"\p" in pattern else regex.ASCII)


def _number(shape: Shape, value: int, place: str) -> Iterator[str]:
    yield from _range(shape, value, f"{place}: {value}")


def _boolean(_shape: Shape, _value: bool, _place: str) -> Iterator[str]:
    yield from ()


def _range(shape: Shape, amount: int, found: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and amount < least:
        yield f"{found}, at least {least}"
    if most is not None and amount > most:
        yield f"{found}, at most {most}"


_TYPES: dict[str, tuple[type | tuple[type, ...], Callable[..., Iterator[str]]]] = {
    "structure": (Mapping, _structure),
    "list": (list, _list),
    "map": (Mapping, _map),
    "string": (str, _string),
    "integer": (int, _number),
    "boolean": (bool, _boolean),
}

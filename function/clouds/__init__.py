"""The list of clouds. Each is a folder of its own that knows no other; a new one is its folder and its line here."""

import sys
from collections.abc import Container, Hashable
from importlib import import_module
from typing import Protocol, cast

from function.composition import Compose, Condition
from function.errors import FieldError
from function.observed import Observed
from function.subjects import Identity

_CONDITIONS = {
    "aws": ("RoleReady", "AssociationsReady"),
    "gcp": ("BindingsReady",),
}

CLOUDS = tuple(_CONDITIONS)
"""The fields of spec of which exactly one is written."""

History = tuple[tuple[str, Hashable], ...]
"""What earlier calls made that later ones have to respect, by the name of the cloud; hashable."""


class _Cloud(Protocol):
    """What the package of a cloud offers."""

    def recall(self, observed: Observed) -> Hashable:
        """Read the history from what is observed."""
        ...

    def read(
        self, section: object, identity: Identity, history: Hashable, neutral: list[FieldError]
    ) -> tuple[Compose | None, list[FieldError]]:
        """Read the cloud's section of the spec."""
        ...

    def conditions_unread(self, observed: Observed) -> tuple[Condition, ...]:
        """The cloud's conditions where the spec could not be read."""
        ...


def _cloud(name: str) -> _Cloud:
    """The package of a cloud, loaded by the first XR that uses it: others have no price to pay for it."""
    package = f"{__name__}.{name}"
    return cast("_Cloud", sys.modules.get(package) or import_module(package))


def condition_types(fields: Container[str]) -> tuple[str, ...]:
    """The types of the conditions of the spec's clouds, or of all where it names none."""
    return tuple(kind for name in _named(fields) for kind in _CONDITIONS[name])


def _named(fields: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in CLOUDS if name in fields) or CLOUDS


def recall(fields: Container[str], observed: Observed) -> History:
    """What earlier calls made; `fields` are those of the spec, which say the clouds."""
    return tuple((name, _cloud(name).recall(observed)) for name in CLOUDS if name in fields)


def read(
    name: str, section: object, identity: Identity, history: History, neutral: list[FieldError]
) -> tuple[Compose | None, list[FieldError]]:
    """Read a cloud's section of the spec: how to answer, or every fault.

    `neutral` are the faults of the rest of the spec, which keep some of the section's own from being judged.
    """
    return _cloud(name).read(section, identity, dict(history)[name], neutral)


def conditions_unread(fields: Container[str], observed: Observed) -> tuple[Condition, ...]:
    """The conditions of the spec's clouds, or of all where it names none, judged from what is observed alone."""
    return tuple(condition for name in _named(fields) for condition in _cloud(name).conditions_unread(observed))

"""What is answered for one XR: composed resources, status, conditions, and what has to be fetched; as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.conditions import Condition
from function.errors import FieldError, printable
from function.resources.managed import ComposedResource


@dataclass(frozen=True, slots=True)
class Requirement:
    """An object to be fetched by Crossplane before the answer is final."""

    name: str
    api_version: str
    kind: str
    match_name: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one call. With `fatal` set there are no resources: what exists stays as it is."""

    conditions: tuple[Condition, ...]
    resources: tuple[ComposedResource, ...] = ()
    ready: frozenset[str] = frozenset()
    """The names of the resources that are ready."""
    unready: bool = False
    """Whether the XR is not ready even if all resources are."""
    status: Mapping[str, Any] | None = None
    requirements: tuple[Requirement, ...] = ()
    fatal: str | None = None
    """Why nothing could be composed."""
    errors: tuple[FieldError, ...] = ()
    """The errors of the input that `fatal` names, one by one."""

    def __post_init__(self) -> None:
        if self.fatal is not None:
            object.__setattr__(self, "fatal", printable(self.fatal))

"""Boxes: sets of subjects that one statement admits, every combination of its value lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

Subject = tuple[str, ...]
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """Boxes that admit exactly the subjects asked for."""

    boxes: tuple[tuple[tuple[str, ...], ...], ...]
    """Sorted; per box, per dimension, its values, sorted."""
    characters: int
    """What the boxes cost together, overheads included."""
    exact: bool
    """Whether no better cover exists for certain."""


def single_box(subjects: Iterable[Subject]) -> tuple[Values, ...] | None:
    """Return the one box that covers the subjects, None where one is not enough."""
    wanted = set(subjects)
    values = tuple(tuple(sorted(set(column))) for column in zip(*wanted, strict=True))
    return values if prod(map(len, values)) == len(wanted) else None

"""What of a set of subjects has to be searched: alike values made one, and parts not joined taken apart.

Classes. Two values of one dimension are alike when the same combinations of the others go with them. Take any cover,
and let `a` be in no more boxes than its like `b`: put `b` into just the boxes that have `a`. What is admitted stays
the same, and the boxes that had only `b` now cost less or nothing. The one thing that can grow is a bare string that
becomes a list, two characters; a box where that happens is one the opposite exchange does away with altogether, and
one of the two exchanges never loses. So some best cover, by either measure, keeps alike values together, and a class
can be treated as one value that weighs as much as all of its own.

Components. A box holds, with two cells, a chain of cells between them each of which differs from the one before in one
dimension. So cells that no such chain joins never share a box, and the parts of the set that are not joined can be
solved one by one: boxes and characters add up. Within a part more values may be alike, so both steps repeat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Subject = tuple[str, ...]
Cell = tuple[int, int, int]
Values = tuple[str, ...]


@dataclass(slots=True)
class Part:
    """Cells joined with one another, and per dimension the values each coordinate stands for."""

    classes: tuple[Sequence[Values], ...]
    cells: set[Cell]


def numbered(wanted: frozenset[Subject], values: Sequence[Sequence[str]]) -> Part:
    """Number the values; dimensions the subjects do not have get one value."""
    numbers = [{value: i for i, value in enumerate(column)} for column in values]
    missing = (0,) * (3 - len(values))
    cells = {(*(number[v] for number, v in zip(numbers, subject, strict=True)), *missing) for subject in wanted}
    classes = [[(value,) for value in column] for column in values] + [[()] for _ in missing]
    return Part(tuple(classes), {(x, y, z) for x, y, z in cells})


def parts(part: Part) -> list[Part]:
    """Reduce to parts with no two values alike, not joined with one another, the smallest first."""
    pending, done = [part], []
    while pending:
        merged = _merged(pending.pop())
        joined = list(_joined(merged.cells))
        if len(joined) == 1:
            done.append(merged)
        else:
            pending += [Part(merged.classes, cells) for cells in joined]
    return sorted(done, key=lambda part: (len(part.cells), [columns[0] for columns in part.classes], part.classes))


def _merged(part: Part) -> Part:
    """Make one class of those alike, in each dimension; drop those without cells."""
    cells = part.cells
    classes = []
    for d in range(3):
        others = (d + 1) % 3, (d + 2) % 3
        width = len(part.classes[others[1]])
        slices: dict[int, int] = {}
        for cell in cells:
            at = cell[others[0]] * width + cell[others[1]]
            slices[cell[d]] = slices.get(cell[d], 0) | 1 << at
        groups: dict[int, list[int]] = {}
        for number in sorted(slices):
            groups.setdefault(slices[number], []).append(number)
        renamed = {group[0]: i for i, group in enumerate(groups.values())}
        classes.append([together(part.classes[d], group) for group in groups.values()])
        cells = {_moved(cell, d, renamed[cell[d]]) for cell in cells if cell[d] in renamed}
    return Part(tuple(classes), cells)


def together(classes: Sequence[Values], group: Sequence[int]) -> Values:
    """Return the values of several classes."""
    return tuple(sorted(value for number in group for value in classes[number]))


def _moved(cell: Cell, dimension: int, to: int) -> Cell:
    x, y, z = cell
    return (to, y, z) if dimension == 0 else (x, to, z) if dimension == 1 else (x, y, to)


def _joined(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Yield the sets of cells joined by steps along one dimension."""
    lines: dict[Cell, list[Cell]] = {}
    for cell in cells:
        for d in range(3):
            lines.setdefault(_moved(cell, d, -1), []).append(cell)
    left = set(cells)
    while left:
        pending = [left.pop()]
        found = set(pending)
        while pending:
            cell = pending.pop()
            for d in range(3):
                new = left.intersection(lines.pop(_moved(cell, d, -1), ()))
                left -= new
                found |= new
                pending += new
        yield found

"""The shortest list of policy statements that admits exactly a set of subjects.

A trust policy's statement is a box: a list of values per dimension (clusters, namespaces, service accounts), which
admits every combination. It is allowed when every combination is in the set. A cover is a list of boxes that together
admit the whole set; boxes may overlap. `cover` returns the one with the fewest boxes and, among those, the fewest
characters; but where that one is longer than a limit and some cover of more boxes is shorter, the shortest of all.

Two reductions come first, and leave most input as a single cell.

Classes. Two values of one dimension are alike when the same combinations of the others go with them. Take any cover,
and let `a` be in no more boxes than its like `b`: put `b` into just the boxes that have `a`. What is admitted stays
the same, and the boxes that had only `b` now cost less or nothing. The one thing that can grow is a bare string that
becomes a list, two characters; a box where that happens is one the opposite exchange does away with altogether, and
one of the two exchanges never loses. So some best cover, by either measure, keeps alike values together, and a class
can be treated as one value that weighs as much as all of its own.

Components. A box holds, with two cells, a chain of cells between them each of which differs from the one before in one
dimension. So cells that no such chain joins never share a box, and the parts of the set that are not joined can be
solved one by one: boxes and characters add up. Within a part more values may be alike, so both steps repeat.

What then remains of each part is solved in two stages, by branch and bound: how few boxes (a set cover by maximal
boxes, `cover_count`), then how few characters with that many boxes (a search over hulls, `cover_search`). The search
over hulls, without a bound on the boxes, also finds the shortest cover of all.

Both problems are NP-hard, so each stage has a budget, in units of work rather than time: the same input has the same
answer everywhere. A stage that runs out of it leaves the best it has, and `exact` false. What runs out, as far as
tried: full grids of hundreds of cells with a handful of scattered holes, even where five boxes do; grids filled at
random; and dozens of unrelated lists of clusters and namespaces, whose policy would be far longer than a policy may be.
The search without a bound on the boxes runs out sooner than the others. A part of more than 8 by 8 classes is treated
the same way; it only is more likely to run out. Sets are never walked in hash order where it could show.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from function.clouds.aws.cover_count import SetCover, greedy, line_boxes, maximal_boxes
from function.clouds.aws.cover_grid import Axis, Box, Budget, BudgetSpentError, Grid, positions
from function.clouds.aws.cover_search import Shortest

_COUNT_UNITS = 20_000
_SHORTEN_UNITS = 45_000
_FALLBACK_UNITS = 25_000

Subject = tuple[str, ...]
Cell = tuple[int, int, int]
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


@dataclass(slots=True)
class _Part:
    """Cells joined with one another, and per dimension the values each coordinate stands for."""

    classes: tuple[Sequence[Values], ...]
    cells: set[Cell]


@dataclass(slots=True)
class _Solution:
    """A part's grid, its dimensions' order in that grid, and its cover so far."""

    part: _Part
    order: tuple[int, ...]
    grid: Grid
    boxes: list[Box]
    least: int = 0  # no cover has fewer boxes
    exact: bool = True

    def characters(self) -> int:
        """Return the cover's cost."""
        return sum(self.grid.cost(*box) for box in self.boxes)


def cover(subjects: Iterable[Subject], overhead: int, limit: int) -> Cover:
    """Return the best cover of the subjects, tuples of one to three strings.

    A box costs `overhead` characters (at least 4), and those of its values as compact JSON. A cover longer than
    `limit` gives way to a shorter one of more boxes, if there is one.
    """
    wanted = set(subjects)
    if not wanted:
        return Cover((), 0, exact=True)
    arity = len(next(iter(wanted)))
    values = [sorted({subject[d] for subject in wanted}) for d in range(arity)]
    if len(wanted) == prod(len(column) for column in values):
        box = tuple(tuple(column) for column in values)
        return Cover((box,), overhead + sum(_list_cost(column) for column in values), exact=True)
    solutions = [_started(part, arity, overhead) for part in _parts(_part(wanted, values))]
    _solve(solutions)
    if _characters(solutions) > limit:
        _solve_for_length(solutions)
    boxes = sorted(box for solution in solutions for box in _named(solution, arity))
    return Cover(tuple(boxes), _characters(solutions), all(solution.exact for solution in solutions))


def _list_cost(values: Sequence[str]) -> int:
    return sum(len(value) + 3 for value in values) + (1 if len(values) > 1 else -1)


def _characters(solutions: Sequence[_Solution]) -> int:
    return sum(solution.characters() for solution in solutions)


def _part(wanted: set[Subject], values: Sequence[Sequence[str]]) -> _Part:
    """Number the values; dimensions the subjects do not have get one value."""
    numbers = [{value: i for i, value in enumerate(column)} for column in values]
    missing = (0,) * (3 - len(values))
    cells = {(*(number[v] for number, v in zip(numbers, subject, strict=True)), *missing) for subject in wanted}
    classes = [[(value,) for value in column] for column in values] + [[()] for _ in missing]
    return _Part(tuple(classes), {(x, y, z) for x, y, z in cells})


def _parts(part: _Part) -> list[_Part]:
    """Reduce to parts with no two values alike, not joined with one another, the smallest first."""
    pending, done = [part], []
    while pending:
        merged = _merged(pending.pop())
        joined = list(_joined(merged.cells))
        if len(joined) == 1:
            done.append(merged)
        else:
            pending += [_Part(merged.classes, cells) for cells in joined]
    return sorted(done, key=lambda part: (len(part.cells), [columns[0] for columns in part.classes], part.classes))


def _merged(part: _Part) -> _Part:
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
        classes.append([_together(part.classes[d], group) for group in groups.values()])
        cells = {_moved(cell, d, renamed[cell[d]]) for cell in cells if cell[d] in renamed}
    return _Part(tuple(classes), cells)


def _together(classes: Sequence[Values], group: Sequence[int]) -> Values:
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


def _started(part: _Part, arity: int, overhead: int) -> _Solution:
    """Lay a part out as a grid, its longest dimension along the lines."""
    x, y, z = order = tuple(sorted(range(3), key=lambda d: (len(part.classes[d]), d)))
    nx, ny, nz = (len(part.classes[d]) for d in order)
    lines = [0] * (nx * ny)
    for cell in part.cells:
        lines[cell[x] * ny + cell[y]] |= 1 << cell[z]
    axes = (_axis(part, x, arity), _axis(part, y, arity), _axis(part, z, arity))
    return _Solution(part, order, Grid(nx, ny, nz, tuple(lines), axes, overhead), [(1, 1, 1)])


def _axis(part: _Part, dimension: int, arity: int) -> Axis:
    """Weigh the classes; a dimension the subjects do not have costs nothing."""
    if dimension >= arity:
        return Axis((1,), (1,))
    classes = part.classes[dimension]
    return Axis(tuple(sum(len(v) + 3 for v in values) for values in classes), tuple(len(values) for values in classes))


def _solve(solutions: Sequence[_Solution]) -> None:
    """Find, part by part, the fewest boxes, then the fewest characters with so many."""
    counting, shortening = Budget(_COUNT_UNITS), Budget(_SHORTEN_UNITS)
    for solution in solutions:
        if len(solution.part.cells) > 1:
            _count(solution, counting)
    for solution in solutions:
        _shorten(solution, shortening, len(solution.boxes))


def _solve_for_length(solutions: Sequence[_Solution]) -> None:
    """Find, part by part, the fewest characters with however many boxes."""
    budget = Budget(_FALLBACK_UNITS)
    for solution in solutions:
        _shorten(solution, budget, len(solution.part.cells))


def _count(solution: _Solution, budget: Budget) -> None:
    grid = solution.grid
    try:
        candidates = maximal_boxes(grid, budget)
    except BudgetSpentError:
        candidates = line_boxes(grid)
        solution.exact = False
    sets = [grid.cells_of(box) for box in candidates]
    search = SetCover(sets, greedy(sets), budget)
    solution.exact = search.solve() and solution.exact
    solution.least = len(search.best) if solution.exact else 0
    solution.boxes = _trimmed(grid, [candidates[i] for i in search.best])


def _trimmed(grid: Grid, boxes: Sequence[Box]) -> list[Box]:
    """Shrink each box to the cells the others leave to it, the costliest first."""
    kept = sorted(boxes, key=lambda box: (-grid.cost(*box), box))
    for i, box in enumerate(kept):
        others = 0
        for j, other in enumerate(kept):
            others |= grid.cells_of(other) if j != i else 0
        kept[i] = grid.hull(grid.cells_of(box) & ~others)
    return kept


def _shorten(solution: _Solution, budget: Budget, most: int) -> None:
    if len(solution.part.cells) > 1:
        search = Shortest(solution.grid, solution.boxes, budget, solution.least, most)
        solution.exact = search.solve() and solution.exact
        solution.boxes = search.best


def _named(solution: _Solution, arity: int) -> Iterator[tuple[Values, ...]]:
    """Yield the boxes as the subjects' own values."""
    for box in solution.boxes:
        masks = dict(zip(solution.order, box, strict=True))
        classes = solution.part.classes
        yield tuple(_together(classes[d], positions(masks[d])) for d in range(arity))

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
boxes, `count`), then how few characters with that many boxes (a search over hulls, `search`, within each
cover of so few maximal boxes; where those are too many, within all cells). The search over hulls, without a bound on
the boxes, also finds the shortest cover of all.

Both problems are NP-hard, so each stage has a budget, in units of work rather than time: the same input has the same
answer everywhere. A stage that runs out of it leaves the best it has, and `exact` false. What runs out, as far as
tried: some full grids of hundreds of cells with five or six scattered holes; grids filled at random; and dozens of
unrelated lists of clusters and namespaces. The search without a bound on the boxes runs out sooner than the others. A
part of more than 8 by 8 classes is treated the same way; it only is more likely to run out. Where a bound shows that
no cover is within the limit, nothing is searched, and the answer is a plain cover. Sets are never walked in hash order
where it could show.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from function.clouds.aws.cover.boxes import Cover, Subject, Values
from function.clouds.aws.cover.count import every, fewest, greedy, least_characters, simple_cover, trimmed
from function.clouds.aws.cover.grid import (
    Axis,
    Box,
    Budget,
    BudgetSpentError,
    Cell,
    Grid,
    grown,
    joined,
    line_boxes,
    maximal_boxes,
    moved,
    positions,
)
from function.clouds.aws.cover.search import Shortest

_COUNT_UNITS = 20_000
_FRAME_UNITS = 25_000
_SHORTEN_UNITS = 36_000
_FALLBACK_UNITS = 10_000


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
    frames: Sequence[Box] = ()  # its maximal boxes
    least: int = 0  # no cover has fewer boxes
    exact: bool = True

    def characters(self) -> int:
        """Return the cover's cost."""
        return sum(self.grid.cost(*box) for box in self.boxes)


def cover(subjects: Iterable[Subject], overhead: int, limit: int) -> Cover:
    """Return the best cover of the subjects, tuples of one to three strings.

    A box costs `overhead` characters (at least 4), and those of its values as compact JSON. A cover longer than
    `limit` gives way to a shorter one of more boxes, if there is one. Where it is plain that no cover fits the limit,
    none is searched for.
    """
    wanted = frozenset(subjects)
    return _cover(wanted, overhead, limit) if wanted else Cover((), 0, exact=True)


@lru_cache(maxsize=64)  # whoever asks again, asks for the same
def _cover(wanted: frozenset[Subject], overhead: int, limit: int) -> Cover:
    arity = len(next(iter(wanted)))
    values = [sorted({subject[d] for subject in wanted}) for d in range(arity)]
    solutions = [_started(part, arity, overhead) for part in _parts(_numbered(wanted, values))]
    if sum(least_characters(solution.grid) for solution in solutions) > limit:
        for solution in solutions:
            solution.exact = len(solution.boxes) == 1
    else:
        _solve(solutions)
        if _characters(solutions) > limit:
            _solve_for_length(solutions)
    boxes = sorted(box for solution in solutions for box in _named(solution, arity))
    return Cover(tuple(boxes), _characters(solutions), all(solution.exact for solution in solutions))


def _characters(solutions: Sequence[_Solution]) -> int:
    return sum(solution.characters() for solution in solutions)


def _numbered(wanted: frozenset[Subject], values: Sequence[Sequence[str]]) -> _Part:
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
        apart = list(joined(merged.cells))
        if len(apart) == 1:
            done.append(merged)
        else:
            pending += [_Part(merged.classes, cells) for cells in apart]
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
        cells = {moved(cell, d, renamed[cell[d]]) for cell in cells if cell[d] in renamed}
    return _Part(tuple(classes), cells)


def _together(classes: Sequence[Values], group: Sequence[int]) -> Values:
    """Return the values of several classes."""
    return tuple(sorted(value for number in group for value in classes[number]))


def _started(part: _Part, arity: int, overhead: int) -> _Solution:
    """Lay a part out as a grid, its longest dimension along the lines."""
    x, y, z = order = tuple(sorted(range(3), key=lambda d: (len(part.classes[d]), d)))
    nx, ny, nz = (len(part.classes[d]) for d in order)
    lines = [0] * (nx * ny)
    for cell in part.cells:
        lines[cell[x] * ny + cell[y]] |= 1 << cell[z]
    axes = (_axis(part, x, arity), _axis(part, y, arity), _axis(part, z, arity))
    grid = Grid(nx, ny, nz, tuple(lines), axes, overhead)
    return _Solution(part, order, grid, simple_cover(grid))


def _axis(part: _Part, dimension: int, arity: int) -> Axis:
    """Weigh the classes; a dimension the subjects do not have costs nothing."""
    if dimension >= arity:
        return Axis((1,), (1,))
    classes = part.classes[dimension]
    return Axis(tuple(sum(len(v) + 3 for v in values) for values in classes), tuple(len(values) for values in classes))


def _solve(solutions: Sequence[_Solution]) -> None:
    """Find, part by part, the fewest boxes, then the fewest characters with so many."""
    counting, framing, shortening = Budget(_COUNT_UNITS), Budget(_FRAME_UNITS), Budget(_SHORTEN_UNITS)
    larger = [solution for solution in solutions if len(solution.part.cells) > 1]
    for solution in larger:
        _count(solution, counting)
    for solution in larger:
        if not (solution.least and _shorten_within(solution, framing)):
            _shorten(solution, shortening, len(solution.boxes))


def _solve_for_length(solutions: Sequence[_Solution]) -> None:
    """Find, part by part, the fewest characters with however many boxes."""
    budget = Budget(_FALLBACK_UNITS)
    for solution in solutions:
        if len(solution.part.cells) > 1:
            _shorten(solution, budget, len(solution.part.cells))


def _count(solution: _Solution, budget: Budget) -> None:
    grid = solution.grid
    try:
        found = maximal_boxes(grid, budget)
    except BudgetSpentError:
        found = line_boxes(grid)
        solution.exact = False
    plain = list(dict.fromkeys(grown(grid, box) for box in solution.boxes))
    numbers = {box: i for i, box in enumerate(dict.fromkeys([*found, *plain]))}
    candidates = list(numbers)
    sets = [grid.cells_of(box) for box in candidates]
    known = min(greedy(sets), [numbers[box] for box in plain], key=len)
    best, proven = fewest(sets, known, budget)
    solution.exact = proven and solution.exact
    solution.least = len(best) if solution.exact else 0
    solution.frames = candidates
    solution.boxes = trimmed(grid, [candidates[i] for i in best])


def _shorten_within(solution: _Solution, budget: Budget) -> bool:
    """Look through the covers of maximal boxes; return whether it is proven that none shorter has so few."""
    most, frames = solution.least, solution.frames
    search = Shortest(solution.grid, solution.boxes, budget, most, most)
    sets = [solution.grid.cells_of(box) for box in frames]
    proven = search.solve([frames[i] for i in chosen] for chosen in every(sets, most, budget))
    solution.boxes = search.best
    return proven


def _shorten(solution: _Solution, budget: Budget, most: int) -> None:
    search = Shortest(solution.grid, solution.boxes, budget, solution.least, most)
    solution.exact = search.solve() and solution.exact
    solution.boxes = search.best


def _named(solution: _Solution, arity: int) -> Iterator[tuple[Values, ...]]:
    """Yield the boxes as the subjects' own values."""
    for box in solution.boxes:
        masks = dict(zip(solution.order, box, strict=True))
        classes = solution.part.classes
        yield tuple(_together(classes[d], positions(masks[d])) for d in range(arity))

"""The shortest list of policy statements that admits exactly a set of subjects.

A trust policy's statement is a box: a list of values per dimension (clusters, namespaces, service accounts), which
admits every combination. It is allowed when every combination is in the set. A cover is a list of boxes that together
admit the whole set; boxes may overlap. `cover` returns the one with the fewest boxes and, among those, the fewest
characters; but where that one is longer than a limit and some cover of more boxes is shorter, the shortest of all.

Two reductions come first, and leave most input as a single cell (`cover_parts`). What then remains of each part is
solved in two stages, by branch and bound: how few boxes (a set cover by maximal boxes, `cover_count`), then how few
characters with that many boxes (a search over hulls, `cover_search`, within each cover of so few maximal boxes; where
those are too many, within all cells). The search over hulls, without a bound on the boxes, also finds the shortest
cover of all.

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
from math import prod

from function.clouds.aws.cover_count import every, fewest, greedy, least_characters, simple_cover
from function.clouds.aws.cover_grid import (
    Axis,
    Box,
    Budget,
    BudgetSpentError,
    Grid,
    grown,
    line_boxes,
    maximal_boxes,
    positions,
)
from function.clouds.aws.cover_parts import Part, Subject, Values, numbered, parts, together
from function.clouds.aws.cover_search import Shortest

_COUNT_UNITS = 20_000
_FRAME_UNITS = 25_000
_SHORTEN_UNITS = 32_000
_FALLBACK_UNITS = 10_000


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
class _Solution:
    """A part's grid, its dimensions' order in that grid, and its cover so far."""

    part: Part
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
    if len(wanted) == prod(len(column) for column in values):
        box = tuple(tuple(column) for column in values)
        return Cover((box,), overhead + sum(_list_cost(column) for column in values), exact=True)
    solutions = [_started(part, arity, overhead) for part in parts(numbered(wanted, values))]
    if sum(least_characters(solution.grid) for solution in solutions) > limit:
        for solution in solutions:
            solution.exact = len(solution.boxes) == 1
    else:
        _solve(solutions)
        if _characters(solutions) > limit:
            _solve_for_length(solutions)
    boxes = sorted(box for solution in solutions for box in _named(solution, arity))
    return Cover(tuple(boxes), _characters(solutions), all(solution.exact for solution in solutions))


def _list_cost(values: Sequence[str]) -> int:
    return sum(len(value) + 3 for value in values) + (1 if len(values) > 1 else -1)


def _characters(solutions: Sequence[_Solution]) -> int:
    return sum(solution.characters() for solution in solutions)


def _started(part: Part, arity: int, overhead: int) -> _Solution:
    """Lay a part out as a grid, its longest dimension along the lines."""
    x, y, z = order = tuple(sorted(range(3), key=lambda d: (len(part.classes[d]), d)))
    nx, ny, nz = (len(part.classes[d]) for d in order)
    lines = [0] * (nx * ny)
    for cell in part.cells:
        lines[cell[x] * ny + cell[y]] |= 1 << cell[z]
    axes = (_axis(part, x, arity), _axis(part, y, arity), _axis(part, z, arity))
    grid = Grid(nx, ny, nz, tuple(lines), axes, overhead)
    return _Solution(part, order, grid, simple_cover(grid))


def _axis(part: Part, dimension: int, arity: int) -> Axis:
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
    solution.boxes = _trimmed(grid, [candidates[i] for i in best])


def _trimmed(grid: Grid, boxes: Sequence[Box]) -> list[Box]:
    """Shrink each box to the cells the others leave to it, the costliest first."""
    kept = sorted(boxes, key=lambda box: (-grid.cost(*box), box))
    for i, box in enumerate(kept):
        others = 0
        for j, other in enumerate(kept):
            others |= grid.cells_of(other) if j != i else 0
        kept[i] = grid.hull(grid.cells_of(box) & ~others)
    return kept


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
        yield tuple(together(classes[d], positions(masks[d])) for d in range(arity))

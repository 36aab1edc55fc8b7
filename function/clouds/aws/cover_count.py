"""The fewest boxes that cover a component: a set cover by maximal boxes.

Growing a box never uncovers anything, so for the count alone only maximal boxes matter. They are enumerated one
dimension at a time: the X of a maximal box is closed under "whatever has all that these have", so it is found among
the intersections of the planes of single x, and within such an intersection Y and Z are found the same way.

What is left is set cover, made smaller first: a cell that is covered wherever another is needs no thought of its
own, nor does a box whose remaining cells all lie in another box. Then branch and bound: take the cell with the
fewest boxes, try each, and never try again a box that was tried (the rest of the tree does without it). The bound is
a fooling set: cells no two of which share a box need a box each.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heapreplace

from function.clouds.aws.cover_grid import Box, Budget, BudgetSpentError, Grid, positions

_State = tuple[int, int, tuple[int, ...]]


def maximal_boxes(grid: Grid, budget: Budget) -> list[Box]:
    """Return every box inside the grid's cells that no larger one contains, the largest first."""
    planes = grid.planes()
    meets: set[int] = set()
    for plane in planes:
        meets |= {meet & plane for meet in meets}
        meets.add(plane)
        budget.spend(len(meets) // 16)
    meets.discard(0)
    found: list[Box] = []
    for meet in sorted(meets):
        x = _above(planes, meet)
        found += _boxes_through(grid, planes, x, meet, budget)
    return sorted(found, key=lambda box: (-grid.cells_of(box).bit_count(), box))


def _boxes_through(grid: Grid, planes: Sequence[int], x: int, meet: int, budget: Budget) -> Iterable[Box]:
    """Yield the maximal boxes whose first dimension is just x, whose planes share the cells of meet."""
    full = (1 << grid.nz) - 1
    lines = [meet >> j * grid.nz & full for j in range(grid.ny)]
    shared: set[int] = set()
    for line in lines:
        shared |= {z & line for z in shared}
        shared.add(line)
    shared.discard(0)
    budget.spend(1 + len(shared) // 8)
    for z in sorted(shared):
        y = _above(lines, z)
        if _above(planes, grid.pattern(1, y) * z) == x:
            yield x, y, z


def _above(masks: Sequence[int], least: int) -> int:
    """Return which of the masks contain all of least."""
    return sum(1 << i for i, mask in enumerate(masks) if not least & ~mask)


class SetCover:
    """Branch and bound for the fewest of the given sets of cells that cover them all."""

    def __init__(self, sets: Sequence[int], known: Sequence[int], budget: Budget) -> None:
        """Start from a cover that is known, as indexes of sets."""
        self.best = list(known)
        self._budget = budget
        self._sets = list(sets)
        self._cells: list[int] = []
        self._near: list[int] = []

    def solve(self) -> bool:
        """Improve `best`; return whether it is proven that no fewer sets do."""
        try:
            self._cells, self._sets = _reduced(self._sets, self._budget)
            self._near = [_union(self._sets, owners) for owners in self._cells]
            self._walk()
        except BudgetSpentError:
            return False
        return True

    def _walk(self) -> None:
        pending = [iter([((1 << len(self._cells)) - 1, -1, tuple[int, ...]())])]
        while pending:
            state = next(pending[-1], None)
            if state is None:
                pending.pop()
            elif len(state[2]) < len(self.best):
                pending.append(self._branches(*state))

    def _branches(self, left: int, usable: int, chosen: tuple[int, ...]) -> Iterator[_State]:
        """Yield the ways to cover one of the cells left by a usable set, given the sets chosen."""
        self._budget.spend(1 + left.bit_count() // 32)
        if not left:
            self.best = sorted(chosen)
            return
        ranked = sorted([((self._cells[c] & usable).bit_count(), c) for c in positions(left)])
        if ranked[0][0] == 0 or len(chosen) + self._fooled(ranked, left) >= len(self.best):
            return
        options = positions(self._cells[ranked[0][1]] & usable)
        for s in sorted(options, key=lambda s: (-(self._sets[s] & left).bit_count(), s)):
            yield left & ~self._sets[s], usable, (*chosen, s)
            usable &= ~(1 << s)

    def _fooled(self, ranked: list[tuple[int, int]], left: int) -> int:
        """Return how many cells, no two in one set, a greedy pick finds."""
        picked = 0
        for _, c in ranked:
            if left >> c & 1:
                picked += 1
                left &= ~self._near[c]
        return picked


def _union(sets: Sequence[int], chosen: int) -> int:
    union = 0
    for s in positions(chosen):
        union |= sets[s]
    return union


def greedy(sets: Sequence[int]) -> list[int]:
    """Return a cover, as indexes of sets: always the set that adds the most, then without those not needed."""
    left = _union(sets, (1 << len(sets)) - 1)
    chosen: list[int] = []
    gains = [(-cells.bit_count(), s) for s, cells in enumerate(sets)]
    heapify(gains)
    while left:
        gain, s = gains[0]
        now = -(sets[s] & left).bit_count()
        if now == gain:
            chosen.append(s)
            left &= ~sets[s]
        heapreplace(gains, (now, s))
    return _needed(sets, chosen)


def _needed(sets: Sequence[int], chosen: list[int]) -> list[int]:
    """Drop each set the others cover, the latest first."""
    kept = list(chosen)
    for s in reversed(chosen):
        rest = [other for other in kept if other != s]
        if not sets[s] & ~_union(sets, sum(1 << other for other in rest)):
            kept = rest
    return kept


def _reduced(sets: Sequence[int], budget: Budget) -> tuple[list[int], list[int]]:
    """Return the cells that matter (each as the sets that have it), and the sets as masks of those cells."""
    budget.spend(sum(cells.bit_count() for cells in sets) // 32)
    owners = set(_transposed(sets)) - {0}
    size = -1
    while size != len(owners):
        size = len(owners)
        kept = _minimal(owners, budget)
        usable = _not_dominated(_transposed(kept), budget)
        owners = {cell & usable for cell in kept}
    final = sorted(owners, key=lambda cell: (cell.bit_count(), cell))
    return final, _transposed(final)


def _transposed(masks: Sequence[int]) -> list[int]:
    """Turn sets of cells into cells' sets, or back: per position, which masks have it."""
    having = [0] * max(mask.bit_length() for mask in masks)
    for i, mask in enumerate(masks):
        for position in positions(mask):
            having[position] |= 1 << i
    return having


def _minimal(owners: set[int], budget: Budget) -> list[int]:
    """Drop each cell that some other cell's sets are all among the sets of."""
    kept: list[int] = []
    for cell in sorted(owners, key=lambda cell: (cell.bit_count(), cell)):
        budget.spend(len(kept) // 48)
        if all(other & ~cell for other in kept):
            kept.append(cell)
    return kept


def _not_dominated(masks: list[int], budget: Budget) -> int:
    """Return which sets remain when each that lies in another is dropped."""
    usable = 0
    kept: list[int] = []
    for s in sorted(range(len(masks)), key=lambda s: (-masks[s].bit_count(), s)):
        budget.spend(len(kept) // 48)
        if masks[s] and all(masks[s] & ~other for other in kept):
            kept.append(masks[s])
            usable |= 1 << s
    return usable


def line_boxes(grid: Grid) -> list[Box]:
    """Return, for each line along each dimension, a maximal box that has all of its cells, the largest first.

    Far fewer than all maximal boxes, and enough to cover every cell.
    """
    lines = [(1 << i, 1 << j, grid.lines[i * grid.ny + j]) for i in range(grid.nx) for j in range(grid.ny)]
    for k in range(grid.nz):
        layer = [line >> k & 1 for line in grid.lines]
        rows = [sum(layer[i * grid.ny + j] << j for j in range(grid.ny)) for i in range(grid.nx)]
        lines += [(1 << i, row, 1 << k) for i, row in enumerate(rows)]
        columns = [sum(layer[i * grid.ny + j] << i for i in range(grid.nx)) for j in range(grid.ny)]
        lines += [(column, 1 << j, 1 << k) for j, column in enumerate(columns)]
    found = {_grown(grid, line) for line in lines if all(line)}
    return sorted(found, key=lambda box: (-grid.cells_of(box).bit_count(), box))


def _grown(grid: Grid, box: Box) -> Box:
    """Add every value that fits, the last dimension's first."""
    x, y, z = box
    cells = grid.cells()
    for k in range(grid.nz):
        z |= 1 << k if not grid.cells_of((x, y, 1 << k)) & ~cells else 0
    for j in range(grid.ny):
        y |= 1 << j if not grid.cells_of((x, 1 << j, z)) & ~cells else 0
    for i in range(grid.nx):
        x |= 1 << i if not grid.cells_of((1 << i, y, z)) & ~cells else 0
    return x, y, z

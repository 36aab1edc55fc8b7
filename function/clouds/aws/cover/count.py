"""The fewest boxes that cover a component: a set cover by maximal boxes.

Growing a box never uncovers anything, so for the count alone only maximal boxes matter. What is left is set cover, made
smaller first: a cell that is covered wherever another is needs no thought of its own, nor does a box whose remaining
cells all lie in another box. Then branch and bound: take the cell with the fewest boxes, try each, and never try again
a box that was tried (the rest of the tree does without it). The bound is a fooling set: cells no two of which share a
box need a box each. The same search, without dropping boxes that lie in others, lists all covers of so many boxes.

Beside it stand what takes no search: a plain cover to start from, and a bound on what any cover costs.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import heapify, heapreplace

from function.clouds.aws.cover.grid import Box, Budget, BudgetSpentError, Grid, positions

_ENOUGH = 64  # cells of a fooling set

_State = tuple[int, int, tuple[int, ...]]
_Place = tuple[int, int, int]


class _SetCover:
    """Branch and bound for the choices of sets that cover all cells."""

    def __init__(self, owners: Sequence[int], most: int, budget: Budget) -> None:
        """Take per cell the sets that have it; `most` sets may be chosen, and less from one cover found to the next."""
        self.most = most
        self._budget = budget
        self._cells = owners
        self._sets = _transposed(owners)
        self._near = [_union(self._sets, sets) for sets in owners]

    def covers(self) -> Iterator[tuple[int, ...]]:
        """Yield covers, as indexes of sets."""
        pending = [iter([((1 << len(self._cells)) - 1, -1, tuple[int, ...]())])]
        while pending:
            state = next(pending[-1], None)
            if state is None:
                pending.pop()
            elif len(state[2]) + (state[0] != 0) <= self.most:
                if state[0]:
                    pending.append(self._branches(*state))
                else:
                    yield state[2]

    def _branches(self, left: int, usable: int, chosen: tuple[int, ...]) -> Iterator[_State]:
        """Yield the ways to cover one of the cells left by a usable set, given the sets chosen."""
        self._budget.spend(1 + left.bit_count() // 32)
        ranked = sorted([((self._cells[c] & usable).bit_count(), c) for c in positions(left)])
        if ranked[0][0] == 0 or len(chosen) + self._fooled(ranked, left) > self.most:
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


def fewest(sets: Sequence[int], known: Sequence[int], budget: Budget) -> tuple[list[int], bool]:
    """Improve a known cover; return the best, as indexes of sets, and whether it is proven that no fewer sets do."""
    best = list(known)
    try:
        search = _SetCover(_reduced(sets, budget), len(best) - 1, budget)
        for chosen in search.covers():
            best = sorted(chosen)
            search.most = len(best) - 1
    except BudgetSpentError:
        return best, False
    return best, True


def every(sets: Sequence[int], most: int, budget: Budget) -> Iterator[tuple[int, ...]]:
    """Yield all covers of so many sets at most; no cover that another contains need be among them."""
    budget.spend(sum(cells.bit_count() for cells in sets) // 32)
    owners = _minimal(set(_transposed(sets)) - {0}, budget)
    yield from _SetCover(owners, most, budget).covers()


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


def _reduced(sets: Sequence[int], budget: Budget) -> list[int]:
    """Return the cells that matter, each as the sets that have it and matter."""
    budget.spend(sum(cells.bit_count() for cells in sets) // 32)
    owners = set(_transposed(sets)) - {0}
    size = -1
    while size != len(owners):
        size = len(owners)
        kept = _minimal(owners, budget)
        usable = _not_dominated(_transposed(kept), budget)
        owners = {cell & usable for cell in kept}
    return sorted(owners, key=lambda cell: (cell.bit_count(), cell))


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


def simple_cover(grid: Grid) -> list[Box]:
    """Return the best of three plain covers without overlap: along one dimension, a few boxes per single value."""
    plain = [_sliced(grid, axis) for axis in range(3)]
    return min(plain, key=lambda boxes: (len(boxes), sum(grid.cost(*box) for box in boxes), boxes))


def _sliced(grid: Grid, axis: int) -> list[Box]:
    """Return for each value of a dimension a box per distinct line across, the lines laid the better way."""
    slices: dict[int, list[tuple[int, int]]] = {}
    for cell in positions(grid.cells()):
        place = grid.place(cell)
        slices.setdefault(place[axis], []).append((place[axis - 2], place[axis - 1]))
    boxes = []
    for value, pairs in slices.items():
        ways = [(len(found), i, found) for i, found in enumerate((_rows(pairs), _rows([(b, a) for a, b in pairs])))]
        _, turned, rows = min(ways)
        for a, b in rows:
            axes = {axis: value, (axis + 1) % 3: b if turned else a, (axis + 2) % 3: a if turned else b}
            boxes.append((axes[0], axes[1], axes[2]))
    return boxes


def _rows(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return rectangles, one for all rows that are the same."""
    rows: dict[int, int] = {}
    for a, b in pairs:
        rows[a] = rows.get(a, 0) | b
    same: dict[int, int] = {}
    for a, row in rows.items():
        same[row] = same.get(row, 0) | a
    return [(a, row) for row, a in same.items()]


def least_characters(grid: Grid) -> int:
    """Return what any cover costs at least: a box per fooled cell, and each value as often as its own cells need."""
    cells = _scarce_first(grid)
    # A box of one value per dimension costs one less in each than the values' weights say.
    least = _fooled(grid, cells) * (grid.overhead - 3)
    for axis in range(3):
        slices: dict[int, list[_Place]] = {}
        for cell in cells:
            slices.setdefault(cell[axis], []).append(cell)
        least += sum(_fooled(grid, slices[value]) * weight for value, weight in enumerate(grid.axes[axis].weights))
    return least


def _scarce_first(grid: Grid) -> list[_Place]:
    """Return the cells as coordinates, those with the fewest others in line first."""
    places = [(*divmod(line, grid.ny), z) for line, mask in enumerate(grid.lines) for z in positions(mask)]
    across = Counter(pair for x, y, z in places for pair in ((0, y, z), (1, x, z), (2, x, y)))
    return sorted(places, key=lambda p: (across[0, p[1], p[2]] + across[1, p[0], p[2]] + across[2, p[0], p[1]], p))


def _fooled(grid: Grid, cells: Sequence[_Place]) -> int:
    """Return how many cells, no two in one box, a greedy pick finds; it need not look past a policy's most boxes."""
    ny, lines = grid.ny, grid.lines
    picked: list[_Place] = []
    for x, y, z in cells:
        if len(picked) == _ENOUGH:
            break
        for a, b, c in picked:
            both = lines[x * ny + b] & lines[a * ny + y] & lines[x * ny + y] & lines[a * ny + b]
            if both >> z & both >> c & 1:
                break
        else:
            picked.append((x, y, z))
    return len(picked)


def trimmed(grid: Grid, boxes: Sequence[Box]) -> list[Box]:
    """Shrink each box to the cells the others leave to it, the costliest first."""
    kept = sorted(boxes, key=lambda box: (-grid.cost(*box), box))
    for i, box in enumerate(kept):
        others = 0
        for j, other in enumerate(kept):
            others |= grid.cells_of(other) if j != i else 0
        kept[i] = grid.hull(grid.cells_of(box) & ~others)
    return kept

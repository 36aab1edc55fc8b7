"""Few statements that admit exactly a set of subjects.

A statement of a trust policy lists values for each of up to three dimensions (cluster, namespace, service account) and admits
every combination of them: it is a box. A box may be used if every one of its combinations is among the subjects. A cover is a
list of boxes that together admit all subjects; boxes may overlap. Fewer boxes are better, then fewer characters.

    subjects   (c1,n1,a) (c1,n1,b) (c2,n1,a) (c2,n1,b) (c1,n2,a)        5 combinations
    cover      {c1,c2} x {n1} x {a,b}   and   {c1} x {n2} x {a}         2 statements

Finding the best cover is NP-hard, so this does what is cheap and nearly always enough, in three steps.

1. Classes. Two values of a dimension are alike if the same combinations of the other dimensions go with both. In some best
   cover they always stand together, so they are made one value. One service account in 16 namespaces becomes one cell.
2. Components. Cells that no chain of steps along one dimension joins can share no box, so each component is solved alone. Both
   steps repeat until nothing changes. Most specs are one cell for each component by now, which is one box.
3. Choice. For each component that is left, candidates are its maximal boxes: those that nothing can be added to. Choosing the
   fewest that have all cells is a set cover, found by branch and bound; a bounded number of steps keeps hostile input from
   taking long, and then the best that was found counts. Each chosen box is shrunk to what the others leave to it.

The answer is the same in every process: no set is walked in hash order where it could show, and no clock decides.

A component is a grid of cells (x, y, z). A set of cells is one integer, in which the cell is bit (x * ny + y) * nz + z; a box
is three masks of coordinates, one for each dimension.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heapify, heapreplace
from math import prod

Subject = tuple[str, ...]
Values = tuple[str, ...]
Boxes = tuple[tuple[Values, ...], ...]
"""Sorted; for each box and dimension its values, sorted."""

_Cell = tuple[int, int, int]
_Box = tuple[int, int, int]

_STEPS = 5_000
"""How much may be searched for one policy, in units that take about the same time each."""

_STATEMENT = 230
"""What a statement takes beside its values, about, in characters."""
_FEWEST = 1 << 20
"""In its place, so that fewer boxes are always shorter."""


def cover(subjects: Iterable[Subject]) -> Boxes:
    """Few boxes that admit exactly the subjects, tuples of one to three strings."""
    wanted = frozenset(subjects)
    if not wanted:
        return ()
    values = tuple(tuple(sorted(set(column))) for column in zip(*wanted, strict=True))
    return (values,) if prod(map(len, values)) == len(wanted) else _cover(wanted)


def cover_apart(subjects: Iterable[Subject]) -> Boxes:
    """Boxes that do not overlap: more of them, but at times shorter, since no long name is in two for overlap alone."""
    return _cover(frozenset(subjects), apart=True)


@lru_cache(maxsize=64)  # whoever asks again, asks for the same
def _cover(wanted: frozenset[Subject], *, apart: bool = False) -> Boxes:
    steps = _Steps(_STEPS)
    dimensions = len(next(iter(wanted)))

    def choose(grid: _Grid) -> list[_Box]:
        return _plain_cover(grid, _STATEMENT) if apart else _chosen(grid, steps)

    return tuple(sorted(box for part in _parts(_numbered(wanted)) for box in _boxes(part, dimensions, choose)))


# Classes and components


@dataclass(frozen=True, slots=True)
class _Part:
    """Cells, and for each dimension the values that each coordinate stands for."""

    classes: tuple[Sequence[Values], ...]
    cells: set[_Cell]


def _numbered(wanted: frozenset[Subject]) -> _Part:
    """Number the values; dimensions that the subjects do not have get one value."""
    columns = [sorted(set(column)) for column in zip(*wanted, strict=True)]
    numbers = [{value: i for i, value in enumerate(column)} for column in columns]
    missing = (0,) * (3 - len(columns))
    cells = {(*(number[v] for number, v in zip(numbers, subject, strict=True)), *missing) for subject in wanted}
    classes = [[(value,) for value in column] for column in columns] + [[()] for _ in missing]
    return _Part(tuple(classes), {(x, y, z) for x, y, z in cells})


def _parts(part: _Part) -> list[_Part]:
    """Parts with no two values alike, and not joined with one another, the smallest first."""
    pending, done = [part], []
    while pending:
        merged = _merged(pending.pop())
        apart = list(_joined(merged.cells))
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
        cells = {_moved(cell, d, renamed[cell[d]]) for cell in cells if cell[d] in renamed}
    return _Part(tuple(classes), cells)


def _together(classes: Sequence[Values], group: Sequence[int]) -> Values:
    """The values of several classes."""
    return tuple(sorted(value for number in group for value in classes[number]))


def _joined(cells: set[_Cell]) -> Iterator[set[_Cell]]:
    """The sets of cells that are joined by steps along one dimension."""
    lines: dict[_Cell, list[_Cell]] = {}
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


def _moved(cell: _Cell, dimension: int, to: int) -> _Cell:
    """The cell with another coordinate in one dimension."""
    x, y, z = cell
    return (to, y, z) if dimension == 0 else (x, to, z) if dimension == 1 else (x, y, to)


# Choice


class _StepsSpent(Exception):
    """No more may be searched."""


@dataclass(slots=True)
class _Steps:
    """How much may still be searched."""

    left: int

    def spend(self, units: int) -> None:
        """Take units off; raise where there are none."""
        self.left -= units
        if self.left < 0:
            raise _StepsSpent


def _boxes(part: _Part, dimensions: int, choose: "Callable[[_Grid], list[_Box]]") -> Iterator[tuple[Values, ...]]:
    """A part's boxes, as the subjects' own values."""
    if len(part.cells) == 1:
        yield tuple(part.classes[d][0] for d in range(dimensions))
        return
    # The longest dimension goes along the lines.
    x, y, z = order = tuple(sorted(range(3), key=lambda d: (len(part.classes[d]), d)))
    lines = [0] * (len(part.classes[x]) * len(part.classes[y]))
    for cell in part.cells:
        lines[cell[x] * len(part.classes[y]) + cell[y]] |= 1 << cell[z]
    weights = [tuple(sum(len(v) + 3 for v in values) for values in part.classes[d]) for d in order]
    grid = _Grid(len(part.classes[x]), len(part.classes[y]), len(part.classes[z]), tuple(lines), tuple(weights))
    for box in choose(grid):
        masks = dict(zip(order, box, strict=True))
        yield tuple(_together(part.classes[d], _positions(masks[d])) for d in range(dimensions))


@dataclass(slots=True)
class _Grid:
    """A part's lines, row by row, and how many characters each value takes."""

    nx: int
    ny: int
    nz: int
    lines: tuple[int, ...]
    weights: tuple[tuple[int, ...], ...]
    _patterns: dict[tuple[int, int], int] = field(default_factory=dict)

    def cells(self) -> int:
        """All cells."""
        return sum(line << i * self.nz for i, line in enumerate(self.lines))

    def planes(self) -> list[int]:
        """For each x, its cells as a mask of (y, z)."""
        width = self.ny * self.nz
        return [self.cells() >> i * width & ((1 << width) - 1) for i in range(self.nx)]

    def pattern(self, x: int, y: int) -> int:
        """The cells of x times y at the lowest z; times a mask of z, those of the box."""
        found = self._patterns.get((x, y))
        if found is None:
            row = sum(1 << j * self.nz for j in _positions(y))
            found = self._patterns[x, y] = sum(row << i * self.ny * self.nz for i in _positions(x))
        return found

    def cells_of(self, box: _Box) -> int:
        """The cells of a box."""
        return self.pattern(box[0], box[1]) * box[2]

    def hull(self, cells: int) -> _Box:
        """The smallest box that has these cells."""
        x = y = z = 0
        for cell in _positions(cells):
            line, k = divmod(cell, self.nz)
            i, j = divmod(line, self.ny)
            x, y, z = x | 1 << i, y | 1 << j, z | 1 << k
        return x, y, z

    def length(self, box: _Box) -> int:
        """The characters of a box's values."""
        return sum(self.weights[d][i] for d, mask in enumerate(box) for i in _positions(mask))


def _chosen(grid: _Grid, steps: _Steps) -> list[_Box]:
    """Few boxes that have all cells of a grid."""
    plain = [_grown(grid, box) for box in _plain_cover(grid, _FEWEST)]
    try:
        found = _maximal_boxes(grid, steps)
    except _StepsSpent:
        found = []
    candidates = list(dict.fromkeys([*found, *plain]))
    numbers = {box: i for i, box in enumerate(candidates)}
    sets = [grid.cells_of(box) for box in candidates]
    known = min(_greedy(sets), list(dict.fromkeys(numbers[box] for box in plain)), key=len)
    return _trimmed(grid, [candidates[i] for i in _needed(sets, _fewest(sets, known, steps))])


def _plain_cover(grid: _Grid, box: int) -> list[_Box]:
    """The shortest of three covers without overlap: along one dimension, a few boxes for each single value.

    `box` is what a box takes beside its values.
    """
    covers = [_sliced(grid, axis) for axis in range(3)]
    return min(covers, key=lambda boxes: (sum(map(grid.length, boxes)) + len(boxes) * box, boxes))


def _sliced(grid: _Grid, axis: int) -> list[_Box]:
    """For each value of a dimension a box for each distinct line across, the lines laid the better way."""
    slices: dict[int, list[tuple[int, int]]] = {}
    for cell in _positions(grid.cells()):
        line, k = divmod(cell, grid.nz)
        i, j = divmod(line, grid.ny)
        place = (1 << i, 1 << j, 1 << k)
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
    """Rectangles, one for all rows that are the same."""
    rows: dict[int, int] = {}
    for a, b in pairs:
        rows[a] = rows.get(a, 0) | b
    same: dict[int, int] = {}
    for a, row in rows.items():
        same[row] = same.get(row, 0) | a
    return [(a, row) for row, a in same.items()]


def _maximal_boxes(grid: _Grid, steps: _Steps) -> list[_Box]:
    """Every box inside the grid's cells that no larger one contains, the largest first.

    The x of such a box are all that have what these have in common, so they are found among the intersections of the planes of
    single x; within such an intersection y and z are found the same way.
    """
    planes = grid.planes()
    found: list[_Box] = []
    full = (1 << grid.nz) - 1
    for meet in sorted(_meets(planes, steps)):
        x = _above(planes, meet)
        lines = [meet >> j * grid.nz & full for j in range(grid.ny)]
        shared = _meets(lines, steps)
        steps.spend(1 + len(shared) * (grid.nx + grid.ny) // 32)
        for z in sorted(shared):
            y = _above(lines, z)
            if _above(planes, grid.pattern(1, y) * z) == x:
                steps.spend(1)
                found.append((x, y, z))
    return sorted(found, key=lambda box: (-grid.cells_of(box).bit_count(), box))


def _meets(masks: Iterable[int], steps: _Steps) -> set[int]:
    """What any of the masks have in common, empty meets left out."""
    meets: set[int] = set()
    for mask in masks:
        meets |= {meet & mask for meet in meets}
        meets.add(mask)
        steps.spend(len(meets) // 16)
    meets.discard(0)
    return meets


def _above(masks: Sequence[int], least: int) -> int:
    """Which of the masks contain all of `least`."""
    return sum(1 << i for i, mask in enumerate(masks) if not least & ~mask)


def _grown(grid: _Grid, box: _Box) -> _Box:
    """Make a box maximal: add every value that fits, the last dimension's first."""
    x, y, z = box
    cells = grid.cells()
    for k in range(grid.nz):
        z |= 1 << k if not grid.cells_of((x, y, 1 << k)) & ~cells else 0
    for j in range(grid.ny):
        y |= 1 << j if not grid.cells_of((x, 1 << j, z)) & ~cells else 0
    for i in range(grid.nx):
        x |= 1 << i if not grid.cells_of((1 << i, y, z)) & ~cells else 0
    return x, y, z


def _trimmed(grid: _Grid, boxes: Sequence[_Box]) -> list[_Box]:
    """Shrink each box to the cells that the others leave to it, the longest first; each is needed, so it has some."""
    kept = sorted(boxes, key=lambda box: (-grid.length(box), box))
    for i, box in enumerate(kept):
        others = 0
        for j, other in enumerate(kept):
            others |= grid.cells_of(other) if j != i else 0
        kept[i] = grid.hull(grid.cells_of(box) & ~others)
    return kept


# The set cover: which of the candidates


def _greedy(sets: Sequence[int]) -> list[int]:
    """A cover, as indexes of sets: always the set that adds the most."""
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


def _needed(sets: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """Those chosen sets without which a cell would be uncovered, the last chosen tried first."""
    kept = list(chosen)
    for s in reversed(chosen):
        rest = [other for other in kept if other != s]
        if not sets[s] & ~_union(sets, sum(1 << other for other in rest)):
            kept = rest
    return kept


def _fewest(sets: Sequence[int], known: Sequence[int], steps: _Steps) -> list[int]:
    """The best cover that is found, as indexes of sets, starting from one that is known."""
    best = list(known)
    try:
        search = _Search(_reduced(sets, steps), len(best) - 1, steps)
        for chosen in search.covers():
            best = sorted(chosen)
            search.most = len(best) - 1
    except _StepsSpent:
        pass
    return best


class _Search:
    """Branch and bound for the choices of sets that cover all cells.

    Take the cell with the fewest sets, try each, and never again a set that was tried: the rest of the tree does without it.
    The bound: cells no two of which are in one set need a set each.
    """

    def __init__(self, owners: Sequence[int], most: int, steps: _Steps) -> None:
        """Take for each cell the sets that have it; `most` sets may be chosen, and fewer from one cover found to the next."""
        self.most = most
        self._steps = steps
        self._cells = owners
        self._sets = _transposed(owners)
        self._near = [_union(self._sets, sets) for sets in owners]

    def covers(self) -> Iterator[tuple[int, ...]]:
        """Covers, as indexes of sets."""
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

    def _branches(self, left: int, usable: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """The ways to cover one of the cells left by a usable set, given the sets chosen."""
        self._steps.spend(1 + left.bit_count() // 32)
        ranked = sorted([((self._cells[c] & usable).bit_count(), c) for c in _positions(left)])
        if ranked[0][0] == 0 or len(chosen) + self._apart(ranked, left) > self.most:
            return
        options = _positions(self._cells[ranked[0][1]] & usable)
        for s in sorted(options, key=lambda s: (-(self._sets[s] & left).bit_count(), s)):
            yield left & ~self._sets[s], usable, (*chosen, s)
            usable &= ~(1 << s)

    def _apart(self, ranked: list[tuple[int, int]], left: int) -> int:
        """How many cells, no two in one set, a greedy pick finds."""
        picked = 0
        for _, c in ranked:
            if left >> c & 1:
                picked += 1
                left &= ~self._near[c]
        return picked


def _reduced(sets: Sequence[int], steps: _Steps) -> list[int]:
    """The cells that matter, each as the sets that have it and matter.

    A cell that is covered wherever another is needs no thought of its own, nor does a set whose cells are all in another.
    """
    steps.spend(sum(cells.bit_count() for cells in sets) // 32)
    owners = set(_transposed(sets)) - {0}
    size = -1
    while size != len(owners):
        size = len(owners)
        kept: list[int] = []
        for cell in sorted(owners, key=lambda cell: (cell.bit_count(), cell)):
            steps.spend(len(kept) // 48)
            if all(other & ~cell for other in kept):
                kept.append(cell)
        usable = _not_dominated(_transposed(kept), steps)
        owners = {cell & usable for cell in kept}
    return sorted(owners, key=lambda cell: (cell.bit_count(), cell))


def _not_dominated(masks: list[int], steps: _Steps) -> int:
    """Which sets remain when each that lies in another is dropped."""
    usable = 0
    kept: list[int] = []
    for s in sorted(range(len(masks)), key=lambda s: (-masks[s].bit_count(), s)):
        steps.spend(len(kept) // 48)
        if masks[s] and all(masks[s] & ~other for other in kept):
            kept.append(masks[s])
            usable |= 1 << s
    return usable


def _transposed(masks: Sequence[int]) -> list[int]:
    """Turn sets of cells into cells' sets, or back: for each position, which masks have it."""
    having = [0] * max(mask.bit_length() for mask in masks)
    for i, mask in enumerate(masks):
        for position in _positions(mask):
            having[position] |= 1 << i
    return having


def _union(sets: Sequence[int], chosen: int) -> int:
    union = 0
    for s in _positions(chosen):
        union |= sets[s]
    return union


def _positions(mask: int) -> list[int]:
    """The positions of the bits that are set, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found

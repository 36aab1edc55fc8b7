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

A component is a grid of cells (x, y, z), most of which it may lack. A set of cells is one integer, with a bit for each cell
that there is; a box is three masks of coordinates, one for each dimension.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from function.cache import Cache
from function.clouds.aws.trust.set_cover import fewest, greedy, needed, positions
from function.steps import Steps, StepsSpent

Combination = tuple[str, ...]
Values = tuple[str, ...]
Boxes = tuple[tuple[Values, ...], ...]
"""Sorted; for each box and dimension its values, sorted."""

_Cell = tuple[int, int, int]
_Box = tuple[int, int, int]

_STEPS = 5_000
"""How much may be searched for one policy, in units that take about the same time each."""

_ROOM = 4 << 20
_BYTES_OF_TEXT, _BYTES_OF_SUBJECT = 64, 160
"""What they take in the cache, beside the characters of names."""

_STATEMENT = 230  # about what a statement takes beside its values, in characters
_FEWEST = 1 << 20  # in its place, so that fewer boxes are always shorter


def cover(subjects: Iterable[Combination]) -> Boxes:
    """Few boxes that admit exactly the subjects, tuples of one to three strings."""
    wanted = frozenset(subjects)
    if not wanted:
        return ()
    values = tuple(tuple(sorted(set(column))) for column in zip(*wanted, strict=True))
    return (values,) if prod(map(len, values)) == len(wanted) else _known(wanted, apart=False)


def cover_apart(subjects: Iterable[Combination]) -> Boxes:
    """Boxes that do not overlap: more of them, but at times shorter, since no long name is in two for overlap alone."""
    return _known(frozenset(subjects), apart=True)


def _weight(asked: tuple[frozenset[Combination], bool], boxes: Boxes) -> int:
    wanted, _ = asked
    names = sum(_BYTES_OF_TEXT + len(name) for subject in wanted for name in subject)
    listed = sum(len(values) for box in boxes for values in box)
    return names + _BYTES_OF_SUBJECT * len(wanted) + _BYTES_OF_TEXT * listed


_COVERS: Cache[tuple[frozenset[Combination], bool], Boxes] = Cache(_ROOM, _weight)


def _known(wanted: frozenset[Combination], *, apart: bool) -> Boxes:
    """Whoever asks again, asks for the same."""
    return _COVERS.once((wanted, apart), lambda: _cover(wanted, apart=apart))


def _cover(wanted: frozenset[Combination], *, apart: bool) -> Boxes:
    steps = Steps(_STEPS)
    dimensions = len(next(iter(wanted)))

    def choose(grid: _Grid) -> list[_Box]:
        return _plain_cover(grid, _STATEMENT) if apart else _chosen(grid, steps)

    return tuple(sorted(box for part in _parts(_numbered(wanted)) for box in _boxes(part, dimensions, choose)))


@dataclass(frozen=True, slots=True)
class _Part:
    """Cells, and for each dimension the values that each coordinate stands for."""

    classes: tuple[Sequence[Values], ...]
    cells: set[_Cell]


def _numbered(wanted: frozenset[Combination]) -> _Part:
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
    grid = _Grid((len(part.classes[x]), len(part.classes[y]), len(part.classes[z])), lines, weights)
    for box in choose(grid):
        masks = dict(zip(order, box, strict=True))
        yield tuple(_together(part.classes[d], positions(masks[d])) for d in range(dimensions))


class _Grid:
    """A part's lines, row by row, and how many characters each value takes."""

    def __init__(self, shape: _Cell, lines: Sequence[int], weights: Sequence[Sequence[int]]) -> None:
        self.nx, self.ny, self.nz = shape
        self.lines = lines
        self.weights = weights
        self.cells = [(*divmod(number, self.ny), k) for number, line in enumerate(lines) for k in positions(line)]
        """In order. A set of cells is an integer with a bit for each of these, however large the grid around them is."""
        self._having: tuple[list[int], ...] = tuple([0] * size for size in shape)
        """For each coordinate of a dimension, its cells."""
        for number, cell in enumerate(self.cells):
            for having, coordinate in zip(self._having, cell, strict=True):
                having[coordinate] |= 1 << number
        self._unions: dict[tuple[int, int], int] = {}
        self._rows: dict[int, int] = {}

    def planes(self) -> list[int]:
        """For each x, its cells as a mask of (y, z)."""
        return [sum(self.lines[i * self.ny + j] << j * self.nz for j in range(self.ny)) for i in range(self.nx)]

    def rows(self, y: int) -> int:
        """The cells of a plane with these y and the lowest z; times a mask of z, those of both."""
        if y not in self._rows:
            self._rows[y] = sum(1 << j * self.nz for j in positions(y))
        return self._rows[y]

    def cells_of(self, box: _Box) -> int:
        """The cells of a box."""
        return self._union(0, box[0]) & self._union(1, box[1]) & self._union(2, box[2])

    def _union(self, dimension: int, mask: int) -> int:
        """The cells that have one of some coordinates."""
        found = self._unions.get((dimension, mask))
        if found is None:
            found = 0
            for coordinate in positions(mask):
                found |= self._having[dimension][coordinate]
            self._unions[dimension, mask] = found
        return found

    def hull(self, cells: int) -> _Box:
        """The smallest box that has these cells."""
        x = y = z = 0
        for number in positions(cells):
            i, j, k = self.cells[number]
            x, y, z = x | 1 << i, y | 1 << j, z | 1 << k
        return x, y, z

    def length(self, box: _Box) -> int:
        """The characters of a box's values."""
        return sum(self.weights[d][i] for d, mask in enumerate(box) for i in positions(mask))


def _chosen(grid: _Grid, steps: Steps) -> list[_Box]:
    """Few boxes that have all cells of a grid."""
    plain = [_grown(grid, box) for box in _plain_cover(grid, _FEWEST)]
    try:
        found = _maximal_boxes(grid, steps)
    except StepsSpent:
        found = []
    candidates = list(dict.fromkeys([*found, *plain]))
    numbers = {box: i for i, box in enumerate(candidates)}
    sets = [grid.cells_of(box) for box in candidates]
    known = min(greedy(sets), list(dict.fromkeys(numbers[box] for box in plain)), key=len)
    return _trimmed(grid, [candidates[i] for i in needed(sets, fewest(sets, known, steps))])


def _plain_cover(grid: _Grid, box: int) -> list[_Box]:
    """The shortest of three covers without overlap: along one dimension, a few boxes for each single value.

    `box` is what a box takes beside its values.
    """
    covers = [_sliced(grid, axis) for axis in range(3)]
    return min(covers, key=lambda boxes: (sum(map(grid.length, boxes)) + len(boxes) * box, boxes))


def _sliced(grid: _Grid, axis: int) -> list[_Box]:
    """For each value of a dimension a box for each distinct line across, the lines laid the better way."""
    slices: dict[int, list[tuple[int, int]]] = {}
    for i, j, k in grid.cells:
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


def _maximal_boxes(grid: _Grid, steps: Steps) -> list[_Box]:
    """Every box inside the grid's cells that no larger one contains, the largest first.

    The x values of such a box are all whose planes contain its (y, z) cells. So the candidates are the intersections of the
    planes of single x values. Inside such an intersection, y and z are found the same way.
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
            if _above(planes, grid.rows(y) * z) == x:
                steps.spend(1)
                found.append((x, y, z))
    return sorted(found, key=lambda box: (-prod(mask.bit_count() for mask in box), box))


def _meets(masks: Iterable[int], steps: Steps) -> set[int]:
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
    xs = positions(x)
    shared = (1 << grid.nz) - 1
    for i in xs:
        for j in positions(y):
            shared &= grid.lines[i * grid.ny + j]
    z |= shared
    y |= sum(1 << j for j in range(grid.ny) if not any(z & ~grid.lines[i * grid.ny + j] for i in xs))
    ys = positions(y)
    return sum(1 << i for i in range(grid.nx) if not any(z & ~grid.lines[i * grid.ny + j] for j in ys)), y, z


def _trimmed(grid: _Grid, boxes: Sequence[_Box]) -> list[_Box]:
    """Shrink each box to the cells that the others leave to it, the longest first; each is needed, so it has some."""
    kept = sorted(boxes, key=lambda box: (-grid.length(box), box))
    later = [0]
    for box in reversed(kept[1:]):
        later.append(later[-1] | grid.cells_of(box))
    earlier = 0
    for i, box in enumerate(kept):
        kept[i] = grid.hull(grid.cells_of(box) & ~(earlier | later[-1 - i]))
        earlier |= grid.cells_of(kept[i])
    return kept

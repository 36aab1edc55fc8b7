"""What the searches for a cover share: a component as bit masks, its maximal boxes, and the budget of work.

A component is a grid of nx by ny lines, each line a mask of the z it holds. A set of cells is one integer, where the
cell (x, y, z) is bit (x * ny + y) * nz + z; a box is three masks, one per dimension.

A maximal box is one that no larger box inside the grid's cells contains. They are enumerated one dimension at a time:
the X of a maximal box is closed under "whatever has all that these have", so it is found among the intersections of
the planes of single x, and within such an intersection Y and Z are found the same way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_WIDE = 64  # beyond this, taking a mask apart bit by bit copies too much
_IN_OCTET = [[bit for bit in range(8) if octet >> bit & 1] for octet in range(256)]

Box = tuple[int, int, int]
Cell = tuple[int, int, int]


def positions(mask: int) -> list[int]:
    """Return the positions of the bits set, lowest first."""
    if mask.bit_length() > _WIDE:
        octets = mask.to_bytes((mask.bit_length() + 7) // 8, "little")
        return [8 * i + bit for i, octet in enumerate(octets) if octet for bit in _IN_OCTET[octet]]
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


class BudgetSpentError(Exception):
    """The search may do no more work."""


@dataclass(slots=True)
class Budget:
    """The work a search may still do, in units of about the same duration: bounded, yet no clock decides."""

    left: int

    def spend(self, units: int) -> None:
        """Take units off the budget; raise where it is spent."""
        self.left -= units
        if self.left < 0:
            raise BudgetSpentError


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension's classes: what each adds to a list, and how many values it stands for."""

    weights: tuple[int, ...]
    counts: tuple[int, ...]

    def cost(self, mask: int) -> int:
        """Return the characters of the JSON list of these classes' values (of the bare string, if but one)."""
        chosen = positions(mask)
        several = sum(self.counts[i] for i in chosen) > 1
        return sum(self.weights[i] for i in chosen) + (1 if several else -1)


@dataclass(slots=True)
class Grid:
    """One component: its lines (row by row), what its classes cost, and what a box costs beside them."""

    nx: int
    ny: int
    nz: int
    lines: tuple[int, ...]
    axes: tuple[Axis, Axis, Axis]
    overhead: int
    _patterns: dict[tuple[int, int], int] = field(default_factory=dict)
    _costs: dict[tuple[int, int], int] = field(default_factory=dict)

    def cells(self) -> int:
        """Return all cells."""
        return sum(line << i * self.nz for i, line in enumerate(self.lines))

    def planes(self) -> list[int]:
        """Return, per x, its cells as a mask of (y, z)."""
        width = self.ny * self.nz
        return [self.cells() >> i * width & ((1 << width) - 1) for i in range(self.nx)]

    def slabs(self) -> tuple[list[int], list[int], list[int]]:
        """Return, per dimension and value, all cells of that value, in the grid or not."""
        x, y, z = (1 << self.nx) - 1, (1 << self.ny) - 1, (1 << self.nz) - 1
        return (
            [self.cells_of((1 << i, y, z)) for i in range(self.nx)],
            [self.cells_of((x, 1 << j, z)) for j in range(self.ny)],
            [self.cells_of((x, y, 1 << k)) for k in range(self.nz)],
        )

    def pattern(self, x: int, y: int) -> int:
        """Return the cells of x times y at the lowest z; times a mask of z, those of the box."""
        found = self._patterns.get((x, y))
        if found is None:
            row = sum(1 << j * self.nz for j in positions(y))
            found = sum(row << i * self.ny * self.nz for i in positions(x))
            self._patterns[x, y] = found
        return found

    def cells_of(self, box: Box) -> int:
        """Return the cells of a box."""
        return self.pattern(box[0], box[1]) * box[2]

    def place(self, cell: int) -> Box:
        """Return the box that is this one cell."""
        line, z = divmod(cell, self.nz)
        x, y = divmod(line, self.ny)
        return 1 << x, 1 << y, 1 << z

    def cost(self, x: int, y: int, z: int) -> int:
        """Return the characters of a box."""
        return self.overhead + self._axis_cost(0, x) + self._axis_cost(1, y) + self._axis_cost(2, z)

    def _axis_cost(self, axis: int, mask: int) -> int:
        found = self._costs.get((axis, mask))
        if found is None:
            found = self._costs[axis, mask] = self.axes[axis].cost(mask)
        return found

    def hull(self, cells: int) -> Box:
        """Return the smallest box that contains these cells."""
        x = y = z = 0
        for cell in positions(cells):
            a, b, c = self.place(cell)
            x, y, z = x | a, y | b, z | c
        return x, y, z


def maximal_boxes(grid: Grid, budget: Budget) -> list[Box]:
    """Return every box inside the grid's cells that no larger one contains, the largest first."""
    planes = grid.planes()
    found: list[Box] = []
    for meet in sorted(_meets(planes, budget)):
        x = _above(planes, meet)
        found += _boxes_through(grid, planes, x, meet, budget)
    return sorted(found, key=lambda box: (-grid.cells_of(box).bit_count(), box))


def _meets(masks: Iterable[int], budget: Budget) -> set[int]:
    """Return what any of the masks have in common, empty meets left out."""
    meets: set[int] = set()
    for mask in masks:
        meets |= {meet & mask for meet in meets}
        meets.add(mask)
        budget.spend(len(meets) // 16)
    meets.discard(0)
    return meets


def _boxes_through(grid: Grid, planes: Sequence[int], x: int, meet: int, budget: Budget) -> Iterable[Box]:
    """Yield the maximal boxes whose first dimension is just x, whose planes share the cells of meet."""
    full = (1 << grid.nz) - 1
    lines = [meet >> j * grid.nz & full for j in range(grid.ny)]
    shared = _meets(lines, budget)
    budget.spend(1 + len(shared) * (grid.nx + grid.ny) // 32)
    for z in sorted(shared):
        y = _above(lines, z)
        if _above(planes, grid.pattern(1, y) * z) == x:
            budget.spend(1)
            yield x, y, z


def _above(masks: Sequence[int], least: int) -> int:
    """Return which of the masks contain all of least."""
    return sum(1 << i for i, mask in enumerate(masks) if not least & ~mask)


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
    found = {grown(grid, line) for line in lines if all(line)}
    return sorted(found, key=lambda box: (-grid.cells_of(box).bit_count(), box))


def grown(grid: Grid, box: Box) -> Box:
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


def reach(box: Box, lines: Sequence[int], ny: int, nz: int) -> int:
    """Return the cells of the lines each of which could join the box on its own; none where it is not inside itself."""
    x, y, z = box
    xs, ys = positions(x), positions(y)
    columns = [_meet([lines[i * ny + j] for i in xs]) for j in range(ny)]
    base = _meet([columns[j] for j in ys])
    if z & ~base:
        return 0
    wide = [(j, column & base) for j, column in enumerate(columns) if not z & ~column]
    found = 0
    for start in range(0, len(lines), ny):
        row = _meet([lines[start + j] for j in ys])
        if z & ~row:
            continue
        for j, column in wide:
            joint = column & row & lines[start + j]
            if not z & ~joint:
                found |= joint << (start + j) * nz
    return found


def _meet(masks: Sequence[int]) -> int:
    meet = -1
    for mask in masks:
        meet &= mask
    return meet


def moved(cell: Cell, dimension: int, to: int) -> Cell:
    """Return the cell with another coordinate in one dimension."""
    x, y, z = cell
    return (to, y, z) if dimension == 0 else (x, to, z) if dimension == 1 else (x, y, to)


def joined(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Yield the sets of cells joined by steps along one dimension."""
    lines: dict[Cell, list[Cell]] = {}
    for cell in cells:
        for d in range(3):
            lines.setdefault(moved(cell, d, -1), []).append(cell)
    left = set(cells)
    while left:
        pending = [left.pop()]
        found = set(pending)
        while pending:
            cell = pending.pop()
            for d in range(3):
                new = left.intersection(lines.pop(moved(cell, d, -1), ()))
                left -= new
                found |= new
                pending += new
        yield found

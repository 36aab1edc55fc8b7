"""What the searches for a cover share: a component as bit masks, and the budget of work.

A component is a grid of nx by ny lines, each line a mask of the z it holds. A set of cells is one integer, where the
cell (x, y, z) is bit (x * ny + y) * nz + z; a box is three masks, one per dimension.
"""

from dataclasses import dataclass, field

_WIDE = 64  # beyond this, taking a mask apart bit by bit copies too much
_IN_OCTET = [[bit for bit in range(8) if octet >> bit & 1] for octet in range(256)]

Box = tuple[int, int, int]


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

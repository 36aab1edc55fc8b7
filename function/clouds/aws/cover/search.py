"""The fewest characters of a component's cover: branch and bound over hulls.

A state is a list of hulls, each the smallest box around the cells assigned to it and always inside the grid's cells.
A step takes the uncovered cell that the fewest hulls can take in and tries each of them, then a new hull. Once a hull
was tried it is barred from that cell in the tries that follow, so that no cover is met twice: a cover whose hull has
the cell anyway was among the tries before, at no greater cost.

Per hull there is a mask of the cells it could still take in, one at a time, which only shrinks. A cell in nobody's
mask needs a new hull; where no new hull is allowed, a cell in one mask only is forced.

Hulls only get longer, so a state is dropped when its characters, plus a bound on what is to come, reach the best
cover's. The bound: a value of an uncovered cell that is in no hull able to take that cell has to be written once more,
and such values add up; so do the boxes that are certain to be opened. Where no new hull is allowed, a value is written
as often as it takes hulls to reach all of its cells.

The search can also be held within frames: a hull per box of a given cover, barred from all outside that box. Any cover
of the fewest boxes lies in one of as many maximal boxes. Often those are not many, and the bound ends most at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from function.clouds.aws.cover.grid import Box, Budget, BudgetSpentError, Grid, positions, reach

_REACH_UNITS = 2  # what one reach is charged, beside its share per line


@dataclass(frozen=True, slots=True)
class _Hull:
    box: Box
    lines: tuple[int, ...]  # the grid's lines without the cells this hull is barred from
    cells: int
    reach: int  # the cells it holds or could take in, one at a time
    cost: int


@dataclass(frozen=True, slots=True)
class _State:
    """What of the cells a list of hulls leaves to do."""

    hulls: list[_Hull]
    cost: int
    left: int  # cells not covered
    alone: int  # of these, the ones no hull can take in
    single: int  # the ones just one can
    double: int  # the ones just two can


class Shortest:
    """The search for the cover with the fewest characters, of at most so many boxes."""

    def __init__(self, grid: Grid, known: Sequence[Box], budget: Budget, least: int, most: int) -> None:
        """Start from a cover that is known; no cover has fewer than `least` boxes."""
        self.best = list(known)
        self._cost = sum(grid.cost(*box) for box in known)
        self._grid = grid
        self._budget = budget
        self._least = least
        self._most = most
        self._all = grid.cells()
        self._slabs = grid.slabs()
        self._mates: dict[int, int] = {}

    def solve(self, covers: Iterable[Sequence[Box]] | None = None) -> bool:
        """Improve `best`; return whether it is proven that there is no better (within the boxes of a cover given)."""
        try:
            if covers is None:
                self._walk([self._opened(cell) for cell in self._fooling_set()])
            for frames in covers or ():
                self._walk(self._framed(frames))
        except BudgetSpentError:
            return False
        return True

    def _framed(self, frames: Sequence[Box]) -> list[_Hull]:
        """Return, per frame, the hull of what it alone has, barred from all outside the frame."""
        grid = self._grid
        frame_cells = [grid.cells_of(frame) for frame in frames]
        shared = 0
        for one, other in combinations(frame_cells, 2):
            shared |= one & other
        full = (1 << grid.nz) - 1
        self._budget.spend(1 + len(frames) * len(grid.lines) // 96)
        hulls = []
        for cells in frame_cells:
            box = grid.hull(cells & ~shared)
            lines = tuple(cells >> i * grid.nz & full for i in range(len(grid.lines)))
            hulls.append(_Hull(box, lines, grid.cells_of(box), cells, grid.cost(*box)))
        return hulls

    def _walk(self, seeds: list[_Hull]) -> None:
        pending: list[Iterator[list[_Hull]]] = [iter([seeds])]
        while pending:
            hulls = next(pending[-1], None)
            if hulls is None:
                pending.pop()
                continue
            state = self._settled(hulls)
            if state is not None:
                pending.append(self._branches(state))

    def _fooling_set(self) -> list[int]:
        """Return cells no two of which fit in one box: each has a hull of its own in any cover."""
        picked = []
        free = self._all
        while free:
            cell = min(positions(free), key=lambda c: ((self._mates_of(c) & free).bit_count(), c))
            picked.append(cell)
            free &= ~self._mates_of(cell)
        return picked

    def _mates_of(self, cell: int) -> int:
        """Return the cells that fit in one box with this one."""
        found = self._mates.get(cell)
        if found is None:
            found = self._mates[cell] = self._reach(self._grid.place(cell), self._grid.lines)
        return found

    def _settled(self, hulls: list[_Hull]) -> _State | None:
        """Make every forced move; return the state where a choice is left, None where nothing is to be gained."""
        while True:
            state = self._surveyed(hulls)
            if state.cost >= self._cost:
                return None
            if not state.left:
                self.best, self._cost = [hull.box for hull in hulls], state.cost
                return None
            if self._hopeless(state):
                return None
            if state.alone:
                hulls = [*hulls, self._opened(self._rarest(state))]
            elif state.single and self._spare(hulls) == 0:
                forced = self._forced(state)
                if forced is None:
                    return None
                hulls = forced
            else:
                return state

    def _surveyed(self, hulls: list[_Hull]) -> _State:
        self._budget.spend(1 + len(hulls) // 2)
        cost = covered = one = two = three = 0
        for hull in hulls:
            cost += hull.cost
            covered |= hull.cells
            three |= two & hull.reach
            two |= one & hull.reach
            one |= hull.reach
        left = self._all & ~covered
        return _State(hulls, cost, left, left & ~one, left & one & ~two, left & two & ~three)

    def _spare(self, hulls: list[_Hull]) -> int:
        """Return how many more hulls may be opened."""
        return self._most - len(hulls)

    def _hopeless(self, state: _State) -> bool:
        """Tell whether too many hulls or characters are certain to be added."""
        spare = self._spare(state.hulls)
        certain = self._certain(state.alone, spare)
        if certain > spare:
            return True
        opened = max(certain, self._least - len(state.hulls))
        # A new box of one value per dimension costs one less in each than the values' weights say.
        return state.cost + opened * (self._grid.overhead - 3) + self._unwritten(state) >= self._cost

    def _certain(self, alone: int, enough: int) -> int:
        """Return how many hulls the cells no hull can take in need at least, counting to one past enough."""
        count = 0
        while alone and count <= enough:
            alone &= ~self._mates_of((alone & -alone).bit_length() - 1)
            count += 1
        return count

    def _unwritten(self, state: _State) -> int:
        """Return the weight of the values that have to be written once more, each as often as is certain."""
        weight = 0
        self._budget.spend(len(state.hulls) * sum(map(len, self._slabs)) // 64)
        for axis, slabs in enumerate(self._slabs):
            within = [0] * len(slabs)  # per value, what the hulls that have it can take in
            for hull in state.hulls:
                for value in positions(hull.box[axis]):
                    within[value] |= hull.reach
            for value, each in enumerate(self._grid.axes[axis].weights):
                lacking = state.left & slabs[value] & ~within[value]
                weight += each * self._times(state.hulls, lacking) if lacking else 0
        return weight

    def _times(self, hulls: list[_Hull], lacking: int) -> int:
        """Return how many more hulls need a value for the sake of these cells of it, counting to three."""
        if self._spare(hulls):
            return 1
        able = [hull.reach & lacking for hull in hulls if hull.reach & lacking]
        if lacking in able:
            return 1
        return 2 if any(a | b == lacking for a, b in combinations(able, 2)) else 3

    def _rarest(self, state: _State) -> int:
        return min(positions(state.alone), key=lambda c: ((self._mates_of(c) & state.left).bit_count(), c))

    def _forced(self, state: _State) -> list[_Hull] | None:
        """Give each cell that one hull only can take in to it; None where that hull can't hold them all."""
        hulls = list(state.hulls)
        for i, hull in enumerate(hulls):
            mine = state.single & hull.reach
            if mine:
                hulls[i] = self._grown(hull, self._grid.hull(mine))
                if mine & ~hulls[i].reach:
                    return None
        return hulls

    def _branches(self, state: _State) -> Iterator[list[_Hull]]:
        """Yield the ways to cover one cell."""
        cell = self._hardest(state)
        place = self._grid.place(cell)
        hulls = list(state.hulls)
        able = [i for i, hull in enumerate(hulls) if hull.reach >> cell & 1]
        for i in sorted(able, key=lambda i: (self._growth(hulls[i], place), i)):
            barred = hulls[i]
            hulls[i] = self._grown(barred, place)
            yield list(hulls)
            hulls[i] = self._barred(barred, cell)
        if self._spare(hulls):
            yield [*hulls, self._opened(cell)]

    def _hardest(self, state: _State) -> int:
        """Return the cell to decide next: of those the fewest hulls can take in, the costliest."""

        def ease(cell: int) -> tuple[int, int, int]:
            place = self._grid.place(cell)
            growths = [self._growth(hull, place) for hull in state.hulls if hull.reach >> cell & 1]
            return -min(growths), -sum(growths), cell

        pool = state.single or state.double or state.left
        self._budget.spend(pool.bit_count() // 8)
        return min(positions(pool), key=ease)

    def _growth(self, hull: _Hull, place: Box) -> int:
        (x, y, z), (a, b, c) = hull.box, place
        return self._grid.cost(x | a, y | b, z | c) - hull.cost

    def _opened(self, cell: int) -> _Hull:
        return self._hull(self._grid.place(cell), self._grid.lines)

    def _grown(self, hull: _Hull, by: Box) -> _Hull:
        (x, y, z), (a, b, c) = hull.box, by
        return self._hull((x | a, y | b, z | c), hull.lines)

    def _barred(self, hull: _Hull, cell: int) -> _Hull:
        line, z = divmod(cell, self._grid.nz)
        lines = (*hull.lines[:line], hull.lines[line] & ~(1 << z), *hull.lines[line + 1 :])
        return _Hull(hull.box, lines, hull.cells, self._reach(hull.box, lines), hull.cost)

    def _hull(self, box: Box, lines: tuple[int, ...]) -> _Hull:
        return _Hull(box, lines, self._grid.cells_of(box), self._reach(box, lines), self._grid.cost(*box))

    def _reach(self, box: Box, lines: tuple[int, ...]) -> int:
        self._budget.spend(_REACH_UNITS + len(lines) // 32)
        return reach(box, lines, self._grid.ny, self._grid.nz)

"""The fewest sets that together have all cells: set cover, by branch and bound within a bounded number of steps.

Cells and sets are numbers from 0. A set of cells is one integer, in which each of its cells is a bit.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heapreplace

from function.steps import Steps, StepsSpent


def greedy(sets: Sequence[int]) -> list[int]:
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
    return needed(sets, chosen)


def needed(sets: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """Those chosen sets without which a cell would be uncovered, the last chosen tried first."""
    before = [0]
    for s in chosen[:-1]:
        before.append(before[-1] | sets[s])
    kept: list[int] = []
    after = 0
    for s, others in zip(reversed(chosen), reversed(before), strict=True):
        if sets[s] & ~(others | after):
            kept.append(s)
            after |= sets[s]
    return kept[::-1]


def fewest(sets: Sequence[int], known: Sequence[int], steps: Steps) -> list[int]:
    """The best cover that is found, as indexes of sets, starting from one that is known."""
    best = list(known)
    try:
        search = _Search(_reduced(sets, steps), len(best) - 1, steps)
        for chosen in search.covers():
            best = sorted(chosen)
            search.most = len(best) - 1
    except StepsSpent:
        pass
    return best


class _Search:
    """Branch and bound for the choices of sets that cover all cells.

    Take the cell with the fewest sets, try each, and never again a set that was tried: the rest of the tree does without it.
    The bound: cells no two of which are in one set need a set each.
    """

    def __init__(self, owners: Sequence[int], most: int, steps: Steps) -> None:
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
        ranked = sorted([((self._cells[c] & usable).bit_count(), c) for c in positions(left)])
        if ranked[0][0] == 0 or len(chosen) + self._apart(ranked, left) > self.most:
            return
        options = positions(self._cells[ranked[0][1]] & usable)
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


def _reduced(sets: Sequence[int], steps: Steps) -> list[int]:
    """The cells that matter, each as the sets that have it and matter.

    Dropped: a cell that is covered whenever another cell is, and a set whose cells are all in another set.
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


def _not_dominated(masks: list[int], steps: Steps) -> int:
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
        for position in positions(mask):
            having[position] |= 1 << i
    return having


def _union(sets: Sequence[int], chosen: int) -> int:
    union = 0
    for s in positions(chosen):
        union |= sets[s]
    return union


def positions(mask: int) -> list[int]:
    """The positions of the bits that are set, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found

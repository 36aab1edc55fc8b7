"""The cover of a set of subjects: right, shortest, and bounded."""

import itertools
import json
import random
from collections.abc import Sequence

import pytest

from function.clouds.aws.cover import minimal as cover_module
from function.clouds.aws.cover.boxes import Cover
from function.clouds.aws.cover.grid import Budget
from function.clouds.aws.cover.minimal import cover

Subject = tuple[str, ...]
Boxes = Sequence[Sequence[Sequence[str]]]

NO_LIMIT = 10**9
UNITS = ("_COUNT_UNITS", "_FRAME_UNITS", "_SHORTEN_UNITS", "_FALLBACK_UNITS")
OVERHEAD = 180


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cover_module._cover.cache_clear()


def admitted(boxes: Boxes) -> set[Subject]:
    return {subject for box in boxes for subject in itertools.product(*box)}


def length(values: Sequence[str]) -> int:
    """What a list costs in a policy, by way of the JSON itself."""
    return len(json.dumps(values[0] if len(values) == 1 else list(values), separators=(",", ":")))


def characters(boxes: Boxes, overhead: int) -> int:
    return sum(overhead + sum(length(values) for values in box) for box in boxes)


def every_box(subjects: set[Subject]) -> dict[frozenset[Subject], int]:
    """Each box inside the set, with the characters of its values: any choice of values, kept if all of it is in."""
    choices = []
    for column in zip(*subjects, strict=True):
        values = sorted(set(column))
        choices.append([c for n in range(1, len(values) + 1) for c in itertools.combinations(values, n)])
    found = {}
    for box in itertools.product(*choices):
        product = frozenset(itertools.product(*box))
        if product <= subjects:
            found[product] = sum(length(values) for values in box)
    return found


def brute_force(subjects: set[Subject], overhead: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Boxes and characters of the cover with the fewest boxes, and of the one with the fewest characters."""
    order = {subject: i for i, subject in enumerate(sorted(subjects))}
    holding: list[list[tuple[int, int]]] = [[] for _ in order]
    for product, cost in every_box(subjects).items():
        mask = sum(1 << order[subject] for subject in product)
        for subject in product:
            holding[order[subject]].append((mask, cost))
    everything = (1 << len(order)) - 1
    fewest: dict[int, tuple[int, int]] = {0: (0, 0)}
    shortest: dict[int, tuple[int, int]] = {0: (0, 0)}
    for covered in range(everything):
        if covered not in fewest:
            continue
        first_open = (~covered & (covered + 1)).bit_length() - 1
        count, cost = fewest[covered]
        total, used = shortest[covered]
        for mask, own in holding[first_open]:
            to = covered | mask
            fewest[to] = min(fewest.get(to, (len(order) + 1, 0)), (count + 1, cost + own))
            shortest[to] = min(shortest.get(to, (NO_LIMIT, 0)), (total + overhead + own, used + 1))
    count, cost = fewest[everything]
    total, used = shortest[everything]
    return (count, cost + count * overhead), (used, total)


def small(rng: random.Random, arity: int) -> set[Subject]:
    """Up to a dozen subjects, of names short and long."""
    columns = [
        [letter * rng.choice([1, 2, 7, 30]) for letter in "abcdef"[: rng.randint(1, 5 if arity < 3 else 4)]]
        for _ in range(arity)
    ]
    grid = list(itertools.product(*columns))
    return set(rng.sample(grid, rng.randint(1, min(12, len(grid)))))


def entries(rng: random.Random, count: int, clusters: int, namespaces: int, names: int) -> set[Subject]:
    """Service accounts, each with a list of clusters and a list of namespaces."""
    found: set[Subject] = set()
    for _ in range(count):
        some_clusters = rng.sample(range(clusters), rng.randint(1, clusters))
        some_namespaces = rng.sample(range(namespaces), rng.randint(1, namespaces))
        name = f"account-{rng.randrange(names)}"
        found |= {(f"cluster-{c}", f"space-{n}", name) for c in some_clusters for n in some_namespaces}
    return found


def assert_sound(found: Cover, subjects: set[Subject], overhead: int) -> None:
    assert admitted(found.boxes) == subjects
    assert found.characters == characters(found.boxes, overhead)
    assert list(found.boxes) == sorted(found.boxes)
    assert all(list(values) == sorted(set(values)) for box in found.boxes for values in box)


@pytest.mark.parametrize("arity", [1, 2, 3])
@pytest.mark.parametrize("overhead", [4, 20, 180])
def test_is_as_short_as_brute_force_finds(arity: int, overhead: int) -> None:
    rng = random.Random(arity * 1000 + overhead)
    for _ in range(20 if arity == 1 else 50):
        subjects = small(rng, arity)
        fewest, shortest = brute_force(subjects, overhead)
        found = cover(subjects, overhead, NO_LIMIT)
        assert_sound(found, subjects, overhead)
        assert (len(found.boxes), found.characters, found.exact) == (*fewest, True)
        fallback = cover(subjects, overhead, shortest[1])
        assert_sound(fallback, subjects, overhead)
        assert (fallback.characters, fallback.exact) == (shortest[1], True)
        assert_sound(cover(subjects, overhead, 0), subjects, overhead)


def test_of_no_subjects_is_empty() -> None:
    assert cover([], OVERHEAD, NO_LIMIT) == Cover((), 0, exact=True)


def test_of_one_subject_is_its_names() -> None:
    assert cover([("c", "n", "s")], 10, NO_LIMIT) == Cover(((("c",), ("n",), ("s",)),), 19, exact=True)


def test_of_clusters_alone_is_one_list() -> None:
    assert cover([("c2",), ("c1",), ("c2",)], 10, NO_LIMIT) == Cover(((("c1", "c2"),),), 21, exact=True)


def test_of_all_combinations_is_one_box() -> None:
    subjects: set[Subject] = set(itertools.product([f"c{i}" for i in range(4)], ["n"], [f"s{i}" for i in range(64)]))
    found = cover(subjects, OVERHEAD, NO_LIMIT)
    assert_sound(found, subjects, OVERHEAD)
    assert (len(found.boxes), found.exact) == (1, True)


def test_of_parts_not_joined_has_a_box_each() -> None:
    subjects: set[Subject] = {(f"c{i}", f"n{i}", f"s{i}{j}") for i in range(8) for j in range(8)}
    found = cover(subjects, OVERHEAD, NO_LIMIT)
    assert_sound(found, subjects, OVERHEAD)
    assert (len(found.boxes), found.exact) == (8, True)


def test_boxes_may_overlap() -> None:
    # Two squares that share a corner: without overlap it takes three boxes.
    subjects = {*itertools.product("ab", "12"), *itertools.product("bc", "23")}
    found = cover(subjects, OVERHEAD, NO_LIMIT)
    assert found.boxes == ((("a", "b"), ("1", "2")), (("b", "c"), ("2", "3")))


def crossed(long: int) -> set[Subject]:
    """A in P and Q, B in P, C in Q: with two boxes, the names of A are written twice."""
    several = [f"a-{i:02}" + "x" * long for i in range(10)]
    return (
        {("cluster", namespace, name) for namespace in ("P", "Q") for name in several}
        | {("cluster", "P", "b")}
        | {("cluster", "Q", "c")}
    )


def test_takes_two_boxes_where_they_fit() -> None:
    subjects = crossed(40)
    found = cover(subjects, OVERHEAD, 2000)
    assert_sound(found, subjects, OVERHEAD)
    assert (len(found.boxes), found.exact) == (2, True)
    assert found.characters <= 2000


def test_takes_three_boxes_where_two_are_too_long() -> None:
    subjects = crossed(40)
    two = cover(subjects, OVERHEAD, NO_LIMIT)
    three = cover(subjects, OVERHEAD, two.characters - 1)
    assert_sound(three, subjects, OVERHEAD)
    assert (len(two.boxes), len(three.boxes), three.exact) == (2, 3, True)
    assert three.characters < two.characters
    assert cover(subjects, OVERHEAD, two.characters) == two


def test_keeps_two_boxes_where_three_are_no_shorter() -> None:
    two = cover(crossed(1), OVERHEAD, NO_LIMIT)
    found = cover(crossed(1), OVERHEAD, two.characters - 1)
    assert (len(found.boxes), found.exact) == (2, True)


@pytest.mark.parametrize("seed", range(12))
def test_is_sound_where_input_is_large(seed: int) -> None:
    rng = random.Random(seed)
    subjects = entries(rng, rng.randint(4, 20), rng.randint(2, 8), rng.randint(1, 4), rng.randint(2, 20))
    assert_sound(cover(subjects, OVERHEAD, 4096), subjects, OVERHEAD)


@pytest.mark.parametrize("seed", range(6))
def test_does_not_depend_on_the_order_of_input(seed: int) -> None:
    rng = random.Random(seed)
    subjects = sorted(entries(rng, 8, 5, 3, 6))
    expected = cover(subjects, OVERHEAD, 4096)
    for _ in range(3):
        rng.shuffle(subjects)
        cover_module._cover.cache_clear()
        assert cover([*subjects, subjects[0]], OVERHEAD, 4096) == expected


def test_does_not_depend_on_what_the_names_are() -> None:
    # Other names of the same lengths and order hash otherwise; the cover is the same but for the names.
    subjects = entries(random.Random(3), 10, 6, 3, 8)
    renamed = {tuple("z" + value[1:] for value in subject) for subject in subjects}
    found = cover(subjects, OVERHEAD, NO_LIMIT)
    other = cover(renamed, OVERHEAD, NO_LIMIT)
    assert other.boxes == tuple(tuple(tuple("z" + value[1:] for value in values) for values in box) for box in found.boxes)


def without(rng: random.Random, holes: int) -> set[Subject]:
    """All combinations of 8 clusters, 8 namespaces and 4 names, but for a few."""
    grid: list[Subject] = list(
        itertools.product([f"c{i}" for i in range(8)], [f"n{i}" for i in range(8)], [f"s{i}" for i in range(4)])
    )
    return set(grid) - set(rng.sample(grid, holes))


@pytest.mark.parametrize("seed", range(6))
def test_is_exact_where_a_grid_lacks_four_cells(seed: int) -> None:
    subjects = without(random.Random(seed), 4)
    found = cover(subjects, OVERHEAD, 8192)
    assert_sound(found, subjects, OVERHEAD)
    assert found.exact
    assert len(found.boxes) <= 6


def test_settles_for_a_plain_cover_where_none_fits() -> None:
    subjects = unrelated(8, 64)
    found = cover(subjects, OVERHEAD, 8192)
    assert_sound(found, subjects, OVERHEAD)
    assert not found.exact
    assert found.characters > 8192


def test_has_no_more_boxes_than_there_are_lines() -> None:
    subjects = unrelated(8, 64)
    assert len(cover(subjects, OVERHEAD, NO_LIMIT).boxes) <= 64


def test_remembers_what_it_found() -> None:
    subjects = sorted(crossed(5))
    assert cover(subjects, OVERHEAD, NO_LIMIT) is cover(reversed(subjects), OVERHEAD, NO_LIMIT)


def unrelated(lines: int, values: int) -> set[Subject]:
    """Nothing in common: each service account on every other combination, at random."""
    rng = random.Random(0)
    grid = itertools.product(range(lines), range(lines), range(values))
    return {(f"c{c}", f"n{n}", f"s{s}") for c, n, s in grid if rng.random() < 0.5}


def test_gives_up_on_the_best_where_the_budget_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in UNITS:
        monkeypatch.setattr(cover_module, name, 200)
    subjects = unrelated(6, 5)
    found = cover(subjects, OVERHEAD, 4999)
    assert_sound(found, subjects, OVERHEAD)
    assert not found.exact
    cover_module._cover.cache_clear()
    assert cover(sorted(subjects), OVERHEAD, 4999) == found


def test_does_no_more_work_than_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    budgets: list[Budget] = []

    class Recorded(Budget):
        def __init__(self, left: int) -> None:
            super().__init__(left)
            budgets.append(self)

    for name in UNITS:
        monkeypatch.setattr(cover_module, name, 3000)
    monkeypatch.setattr(cover_module, "Budget", Recorded)
    subjects = without(random.Random(0), 40)
    found = cover(subjects, OVERHEAD, NO_LIMIT)
    budgets.clear()
    assert_sound(cover(subjects, OVERHEAD, found.characters - 1), subjects, OVERHEAD)
    assert len(budgets) == len(UNITS)
    assert all(budget.left > -1000 for budget in budgets)
    assert sum(budget.left < 0 for budget in budgets) >= 3


def test_takes_the_largest_input() -> None:
    subjects: set[Subject] = set(itertools.product([f"c{i}" for i in range(16)], ["n"], [f"s{i}" for i in range(64)]))
    subjects -= {("c3", "n", "s5"), ("c9", "n", "s60"), ("c10", "n", "s7")}
    found = cover(subjects, OVERHEAD, 4096)
    assert_sound(found, subjects, OVERHEAD)
    assert (len(found.boxes), found.exact) == (3, True)

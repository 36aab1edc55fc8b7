"""The cover of a set of subjects: right, of few boxes, and bounded."""

import functools
import itertools
import operator
import random
import tracemalloc
from collections.abc import Iterator, Sequence

import pytest

from function.cache import Cache
from function.clouds.aws.trust import cover as cover_module
from function.clouds.aws.trust.cover import Boxes, Combination, cover
from tests.support.profile import seeds


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    forget()


def forget() -> None:
    cover_module._COVERS = Cache(1 << 20, cover_module._weight)


def admitted(boxes: Boxes) -> set[Combination]:
    return {subject for box in boxes for subject in itertools.product(*box)}


def assert_sound(boxes: Boxes, subjects: set[Combination]) -> None:
    """It admits exactly the subjects, and no box could be left out."""
    assert admitted(boxes) == subjects
    assert list(boxes) == sorted(boxes)
    assert all(list(values) == sorted(set(values)) for box in boxes for values in box)
    for box in boxes:
        assert admitted(tuple(other for other in boxes if other != box)) != subjects


def every_box(subjects: set[Combination]) -> Iterator[frozenset[Combination]]:
    """Each box inside the set: any choice of values, kept if all of it is in."""
    choices = []
    for column in zip(*subjects, strict=True):
        values = sorted(set(column))
        choices.append([c for n in range(1, len(values) + 1) for c in itertools.combinations(values, n)])
    for box in itertools.product(*choices):
        product = frozenset(itertools.product(*box))
        if product <= subjects:
            yield product


def brute_force(subjects: set[Combination]) -> int:
    """How many boxes the best cover has."""
    order = {subject: i for i, subject in enumerate(sorted(subjects))}
    holding: list[list[int]] = [[] for _ in order]
    for product in every_box(subjects):
        mask = sum(1 << order[subject] for subject in product)
        for subject in product:
            holding[order[subject]].append(mask)
    everything = (1 << len(order)) - 1
    fewest = {0: 0}
    for covered in range(everything):
        if covered not in fewest:
            continue
        first_open = (~covered & (covered + 1)).bit_length() - 1
        for mask in holding[first_open]:
            fewest[covered | mask] = min(fewest.get(covered | mask, len(order) + 1), fewest[covered] + 1)
    return fewest[everything]


def small(rng: random.Random, arity: int) -> set[Combination]:
    """Up to a dozen subjects, of names short and long."""
    columns = [
        [letter * rng.choice([1, 2, 7, 30]) for letter in "abcdef"[: rng.randint(1, 5 if arity < 3 else 4)]]
        for _ in range(arity)
    ]
    grid = list(itertools.product(*columns))
    return set(rng.sample(grid, rng.randint(1, min(12, len(grid)))))


def entries(rng: random.Random, count: int, clusters: int, namespaces: int, names: int) -> set[Combination]:
    """Service accounts, each with a list of clusters and a list of namespaces."""
    found: set[Combination] = set()
    for _ in range(count):
        some_clusters = rng.sample(range(clusters), rng.randint(1, clusters))
        some_namespaces = rng.sample(range(namespaces), rng.randint(1, namespaces))
        name = f"account-{rng.randrange(names)}"
        found |= {(f"cluster-{c}", f"space-{n}", name) for c in some_clusters for n in some_namespaces}
    return found


@pytest.mark.parametrize("arity", [1, 2, 3])
def test_has_as_few_boxes_as_brute_force_finds(arity: int) -> None:
    rng = random.Random(arity * 1000)
    for _ in range(30 if arity == 1 else 150):
        subjects = small(rng, arity)
        boxes = cover(subjects)
        assert_sound(boxes, subjects)
        assert len(boxes) == brute_force(subjects)


@pytest.mark.parametrize(
    ("subjects", "boxes"),
    [
        ([], ()),
        ([("c", "n", "s")], ((("c",), ("n",), ("s",)),)),
        ([("c2",), ("c1",), ("c2",)], ((("c1", "c2"),),)),
    ],
    ids=["none", "one", "clusters alone"],
)
def test_what_takes_no_search(subjects: Sequence[Combination], boxes: Boxes) -> None:
    assert cover(subjects) == boxes


def test_of_all_combinations_is_one_box() -> None:
    subjects: set[Combination] = set(itertools.product([f"c{i}" for i in range(4)], ["n"], [f"s{i}" for i in range(64)]))
    assert_sound(cover(subjects), subjects)
    assert len(cover(subjects)) == 1


def test_of_parts_not_joined_has_a_box_each() -> None:
    subjects: set[Combination] = {(f"c{i}", f"n{i}", f"s{i}{j}") for i in range(8) for j in range(8)}
    assert_sound(cover(subjects), subjects)
    assert len(cover(subjects)) == 8


def test_boxes_may_overlap() -> None:
    # Two squares that share a corner: without overlap it takes three boxes.
    subjects = {*itertools.product("ab", "12"), *itertools.product("bc", "23")}
    assert cover(subjects) == ((("a", "b"), ("1", "2")), (("b", "c"), ("2", "3")))


@pytest.mark.parametrize("seed", range(12))
def test_is_sound_where_input_is_large(seed: int) -> None:
    rng = random.Random(seed)
    subjects = entries(rng, rng.randint(4, 20), rng.randint(2, 8), rng.randint(1, 4), rng.randint(2, 20))
    assert_sound(cover(subjects), subjects)


@pytest.mark.parametrize("seed", range(6))
def test_does_not_depend_on_the_order_of_input(seed: int) -> None:
    rng = random.Random(seed)
    subjects = sorted(entries(rng, 8, 5, 3, 6))
    expected = cover(subjects)
    for _ in range(3):
        rng.shuffle(subjects)
        forget()
        assert cover([*subjects, subjects[0]]) == expected


def test_does_not_depend_on_what_the_names_are() -> None:
    # Other names of the same lengths and order hash otherwise; the cover is the same but for the names.
    subjects = entries(random.Random(3), 10, 6, 3, 8)
    renamed = {tuple("z" + value[1:] for value in subject) for subject in subjects}
    boxes = tuple(tuple(tuple("z" + value[1:] for value in values) for values in box) for box in cover(subjects))
    assert cover(renamed) == boxes


@pytest.mark.parametrize("seed", range(6))
def test_a_grid_that_lacks_four_cells(seed: int) -> None:
    """All combinations of 8 clusters, 8 namespaces and 4 names, but for a few."""
    grid: list[Combination] = list(
        itertools.product([f"c{i}" for i in range(8)], [f"n{i}" for i in range(8)], [f"s{i}" for i in range(4)])
    )
    subjects = set(grid) - set(random.Random(seed).sample(grid, 4))
    assert_sound(cover(subjects), subjects)
    assert len(cover(subjects)) <= 6


def test_has_no_more_boxes_than_there_are_lines() -> None:
    subjects = unrelated(8, 64)
    assert len(cover(subjects)) <= 64
    assert_sound(cover(subjects), subjects)


def test_remembers_what_it_found() -> None:
    subjects = sorted(unrelated(3, 4))
    assert cover(subjects) is cover(reversed(subjects))


def unrelated(lines: int, values: int) -> set[Combination]:
    """Nothing in common: each service account on every other combination, at random."""
    rng = random.Random(0)
    grid = itertools.product(range(lines), range(lines), range(values))
    return {(f"c{c}", f"n{n}", f"s{s}") for c, n, s in grid if rng.random() < 0.5}


@pytest.mark.parametrize("steps", [0, 10, 200])
def test_takes_what_it_has_where_no_more_may_be_searched(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    subjects = unrelated(6, 5)
    best = len(cover(subjects))
    monkeypatch.setattr(cover_module, "_STEPS", steps)
    forget()
    boxes = cover(subjects)
    assert_sound(boxes, subjects)
    assert best <= len(boxes) <= 36
    forget()
    assert cover(sorted(subjects)) == boxes


@pytest.mark.parametrize("steps", [30, 600, cover_module._STEPS])
def test_is_sound_where_the_search_ends_half_way(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found by then can have a box that no cell needs, and such a box would be a statement without values."""
    monkeypatch.setattr(cover_module, "_STEPS", steps)
    for seed in (271, 409, *seeds(600)):
        rng = random.Random(seed)
        grid = itertools.product(*(range(rng.randint(3, 7)) for _ in range(3)))
        share = rng.uniform(0.3, 0.9)
        subjects: set[Combination] = {(f"c{c}", f"n{n}", f"s{s}") for c, n, s in grid if rng.random() < share}
        assert_sound(cover(subjects), subjects)


def test_takes_the_largest_input() -> None:
    subjects: set[Combination] = set(itertools.product([f"c{i}" for i in range(16)], ["n"], [f"s{i}" for i in range(64)]))
    subjects -= {("c3", "n", "s5"), ("c9", "n", "s60"), ("c10", "n", "s7")}
    assert_sound(cover(subjects), subjects)
    assert len(cover(subjects)) == 3


def test_what_is_remembered_is_bounded() -> None:
    tracemalloc.start()
    try:
        for number in range(30):
            grid = [
                (f"c{c}-{number}", f"{'n' * 50}{n}-{number}", f"{'s' * 50}{s}-{number}")
                for c, n, s in itertools.product(range(8), range(8), range(8))
            ]
            cover(grid[1:])
        del grid
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < len(cover_module._COVERS) < 30
    assert kept < 2 * (1 << 20)


def test_a_set_of_cells_is_as_large_as_there_are_cells() -> None:
    """64 service accounts on two of 16 clusters, in 8 of 300 namespaces: a grid of 300,000 cells that has 1,024 of them."""
    rng = random.Random(1)
    lines = [0] * (16 * 64)
    for name in range(64):
        for cluster in rng.sample(range(16), 2):
            lines[cluster * 64 + name] = sum(1 << namespace for namespace in rng.sample(range(300), 8))
    grid = cover_module._Grid((16, 64, 300), lines, [[1] * 16, [1] * 64, [1] * 300])
    assert len(grid.cells) == 1024
    everything = (1 << 16) - 1, (1 << 64) - 1, (1 << 300) - 1
    assert grid.cells_of(everything) == (1 << 1024) - 1
    cluster, name, namespaces = grid.hull(grid.cells_of((1, everything[1], everything[2])))
    assert (cluster, name.bit_count()) == (1, sum(map(bool, lines[:64])))
    assert namespaces == functools.reduce(operator.or_, lines[:64])


@pytest.mark.parametrize("seed", range(3))
def test_is_sound_where_namespaces_are_many(seed: int) -> None:
    rng = random.Random(seed)
    subjects: set[Combination] = set()
    for name in range(64):
        where, namespaces = rng.sample(range(16), 2 + seed), rng.sample(range(300), 5)
        subjects |= {(f"c{c}", f"n{n}", f"s{name}") for c in where for n in namespaces}
    assert_sound(cover(subjects), subjects)
    assert len(cover(subjects)) <= 64

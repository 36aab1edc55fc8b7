"""What is kept changes no answer."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from crossplane.function import resource

from function.cache import Cache
from function.compose import Outcome
from function.fn import run
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, everything_provided, request, spec


def cache_of(made: list[str], room: int) -> Callable[[str], str]:
    """A cache of texts in upper case, which takes a byte a character; `made` lists those that were not kept."""
    cache: Cache[str, str] = Cache(room, lambda _key, value: len(value))

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return cache.once(key, make)

    return ask


def test_the_least_lately_asked_for_are_forgotten() -> None:
    made: list[str] = []
    ask = cache_of(made, 8)
    keys = ["aa", "bb", "cc", "dd", "aa", "e", "aa", "bb"]
    assert [ask(key) for key in keys] == [key.upper() for key in keys]
    assert made == ["aa", "bb", "cc", "dd", "e", "bb"]


def test_as_many_are_kept_as_there_is_room_for() -> None:
    cache: Cache[int, bytes] = Cache(1000, lambda _key, value: len(value))
    kept = random.Random(0)
    for number in range(500):
        size = kept.randint(0, 400)
        assert cache.once(number, lambda size=size: bytes(size)) == bytes(size)  # type: ignore[misc]
        assert sum(map(len, cache.values())) <= 1000
        assert max(map(len, cache.values()), default=0) <= 250
    assert len(cache) > 1


def test_what_would_push_out_many_others_is_not_kept() -> None:
    made: list[str] = []
    ask = cache_of(made, 8)
    for key in ("aa", "bbb", "bbb", "aa"):
        ask(key)
    assert made == ["aa", "bbb", "bbb"]


def test_threads_may_share_one() -> None:
    cache: Cache[int, str] = Cache(40, lambda _key, value: len(value))

    def ask(seed: int) -> bool:
        rng = random.Random(seed)
        numbers = [rng.randrange(100) for _ in range(2000)]
        return all(cache.once(number, lambda number=number: str(number)) == str(number) for number in numbers)  # type: ignore[misc]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(8)))
    assert sum(map(len, cache.values())) <= 40


def test_answers_are_the_same_with_and_without_a_cache() -> None:
    """In every order of specs, flavours and states, good and bad."""
    rng = random.Random(0)
    cache: Cache[Any, Outcome] = Cache(32, lambda _key, _outcome: 1)
    bad = changed((("aws", "role", "path"), "x"))
    moved = changed((("aws", "role", "path"), "/x/"))
    specs = [spec(), bad, moved, *(random_spec(random.Random(seed)) for seed in range(6))]
    there = everything_provided(spec())
    for _ in range(300):
        kind = rng.choice(("PodIdentity", "XPodIdentity"))
        asked = request(rng.choice(specs), kind, there if rng.random() < 0.5 else {})
        remembered = run(asked, cache).SerializeToString(deterministic=True)
        assert remembered == run(asked).SerializeToString(deterministic=True)


def test_two_owners_with_one_spec_are_two() -> None:
    cache: Cache[Any, Outcome] = Cache(32, lambda _key, _outcome: 1)
    first, second = request(spec()), request(spec())
    second.observed.composite.resource.fields["metadata"].struct_value.fields["name"].string_value = "other"
    assert run(first, cache).desired != run(second, cache).desired


@pytest.mark.parametrize("field", ["spec", "status", "data", "metadata"])
def test_an_edit_of_anything_that_is_read_of_a_fetched_object_is_another_input(field: str) -> None:
    """Whatever fields objects of its kind have; of metadata nothing is read, which changes with every write."""
    asked = request(changed((("clusters",), [{"name": "prod"}])))
    item = asked.required_resources["cluster-prod"].items.add()
    resource.update(item, {"metadata": {"name": "prod"}, "spec": {}, "status": {}, "data": {}})
    cache: Cache[Any, Outcome] = Cache(32, lambda _key, _outcome: 1)
    run(asked, cache)
    item.resource.fields[field].struct_value.fields["edited"].string_value = "x"
    made = len(cache)
    run(asked, cache)
    assert len(cache) - made == (field != "metadata")


def test_two_fetched_objects_are_not_one_with_the_fields_of_both() -> None:
    cache: Cache[Any, Outcome] = Cache(32, lambda _key, _outcome: 1)
    pairs: list[list[dict[str, Any]]] = [[{"spec": {}, "status": {}}], [{"spec": {}}, {"status": {}}]]
    for objects in pairs:
        asked = request(changed((("clusters",), [{"name": "prod"}])))
        for fields in objects:
            resource.update(asked.required_resources["cluster-prod"].items.add(), fields)
        run(asked, cache)
    assert len(cache) == 2

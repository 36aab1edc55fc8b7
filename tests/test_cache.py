"""What is kept changes no answer."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from crossplane.function import resource

from function.cache import Cache
from function.fn import new_plans, run
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, everything_provided, request, spec


def test_the_least_lately_asked_for_is_forgotten() -> None:
    made: list[str] = []
    cache: Cache[str, str] = Cache(8, lambda _, value: len(value))

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key * 2

        return cache.once(key, make)

    assert [ask(key) for key in "abcdaeab"] == ["aa", "bb", "cc", "dd", "aa", "ee", "aa", "bb"]
    assert made == ["a", "b", "c", "d", "e", "b"]
    assert cache.taken == 8


def test_what_is_kept_never_takes_more_than_its_room() -> None:
    rng = random.Random(0)
    cache: Cache[int, bytes] = Cache(100, lambda _, value: len(value))
    for _ in range(2000):
        key = rng.randrange(40)
        cache.keep(key, bytes(rng.randrange(40)))
        kept = [value for each in range(40) if (value := cache.find(each)) is not None]
        assert cache.taken == sum(map(len, kept)) <= 100
        assert all(len(value) <= 25 for value in kept)


def test_threads_share_it() -> None:
    cache: Cache[int, bytes] = Cache(200, lambda _, value: len(value))

    def ask(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(3000):
            key = rng.randrange(40)
            assert cache.once(key, lambda key=key: bytes(key)) == bytes(key)  # type: ignore[misc]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert cache.taken == sum(key for key in range(40) if key in cache) <= 200


def test_answers_are_the_same_with_and_without_a_cache() -> None:
    """In every order of specs, flavours and states, good and bad."""
    rng = random.Random(0)
    plans = new_plans()
    bad = changed((("aws", "role", "path"), "x"))
    moved = changed((("aws", "role", "path"), "/x/"))
    specs = [spec(), bad, moved, *(random_spec(random.Random(seed)) for seed in range(6))]
    there = everything_provided(spec())
    for _ in range(300):
        kind = rng.choice(("PodIdentity", "XPodIdentity"))
        asked = request(rng.choice(specs), kind, there if rng.random() < 0.5 else {})
        remembered = run(asked, plans).SerializeToString(deterministic=True)
        assert remembered == run(asked).SerializeToString(deterministic=True)


def test_two_owners_with_one_spec_are_two() -> None:
    plans = new_plans()
    first, second = request(spec()), request(spec())
    second.observed.composite.resource.fields["metadata"].struct_value.fields["name"].string_value = "other"
    assert run(first, plans).desired != run(second, plans).desired


@pytest.mark.parametrize("field", ["spec", "status", "data", "metadata"])
def test_an_edit_of_anything_that_is_read_of_a_fetched_object_is_another_input(field: str) -> None:
    """Whatever fields objects of its kind have; of metadata nothing is read, which changes with every write."""
    asked = request(changed((("clusters",), [{"name": "prod"}])))
    item = asked.required_resources["cluster-prod"].items.add()
    resource.update(item, {"metadata": {"name": "prod"}, "spec": {}, "status": {}, "data": {}})
    plans = new_plans()
    run(asked, plans)
    item.resource.fields[field].struct_value.fields["edited"].string_value = "x"
    made = len(plans)
    run(asked, plans)
    assert len(plans) - made == (field != "metadata")


def test_two_fetched_objects_are_not_one_with_the_fields_of_both() -> None:
    plans = new_plans()
    pairs: list[list[dict[str, Any]]] = [[{"spec": {}, "status": {}}], [{"spec": {}}, {"status": {}}]]
    for objects in pairs:
        asked = request(changed((("clusters",), [{"name": "prod"}])))
        for fields in objects:
            resource.update(asked.required_resources["cluster-prod"].items.add(), fields)
        run(asked, plans)
    assert len(plans) == 2

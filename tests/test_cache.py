"""What is kept changes no answer."""

import random
from typing import Any

import pytest
from crossplane.function import resource

from function.cache import Cache
from function.compose import Outcome
from function.fn import run
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, everything_provided, request, spec


def test_the_least_lately_asked_for_is_forgotten() -> None:
    made: list[str] = []
    cache: Cache[str] = Cache(2)

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return cache.once(key, make)

    assert [ask(key) for key in "abacab"] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]


def test_answers_are_the_same_with_and_without_a_cache() -> None:
    """In every order of specs, flavours and states, good and bad."""
    rng = random.Random(0)
    cache: Cache[Outcome] = Cache(8)
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
    cache: Cache[Outcome] = Cache(8)
    first, second = request(spec()), request(spec())
    second.observed.composite.resource.fields["metadata"].struct_value.fields["name"].string_value = "other"
    assert run(first, cache).desired != run(second, cache).desired


@pytest.mark.parametrize("field", ["spec", "status", "data", "metadata"])
def test_an_edit_of_anything_that_is_read_of_a_fetched_object_is_another_input(field: str) -> None:
    """Whatever fields objects of its kind have; of metadata nothing is read, which changes with every write."""
    asked = request(changed((("clusters",), [{"name": "prod"}])))
    item = asked.required_resources["cluster-prod"].items.add()
    resource.update(item, {"metadata": {"name": "prod"}, "spec": {}, "status": {}, "data": {}})
    cache: Cache[Outcome] = Cache(8)
    run(asked, cache)
    item.resource.fields[field].struct_value.fields["edited"].string_value = "x"
    made = len(cache)
    run(asked, cache)
    assert len(cache) - made == (field != "metadata")


def test_two_fetched_objects_are_not_one_with_the_fields_of_both() -> None:
    cache: Cache[Outcome] = Cache(8)
    pairs: list[list[dict[str, Any]]] = [[{"spec": {}, "status": {}}], [{"spec": {}}, {"status": {}}]]
    for objects in pairs:
        asked = request(changed((("clusters",), [{"name": "prod"}])))
        for fields in objects:
            resource.update(asked.required_resources["cluster-prod"].items.add(), fields)
        run(asked, cache)
    assert len(cache) == 2

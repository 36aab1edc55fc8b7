"""What is remembered changes no answer."""

import random

from function.cache import Cache
from function.compose import Outcome
from function.fn import run
from tests.support.random_specs import random_spec
from tests.support.xrs import changed, everything_provided, request, spec


def test_the_least_lately_asked_for_is_forgotten() -> None:
    made: list[str] = []
    memory: Cache[str] = Cache(2)

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return memory.once(key, make)

    assert [ask(key) for key in "abacab"] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]


def test_answers_are_the_same_with_and_without_memory() -> None:
    """In every order of specs, flavours and states, good and bad."""
    rng = random.Random(0)
    memory: Cache[Outcome] = Cache(8)
    bad = changed((("aws", "role", "path"), "x"))
    moved = changed((("aws", "role", "path"), "/x/"))
    specs = [spec(), bad, moved, *(random_spec(random.Random(seed)) for seed in range(6))]
    there = everything_provided(spec())
    for _ in range(300):
        kind = rng.choice(("PodIdentity", "XPodIdentity"))
        asked = request(rng.choice(specs), kind, there if rng.random() < 0.5 else {})
        remembered = run(asked, memory).SerializeToString(deterministic=True)
        assert remembered == run(asked).SerializeToString(deterministic=True)


def test_two_owners_with_one_spec_are_two() -> None:
    memory: Cache[Outcome] = Cache(8)
    first, second = request(spec()), request(spec())
    second.observed.composite.resource.fields["metadata"].struct_value.fields["name"].string_value = "other"
    assert run(first, memory).desired != run(second, memory).desired

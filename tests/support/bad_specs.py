"""Random specs that are mostly refused, the same for the same seed; run as a program it prints what is answered to each.

`python -m tests.support.bad_specs NUMBER ORDER` prints a line for each spec, its fields put into a protobuf map in an order of its own.
"""

import copy
import hashlib
import random
import sys
from typing import Any

from tests.support.random_gcp import existing_account, rich_gcp, rich_gcp_direct
from tests.support.xrs import FLAVOURS, answered
from tests.test_properties import KEYS, WORDS, rich_source, rich_spec, rich_tokens, shuffled

_RICH = (rich_spec, rich_tokens, rich_source, rich_gcp, rich_gcp_direct, existing_account)


def bad_spec(seed: int) -> dict[str, Any]:
    """A valid spec with a few places replaced by, or given, values that belong elsewhere: objects of several fields above all."""
    rng = random.Random(seed)
    spec: Any = copy.deepcopy(rng.choice(_RICH)())
    for _ in range(rng.randint(1, 4)):
        spec = _edited(spec, rng)
    return spec if isinstance(spec, dict) else {"aws": spec}


def _edited(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(sorted(value))
        return {**value, key: _edited(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        index = rng.randrange(len(value))
        return [*value[:index], _edited(value[index], rng), *value[index + 1 :]]
    if isinstance(value, dict) and rng.random() < 0.6:
        return {**value, **_object(rng)}
    return _object(rng) if rng.random() < 0.7 else rng.choice([None, True, 5, 1.5, [], [_object(rng)], *WORDS])


def _object(rng: random.Random) -> dict[str, Any]:
    return {rng.choice(KEYS): rng.choice(WORDS) for _ in range(rng.randint(2, 6))}


def main() -> None:
    """Print a digest of each answer, and whether it was a refusal."""
    number, order = map(int, sys.argv[1:])
    for seed in range(number):
        answer = answered(shuffled(bad_spec(seed), order), FLAVOURS[seed % 2])
        digest = hashlib.sha256(answer.SerializeToString(deterministic=True)).hexdigest()
        print(digest, "refused" if answer.results else "rendered")


if __name__ == "__main__":
    main()

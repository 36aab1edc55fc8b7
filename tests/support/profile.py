"""How much is tried at random: a little by default, all of it in CI, or where somebody asks (`PROFILE=thorough make test`).

What is tried is the same each time: a seed is a number, and hypothesis draws the same examples.
"""

import os

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("PROFILE", "thorough" if os.environ.get("CI") else "fast") == "thorough"
_SHARE = 12
_FEWEST = 3


def many(number: int) -> int:
    """So many in CI, and a share of it by default."""
    return number if THOROUGH else max(_FEWEST, number // _SHARE)


def seeds(number: int) -> range:
    """Seeds for random input."""
    return range(many(number))


def examples(number: int) -> settings:
    """Hypothesis's settings for so many examples."""
    return settings(
        max_examples=many(number), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )

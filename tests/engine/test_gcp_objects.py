"""All that is composed in Google Cloud, of every kind that roles are granted on, under the real CRDs of provider-gcp."""

import random
from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.engine.crossplane import validate
from tests.support.random_gcp import existing_account, random_gcp, rich_gcp, rich_gcp_direct
from tests.support.xrs import FLAVOURS, composed, xr
from tests.tools.absent import needed

pytestmark = pytest.mark.engine

MEMBERS = 18
"""The kinds of IAM members: of everything that a role is granted on, and of service accounts."""


def objects(kind: str) -> dict[str, list[dict[str, Any]]]:
    """What is composed of rich and of random specs, by its kind."""
    specs = [rich_gcp(), rich_gcp_direct(), existing_account(), *(random_gcp(random.Random(seed)) for seed in range(20))]
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    numbers = count()
    for spec in specs:
        for made in composed(spec, kind).resources:
            one = made.object()
            metadata = {**one.get("metadata", {}), "name": f"x{next(numbers)}"}
            if kind == "PodIdentity":
                metadata["namespace"] = xr(spec)["metadata"]["namespace"]
            found[one["kind"]].append({**one, "metadata": metadata})
    return found


def schemas(every: Iterable[dict[str, Any]]) -> list[Path]:
    """The CRDs of these objects; the test is skipped where they are missing, since no Go module has them."""
    groups = {(one["kind"].lower(), one["apiVersion"].partition("/")[0]) for one in every}
    return needed(f"{kind}s.{group}" for kind, group in groups)


@pytest.mark.parametrize("kind", FLAVOURS)
def test_everything_is_valid_under_the_providers_crds(kind: str, tmp_path: Path) -> None:
    made = objects(kind)
    assert len([name for name in made if name.endswith("IAMMember")]) == MEMBERS
    every = [one for some in made.values() for one in some]
    verdicts = validate(schemas(every), every, tmp_path)
    assert len(verdicts) == len(every)
    assert not [verdict for verdict in verdicts if verdict.status != "valid"]


@pytest.mark.parametrize("kind", FLAVOURS)
def test_an_unknown_field_and_a_missing_one_are_found_in_every_kind(kind: str, tmp_path: Path) -> None:
    """Else the test above could pass for want of a schema."""
    broken = []
    for name, (one, *_) in objects(kind).items():
        if name.endswith("IAMMember"):
            fields = one["spec"]["forProvider"]
            without = {field: value for field, value in fields.items() if field != "role"}
            for number, changed in enumerate(({**fields, "zzz": "x"}, without)):
                metadata = {**one["metadata"], "name": f"{one['metadata']['name']}-{number}"}
                broken.append({**one, "metadata": metadata, "spec": {**one["spec"], "forProvider": changed}})
    verdicts = validate(schemas(broken), broken, tmp_path)
    assert len(verdicts) == 2 * MEMBERS
    assert not [verdict for verdict in verdicts if verdict.status == "valid"]

"""The hostile benchmark's own inputs stay what they say: they can be asked, and the large ones are valid."""

import pytest

from function.fn import run
from tests.bench.hostile_inputs import INPUTS, SHAPES, Shape, storable


def test_names_are_distinct() -> None:
    names = [each.name for each in (*INPUTS, *SHAPES)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_shape_can_be_asked(shape: Shape) -> None:
    asked = shape.make({name: least for name, (least, _) in shape.sizes.items()})
    assert storable(asked)
    assert run(asked.request()).conditions


@pytest.mark.parametrize(
    "name", ["vclusters, EKS", "vclusters, GKE, Direct", "1,024 subjects of 4.7 kB", "1,024 subjects with long names"]
)
def test_the_largest_valid_inputs_are_valid(name: str) -> None:
    answer = run(next(each for each in INPUTS if each.name == name).make(0).request())
    assert not answer.results
    assert len(answer.desired.resources) >= 1024

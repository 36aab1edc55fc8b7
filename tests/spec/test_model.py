"""How models are made."""

from collections.abc import Iterator

from function.identity.podidentity import Spec
from function.podidentitycluster.spec import Spec as ClusterSpec
from function.spec.model import Exclusive, Exclusively, Strict


def models(base: type[Strict]) -> Iterator[type[Strict]]:
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def test_fields_that_exclude_one_another_are_looked_at_where_there_are_some() -> None:
    found = {model for model in models(Strict) if any(isinstance(rule, Exclusive) for rule in model.RULES)}
    looked_at = set(models(Exclusively))
    assert {Spec, ClusterSpec} <= set(models(Strict))
    assert found == looked_at

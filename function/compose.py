"""The whole use case, pure: an XR and what is observed in; resources, status and conditions out."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

from function import clouds
from function.catalogue import Required
from function.composition import Compose, CompositionResult, Condition
from function.errors import InvalidSpec
from function.observed import Observed
from function.podidentity import read


@dataclass(frozen=True, slots=True)
class Options:
    """How whoever runs the function configured it."""


Prepared = Compose | InvalidSpec
"""An XR that was read and rendered, or its faults."""

_VALID = Condition("SpecValid", "True", "Valid", "the spec is valid")


def compose(
    xr: Mapping[str, Any],
    observed: Observed,
    required: Required,  # noqa: ARG001 - nothing is required yet: clusters come inline
    options: Options,  # noqa: ARG001 - nothing can be configured yet
) -> CompositionResult:
    """Compose an XR. Bad input gives a result with `fatal` set and without resources, never an exception."""
    spec = xr.get("spec")
    fields = spec if isinstance(spec, Mapping) else {}
    return answer(prepare(xr, clouds.recall(fields, observed)), fields, observed)


def prepare(xr: Mapping[str, Any], history: clouds.History) -> Prepared:
    """Read and render an XR: all that does not change while its composed resources become ready."""
    try:
        return read(xr, history)
    except InvalidSpec as invalid:
        return invalid


def answer(prepared: Prepared, fields: Container[str], observed: Observed) -> CompositionResult:
    """Answer for a prepared XR with what is observed now; `fields` are those of its spec."""
    if isinstance(prepared, InvalidSpec):
        return _refused(prepared, fields, observed)
    result = prepared(observed)
    return replace(result, conditions=(_VALID, *result.conditions))


def broken(message: str, fields: Container[str]) -> CompositionResult:
    """The answer where the function itself failed, so that nothing can be said of any condition."""
    kinds = ("SpecValid", *clouds.condition_types(fields))
    return CompositionResult(tuple(Condition(kind, "Unknown", "InternalError", message) for kind in kinds), fatal=message)


def _refused(invalid: InvalidSpec, fields: Container[str], observed: Observed) -> CompositionResult:
    """The answer to an invalid spec: what exists stays, and every condition is set, since one left out turns Unknown."""
    spec_valid = Condition("SpecValid", "False", "Invalid", str(invalid))
    return CompositionResult(
        (spec_valid, *clouds.conditions_unread(fields, observed)), fatal=str(invalid), faults=invalid.errors
    )

"""The whole use case, pure: an XR and what is observed in; resources, status and conditions out."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

from function import clouds
from function.catalogue import KIND, Required
from function.composition import Compose, CompositionResult, Condition, Requirement
from function.errors import InvalidSpec, listed, one_line
from function.observed import Observed
from function.podidentity import plain_faults, read, resolve_clusters
from function.resolving import Resolution


@dataclass(frozen=True, slots=True)
class Options:
    """How whoever runs the function configured it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An XR that was read and rendered, its faults, or what has to be fetched first."""

    clusters: Condition
    """Whether the facts of all clusters are known."""
    requirements: tuple[Requirement, ...] = ()
    compose: Compose | None = None
    invalid: InvalidSpec | None = None


_OF_ENTRIES = ("SpecValid", "FactsResolved", "AgentReady", "OIDCProvidersReady")
_VALID = Condition("SpecValid", "True", "Valid", "the spec is valid")
_LATER = "cannot be told before the facts of the clusters are known"


def compose(
    xr: Mapping[str, Any],
    observed: Observed,
    required: Required,
    options: Options,  # noqa: ARG001 - nothing can be configured yet
) -> CompositionResult:
    """Compose an XR. Bad input gives a result with `fatal` set and without resources, never an exception.

    A result with requirements that were not among `required` is no answer yet: they are to be fetched, and asked again with.
    """
    if xr.get("kind") == KIND:
        # Loaded by the first entry of a catalogue, with what it takes of AWS.
        from function.cluster import compose_cluster

        return compose_cluster(xr, observed, required)
    spec = xr.get("spec")
    fields = spec if isinstance(spec, Mapping) else {}
    return answer(prepare(xr, clouds.recall(fields, observed), required), fields, observed)


def prepare(xr: Mapping[str, Any], history: clouds.History, required: Required) -> Prepared:
    """Read and render an XR: all that does not change while its composed resources become ready."""
    resolution = resolve_clusters(xr, required)
    prepared = Prepared(_clusters_resolved(resolution), resolution.requirements)
    if resolution.pending:
        return prepared
    if resolution.errors:
        return replace(prepared, invalid=InvalidSpec([*resolution.errors, *plain_faults(xr)]))
    try:
        resolved = {**xr, "spec": resolution.spec} if resolution.names else xr
        return replace(prepared, compose=read(resolved, history, resolution.without_agent))
    except InvalidSpec as invalid:
        errors = resolution.at_the_name(invalid.errors) if resolution.names else invalid.errors
        return replace(prepared, invalid=InvalidSpec(errors))


def answer(prepared: Prepared, fields: Container[str], observed: Observed) -> CompositionResult:
    """Answer for a prepared XR with what is observed now; `fields` are those of its spec."""
    if prepared.invalid is not None:
        result = _refused(prepared, prepared.invalid, fields, observed)
    elif prepared.compose is not None:
        result = prepared.compose(observed)
        result = replace(result, conditions=(_VALID, prepared.clusters, *result.conditions))
    else:
        waiting = Condition("SpecValid", "Unknown", "ClustersNotFetched", _LATER)
        unread = clouds.conditions_unread(fields, observed)
        result = CompositionResult((waiting, prepared.clusters, *unread), unready=True)
    return replace(result, requirements=prepared.requirements)


def broken(message: str, kind: str, fields: Container[str]) -> CompositionResult:
    """The answer where the function itself failed, so that nothing can be said of any condition."""
    kinds = _OF_ENTRIES if kind == KIND else ("SpecValid", "ClustersResolved", *clouds.condition_types(fields))
    return CompositionResult(tuple(Condition(kind, "Unknown", "InternalError", message) for kind in kinds), fatal=message)


def _clusters_resolved(resolution: Resolution) -> Condition:
    kind = "ClustersResolved"
    if resolution.pending:
        return Condition(kind, "Unknown", "Fetching", "the clusters' entries in the catalogue are being fetched")
    if resolution.errors:
        return Condition(kind, "False", "NotResolved", one_line(InvalidSpec(resolution.errors).errors))
    if resolution.names:
        names = listed(dict.fromkeys(resolution.names.values()))
        return Condition(kind, "True", "Resolved", f"the facts of the clusters are known; from the catalogue: {names}")
    return Condition(kind, "True", "Inline", "the facts of all clusters are written in the spec")


def _refused(prepared: Prepared, invalid: InvalidSpec, fields: Container[str], observed: Observed) -> CompositionResult:
    """The answer to an invalid spec: what exists stays, and every condition is set, since one left out turns Unknown."""
    if prepared.clusters.status == "True":
        spec_valid = Condition("SpecValid", "False", "Invalid", str(invalid))
    else:
        spec_valid = Condition("SpecValid", "Unknown", "ClustersNotResolved", _LATER)
    wrong = {error.mismatch: error for error in invalid.errors if error.mismatch}
    others = (
        Condition(c.type, "False", "AccountMismatch", str(wrong[c.type])) if c.type in wrong else c
        for c in clouds.conditions_unread(fields, observed)
    )
    return CompositionResult((spec_valid, prepared.clusters, *others), fatal=str(invalid), faults=invalid.errors)

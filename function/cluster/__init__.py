"""PodIdentityCluster: the platform's catalogue, an entry for each cluster."""

from collections.abc import Mapping
from typing import Any

from function.catalogue import Required, requirement, spec_digest
from function.cluster.known import Known
from function.cluster.reading import read
from function.cluster.report import CONDITIONS, conditions, conditions_unread, status
from function.cluster.wanted import Wanted, wanted
from function.composition import CompositionResult, Condition
from function.errors import InvalidSpec
from function.observed import Observed

__all__ = ["CONDITIONS", "compose_cluster"]


def compose_cluster(xr: Mapping[str, Any], observed: Observed, required: Required) -> CompositionResult:
    """Compose a PodIdentityCluster. Of its own status it reads `cluster` and `specDigest`, which the platform's owners write.

    Bad input gives a result with `fatal` set and without resources, never an exception.
    """
    known = Known.of(xr)
    try:
        found = read(xr)
    except InvalidSpec as invalid:
        said = (Condition("SpecValid", "False", "Invalid", str(invalid)), *conditions_unread(observed))
        return CompositionResult(said, fatal=str(invalid), faults=invalid.errors)
    decided = wanted(found, observed, required, known)
    return CompositionResult(
        (Condition("SpecValid", "True", "Valid", "the spec is valid"), *conditions(decided, observed)),
        resources=decided.resources,
        ready=_ready(decided, observed),
        unready=decided.resolution.facts is None,
        status=status(decided, observed, spec_digest(xr["spec"])),
        requirements=(requirement(decided.host.name),) if decided.host else (),
    )


def _ready(decided: Wanted, observed: Observed) -> frozenset[str]:
    """The resources that are ready; a cluster that is not the one meant never is."""
    good = {r.name for r in decided.resources if r.name in observed and observed[r.name].conditions().good}
    if decided.cluster is not None and decided.resolution.facts is None:
        good.discard(decided.cluster.name)
    return frozenset(good)

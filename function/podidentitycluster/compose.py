"""Composes a PodIdentityCluster: reads it, plans by the kind of its cluster, and says what became of it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from function.catalogue.entry import Fetched, current, requirement, spec_digest
from function.clusters.eks import ADDON_PREFIX
from function.clusters.entry import EntryCluster, EntryPlan, LastKnown, Resolution, Surroundings
from function.clusters.kinds import KINDS, Cluster, ClusterFacts
from function.clusters.oidc_providers import PREFIX
from function.conditions import AGENT_READY, FACTS_RESOLVED, OIDC_PROVIDERS_READY, SPEC_VALID, VALID, Condition
from function.errors import FieldError, InvalidSpec, quoted
from function.observed import Observed
from function.podidentitycluster.spec import ClusterStatus, Spec, check, check_name
from function.resources.readiness import while_invalid
from function.result import Result
from function.spec.reader import parse
from function.spec.size import MAX_SPEC, TOO_LARGE, larger

CONDITIONS = (SPEC_VALID, FACTS_RESOLVED, AGENT_READY, OIDC_PROVIDERS_READY)
"""The types of the conditions that every answer has."""

_MACHINERY = "crossplane"
"""What Crossplane itself keeps in an XR's spec."""


_ONE = "it holds the facts of one cluster, so leave out what is no field of it"


def compose_cluster(xr: Mapping[str, Any], observed: Observed, fetched: Fetched, *, small: bool = False) -> Result:
    """Compose a PodIdentityCluster. `small` says that its spec is known to be no larger than MAX_SPEC.

    From its own status it reads only `cluster` and `specDigest`. Only the platform's owners can write that status.

    Bad input gives a result with `fatal` set and without resources, never an exception.
    """
    try:
        spec = _read(xr, small=small)
    except InvalidSpec as invalid:
        conditions = (Condition(SPEC_VALID, "False", "Invalid", str(invalid)), *_while_invalid(observed))
        return Result(conditions, fatal=str(invalid), errors=invalid.errors)
    (cluster,) = spec.written
    known = _last_known(xr)
    plan = cluster.plan(_surroundings(spec, cluster, observed, fetched, known))
    found = _judged(plan.resolution)
    plan = replace(plan, resolution=found)
    facts_resolved = Condition(FACTS_RESOLVED, "True" if found.known else "False", found.reason, found.message)
    return Result(
        (VALID, facts_resolved, plan.agent_ready, plan.oidc_providers_ready),
        resources=plan.resources,
        ready=_ready(plan, observed),
        unready=not found.known,
        status=_status(plan, known, spec_digest(xr["spec"])),
        requirements=(requirement(cluster.host_name),) if cluster.host_name else (),
    )


def _judged(found: Resolution) -> Resolution:
    """The facts, unless PodIdentities could not use them: what a real cluster says may be of a form that is not known here."""
    if not found.facts:
        return found
    facts = {kind: {name: value for name, value in each.items() if name != "arn"} for kind, each in found.facts.items()}
    errors = parse(Cluster, {"name": "it", **facts}, ()).errors
    if not errors:
        return found
    return Resolution(None, "Unusable", f"the cluster cannot be used: {'; '.join(map(str, errors))}")


def _read(xr: Mapping[str, Any], *, small: bool) -> Spec:
    """Read an XR. Raises InvalidSpec with every error that can be told from it."""
    raw, name = xr.get("spec"), _name(xr)
    if not isinstance(raw, Mapping):
        raise InvalidSpec([FieldError(("spec",), f"must be an object, not {quoted(raw)}")])
    spec = _with_cluster_name(raw, name)
    if not small and larger(spec, MAX_SPEC):
        raise InvalidSpec([FieldError(("spec",), f"{TOO_LARGE}: {_ONE}")])
    parsed = parse(Spec, spec, ("spec",))
    errors = [*check_name(name), *parsed.errors]
    if parsed.value is not None:
        errors += parsed.new(check(parsed.value, name))
    if errors or parsed.value is None:
        raise InvalidSpec(errors)
    return parsed.value


def _name(xr: Mapping[str, Any]) -> str:
    metadata = xr.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) else ""


def _with_cluster_name(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The spec with the default of clusterName in it, so that it is checked like one that is written."""
    written = {field: value for field, value in raw.items() if field != _MACHINERY}
    for kind in (kind.KIND for kind in KINDS if "cluster_name" in kind.model_fields):
        facts = written.get(kind)
        if isinstance(facts, Mapping) and "clusterName" not in facts:
            written[kind] = {**facts, "clusterName": name}
    return written


def _surroundings(spec: Spec, cluster: EntryCluster, observed: Observed, fetched: Fetched, known: LastKnown) -> Surroundings:
    host = cluster.host_name
    return Surroundings(
        scope=spec.scope,
        namespace=spec.namespace,
        provider_configs=spec.provider_configs,
        management_policies=tuple(spec.management_policies),
        observed=observed,
        known=known,
        host=fetched.entries.get(host) if host else None,
        host_fetched=host in fetched.entries,
    )


def _last_known(xr: Mapping[str, Any]) -> LastKnown:
    """What status.cluster of an XR holds. Parts that can be no facts, or were made of nothing, count as not known."""
    status = xr.get("status")
    held = status.get("cluster") if isinstance(status, Mapping) else None
    if not isinstance(held, Mapping):
        return LastKnown()
    facts = {kind: part for kind, part in _without_nulls(held).items() if _believable(kind, part)}
    return LastKnown(facts, current(xr))


def _believable(kind: str, part: object) -> bool:
    patterns: Mapping[str, str] = next((each.BELIEVABLE for each in KINDS if kind == each.KIND), {})
    return isinstance(part, Mapping) and all(
        (name.endswith("?") and name[:-1] not in part) or _matches(pattern, part.get(name.removesuffix("?")))
        for name, pattern in patterns.items()
    )


def _matches(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _without_nulls(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(inner) if isinstance(inner, Mapping) else inner
        for name, inner in value.items()
        if inner is not None
    }


def _ready(plan: EntryPlan, observed: Observed) -> frozenset[str]:
    """The resources that are ready. While the facts are unknown, the observed cluster does not count as ready."""
    good = {r.name for r in plan.resources if r.name in observed and observed[r.name].conditions().good}
    if plan.cluster is not None and not plan.resolution.known:
        good.discard(plan.cluster.name)
    return frozenset(good)


def _status(plan: EntryPlan, known: LastKnown, digest: str) -> ClusterStatus:
    """The facts, or those that were known before, with the digest of the spec; and what there is of the agent."""
    status: ClusterStatus = {}
    if facts := plan.resolution.facts or known.of_spec:
        status["cluster"] = cast("ClusterFacts", facts)
        status["specDigest"] = digest
    if plan.agent:
        status["podIdentityAgent"] = plan.agent
    return status


def _while_invalid(observed: Observed) -> tuple[Condition, ...]:
    """All conditions but SpecValid while the spec is invalid, from what is observed."""
    message = "the facts cannot be told while the spec is invalid; PodIdentities that name it stay as they are"
    return (
        Condition(FACTS_RESOLVED, "Unknown", "SpecInvalid", message),
        while_invalid(AGENT_READY, "pod identity agents", observed, (ADDON_PREFIX,)),
        while_invalid(OIDC_PROVIDERS_READY, "OIDC providers", observed, (PREFIX,)),
    )

"""Usages, for `spec.deletionOrder: Ordered`: what one resource needs of another is not deleted before it.

Source: Crossplane's protection.crossplane.io API. A Usage names both by the names of their objects, so it follows when they are
there.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from function.naming import resource_name
from function.observed import Observed, ObservedResource
from function.resources.managed import EXTERNAL_NAME, ComposedResource, composed_resource
from function.spec.management import Scope

PREFIX = "usage-"
"""What the composition resource names of Usages begin with."""

_VERSION = "protection.crossplane.io/v1beta1"

_SAID_WHEN_EMPTY = frozenset({"forProvider", "managementPolicies"})
"""The fields of a managed resource's spec that are there even when they hold nothing."""


class Tie(NamedTuple):
    """What is used, and what uses it, by their composition resource names."""

    slot: str
    """What the one is to the other, such as `role`: it stays when another takes that place."""
    of: str
    by: str


def ordered(
    scope: Scope, ties: Iterable[Tie], observed: Observed, resources: Iterable[ComposedResource]
) -> list[ComposedResource]:
    """The Usages of these ties, and what still stands that is no longer among the resources although it is protected."""
    tied = list(_tie(scope, ties, observed))
    wanted = frozenset(resource.name for resource in (*resources, *tied))
    return [*tied, *_still_used(observed, wanted)]


def at_work(resource: ComposedResource, observed: Observed) -> bool:
    """Whether this is a Usage that is ready.

    Resources that only a Usage keeps never count as ready, so that Crossplane soon calls again.
    """
    usage = observed.get(resource.name) if resource.name.startswith(PREFIX) else None
    return usage is not None and usage.conditions().ready == "True"


def _tie(scope: Scope, ties: Iterable[Tie], observed: Observed) -> Iterator[ComposedResource]:
    """A Usage for each tie whose objects are both there.

    Where another thing is to be used, the Usage is pointed at it once it is there. A new Usage instead would mean deleting the
    old one while its user stays, which takes Crossplane a long time.
    """
    for slot, of, by in ties:
        key = resource_name("usage", slot, by)
        used, using, before = observed.get(of), observed.get(by), observed.get(key)
        target = _reference(used) if used is not None else before.object("spec", "of") if before is not None else None
        if target and using is not None:
            spec = {"of": target, "by": _reference(using), "replayDeletion": True}
            yield composed_resource(key, _VERSION, "Usage" if scope.namespaced else "ClusterUsage", spec)


def _still_used(observed: Observed, wanted: frozenset[str]) -> Iterator[ComposedResource]:
    """What is no longer wanted but that an observed Usage protects, as it was observed.

    Crossplane deletes what is left out before it applies anything, and stops if a deletion is refused. Left out at once, such a
    resource would be refused by its Usage, and nothing new would be created.
    """
    protected = {_used(observed[name]) for name in observed.starting(PREFIX)}
    if not protected:
        return
    for name in observed:
        if name not in wanted and not name.startswith(PREFIX) and _identity(observed[name]) in protected:
            yield _copy(name, observed[name])


def _reference(resource: ObservedResource) -> dict[str, object]:
    kind, name = _identity(resource)
    return {"apiVersion": resource.text("apiVersion") or "", "kind": kind, "resourceRef": {"name": name}}


def _identity(resource: ObservedResource) -> tuple[str, str]:
    return resource.text("kind") or "", resource.text("metadata", "name") or ""


def _used(usage: ObservedResource) -> tuple[str, str]:
    return usage.text("spec", "of", "kind") or "", usage.text("spec", "of", "resourceRef", "name") or ""


def _copy(name: str, resource: ObservedResource) -> ComposedResource:
    external = resource.text("metadata", "annotations", EXTERNAL_NAME)
    annotations = {EXTERNAL_NAME: external} if external else None
    # The provider writes an initProvider without fields, and cannot hold an empty list that an earlier release left there.
    observed = resource.object("spec").items()
    spec = {field: _without_empty(value) for field, value in observed if value or field in _SAID_WHEN_EMPTY}
    return composed_resource(name, resource.text("apiVersion") or "", resource.text("kind") or "", spec, annotations)


def _without_empty(value: Any) -> Any:
    return {name: inner for name, inner in value.items() if inner not in ([], {})} if isinstance(value, dict) else value

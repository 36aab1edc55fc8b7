"""Usages, for `spec.deletionOrder: Ordered`: what one resource needs of another is not deleted before it.

Source: Crossplane's protection.crossplane.io API. A Usage names both by the names of their objects, so it follows when they are
there.
"""

from collections.abc import Iterable, Iterator

from function.composition import EXTERNAL_NAME, Flavour, ManagedResource, managed_resource
from function.naming import resource_name
from function.observed import Observed, ObservedResource

PREFIX = "usage-"
"""What the composition resource names of Usages begin with."""

_IN_USE = "crossplane.io/in-use"
"""The label of what a Usage protects; without it, Crossplane's webhook lets a deletion pass."""

_VERSION = "protection.crossplane.io/v1beta1"
Pair = tuple[str, str]
"""The composition resource names of what is used, and of what uses it."""


def tie(flavour: Flavour, pairs: Iterable[Pair], observed: Observed) -> Iterator[ManagedResource]:
    """A Usage for each pair whose objects are both there."""
    for of, by in pairs:
        used, using = observed.get(of), observed.get(by)
        if used is not None and using is not None:
            spec = {"of": _reference(used), "by": _reference(using), "replayDeletion": True}
            kind = "Usage" if flavour.namespaced else "ClusterUsage"
            yield managed_resource(resource_name("usage", of, by), _VERSION, kind, spec)


def still_used(observed: Observed, wanted: frozenset[str]) -> Iterator[ManagedResource]:
    """What is no longer wanted but still protected from deletion, as it was observed.

    Crossplane deletes what is left out before it applies anything else, and stops where that is refused: dropped together, the
    Usage's veto would keep the whole XR from being reconciled. So the Usage goes first, and its end takes the label away. The
    Usage itself is no longer observed by then.
    """
    for name in observed:
        if name not in wanted and observed[name].text("metadata", "labels", _IN_USE) == "true":
            yield _copy(name, observed[name])


def _reference(resource: ObservedResource) -> dict[str, object]:
    kind, name = _identity(resource)
    return {"apiVersion": resource.text("apiVersion") or "", "kind": kind, "resourceRef": {"name": name}}


def _identity(resource: ObservedResource) -> tuple[str, str]:
    return resource.text("kind") or "", resource.text("metadata", "name") or ""


def _copy(name: str, resource: ObservedResource) -> ManagedResource:
    external = resource.text("metadata", "annotations", EXTERNAL_NAME)
    annotations = {EXTERNAL_NAME: external} if external else None
    return managed_resource(
        name, resource.text("apiVersion") or "", resource.text("kind") or "", resource.object("spec"), annotations
    )

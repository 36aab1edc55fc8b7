"""The rollout token: a digest of what running pods hold, as it is in effect, for whoever restarts pods when that changes.

It must not change for an edit that needs no restart, and must change once for one that does. So it keeps its value until an
edit is in effect. The first value appears when everything is ready. What it was is remembered in an annotation of a composed
resource, since the function reads no status of its own.
"""

import hashlib
from collections.abc import Iterable, Sequence

from function.observed import Observed
from function.resources.managed import ComposedResource

ANNOTATION = "podidentity.dev/rollout-token"
"""On the first of the composed resources."""

_DIGITS = 16


def rollout_token(
    in_effect: Iterable[str] | None, resources: Sequence[ComposedResource], observed: Observed, *, complete: bool
) -> str | None:
    """The token, None before everything was there once.

    `in_effect` are the facts that pods hold, in an order of their own, None where not all of what is asked for is in effect;
    `complete` is whether everything that is composed is ready.
    """
    before = _remembered(resources, observed)
    if in_effect is None or not (before or complete):
        return before
    return hashlib.sha256("\0".join(in_effect).encode()).hexdigest()[:_DIGITS]


def remembering(token: str | None, resources: Sequence[ComposedResource]) -> tuple[ComposedResource, ...]:
    """The resources, with the token in the annotation of the first."""
    if token is None or not resources:
        return tuple(resources)
    first, *others = resources
    metadata = first.manifest.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), ANNOTATION: token}
    manifest = {**first.manifest, "metadata": {**metadata, "annotations": annotations}}
    return (first._replace(manifest=manifest), *others)


def _remembered(resources: Sequence[ComposedResource], observed: Observed) -> str | None:
    """The previous token. An edit can make another resource the first; the one with the annotation is still there then."""
    names = ([resources[0].name] if resources and resources[0].name in observed else []), observed
    found = (observed[name].text("metadata", "annotations", ANNOTATION) for some in names for name in some)
    return next(filter(None, found), None)

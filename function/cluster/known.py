"""What a PodIdentityCluster's status held: the facts that were resolved last."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from function.catalogue import current

_BELIEVABLE = {
    "eks": {"accountId": re.compile(r"[0-9]{12}"), "oidcIssuer": re.compile(r"https://[^\s?#]+")},
    "gke": {"projectId": re.compile(r"[a-z0-9.:-]+"), "workloadPool": re.compile(r"[a-z0-9.:-]+")},
}
_OPTIONAL = frozenset({"oidcIssuer"})


@dataclass(frozen=True, slots=True)
class Known:
    """The facts, and whether they followed from the spec as it is now."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    same_spec: bool = False

    @classmethod
    def of(cls, xr: Mapping[str, Any]) -> "Known":
        """What status.cluster of an XR holds. Parts that can be no facts, or were made of nothing, count as not known."""
        held = xr.get("status")
        if not isinstance(held, Mapping) or not isinstance(held.get("cluster"), Mapping):
            return cls()
        facts = {kind: part for kind, part in _without_nulls(held["cluster"]).items() if _believable(kind, part)}
        return cls(facts, current(xr))

    def of_spec(self) -> Mapping[str, Any]:
        """The facts that may still be those of the spec: what was known of another cluster, or was typed, is no observation.

        That the managed resource exists through which the cluster is seen now, tells nothing: Crossplane makes it before it
        writes the status, and may fail between.
        """
        return self.facts if self.same_spec else {}


def _believable(kind: str, part: object) -> bool:
    fields = _BELIEVABLE.get(kind, {})
    return isinstance(part, Mapping) and all(
        (name in _OPTIONAL and name not in part) or (isinstance(part.get(name), str) and pattern.fullmatch(part[name]))
        for name, pattern in fields.items()
    )


def _without_nulls(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(inner) if isinstance(inner, Mapping) else inner
        for name, inner in value.items()
        if inner is not None
    }

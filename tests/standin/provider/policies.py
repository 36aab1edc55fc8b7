"""Management policies: what the provider may do with the thing in the cloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SUPPORTED = frozenset(
    frozenset(actions.split())
    for actions in (
        "*",
        "Observe Create Update LateInitialize Delete",
        "Observe",
        "",
        "Observe Create Update Delete",
        "Observe Create Update LateInitialize",
        "Observe Create Update",
        "Observe Create Delete LateInitialize",
        "Observe Create LateInitialize",
        "Observe Create Delete",
        "Observe Create",
        "Observe Delete",
        "Observe Update",
        "Observe LateInitialize",
        "Observe Update LateInitialize",
    )
)


@dataclass(frozen=True)
class Policies:
    """The actions that are allowed; deletionPolicy, which cluster-scoped resources have, can forbid Delete too."""

    actions: frozenset[str]
    orphan: bool

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Policies":
        """Read them from a spec."""
        return cls(frozenset(spec.get("managementPolicies", ["*"])), spec.get("deletionPolicy") == "Orphan")

    @property
    def supported(self) -> bool:
        """Whether the managed reconciler works with this combination."""
        return self.actions in _SUPPORTED

    @property
    def refusal(self) -> str:
        """What it says otherwise."""
        listed = " ".join(sorted(self.actions))
        return (
            f"`spec.managementPolicies` is set to a value([{listed}]) which is not supported. Check docs for supported policies"
        )

    @property
    def paused(self) -> bool:
        """No action at all."""
        return not self.actions

    @property
    def only_observe(self) -> bool:
        """Observe and nothing else."""
        return self.actions == {"Observe"}

    def allow(self, action: str) -> bool:
        """Whether one action is allowed."""
        if action == "Delete" and self.orphan and self.actions == {"*"}:
            return False
        return bool({action, "*"} & self.actions)

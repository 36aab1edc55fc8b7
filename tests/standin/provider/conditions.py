"""Conditions as crossplane-runtime writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Condition:
    """One condition, without its time."""

    type: str
    status: bool
    reason: str
    message: str = ""
    by_generation: bool = True
    """Whether it names the generation it speaks of."""


AVAILABLE = Condition("Ready", status=True, reason="Available", by_generation=False)
CREATING = Condition("Ready", status=False, reason="Creating")
DELETING = Condition("Ready", status=False, reason="Deleting")
SUCCESS = Condition("Synced", status=True, reason="ReconcileSuccess")
SUCCESS_AS_UPJET_SAYS = replace(SUCCESS, by_generation=False)
PAUSED = Condition("Synced", status=False, reason="ReconcilePaused")
OPERATION_SUCCEEDED = Condition("LastAsyncOperation", status=True, reason="Success", by_generation=False)


def error(message: str) -> Condition:
    """Synced is False, and why."""
    return Condition("Synced", status=False, reason="ReconcileError", message=message)


def operation_failed(operation: str, message: str) -> Condition:
    """The background operation failed, and why."""
    reason = f"Async{operation.capitalize()}Failure"
    return Condition("LastAsyncOperation", status=False, reason=reason, message=message, by_generation=False)


def updated(present: Iterable[Mapping[str, Any]], condition: Condition, generation: int, now: datetime) -> list[dict[str, Any]]:
    """The list with the condition in it; one that says the same already keeps its time, and the list stays as it is."""
    new: dict[str, Any] = {"type": condition.type, "status": str(condition.status), "reason": condition.reason}
    if condition.message:
        new["message"] = condition.message
    if condition.by_generation:
        new["observedGeneration"] = generation
    stamped = {**new, "lastTransitionTime": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    result = [dict(each) for each in present]
    for index, each in enumerate(result):
        if each["type"] == condition.type:
            if {name: value for name, value in each.items() if name != "lastTransitionTime"} != new:
                result[index] = stamped
            return result
    return [*result, stamped]

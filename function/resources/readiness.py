"""Why composed resources are not ready, in words."""

import re
from collections.abc import Iterable, Mapping

from function.conditions import Condition
from function.observed import Conditions, Observed

_MESSAGE_MAX = 500
_NAMED_MAX = 3

SPEC_INVALID = "while the spec is invalid"
SPEC_NOT_READ = "until the facts of the clusters are known"

# What crossplane-runtime writes: pkg/reconciler/managed, for a resource with management policy Observe alone, and errCreate.
_ABSENT = "external resource does not exist"
_NOT_MADE = "create failed: "

# AWS gives every call an id. With the id, a call that fails the same way every minute would give a new message every minute,
# and each change of a condition wakes Crossplane. The managed resource still shows the id.
_REQUEST_ID = re.compile(r"\bRequestID: [-0-9A-Za-z]+,? ?")

States = Mapping[str, Conditions]
"""The conditions of what is observed, by composition resource name."""


def few(names: Iterable[object], most: int = _NAMED_MAX) -> list[str]:
    """The first of them, and how many more there are."""
    words = list(map(str, names))
    more = len(words) - most
    return [*words[:most], *([f"{more} more"] if more > 0 else [])]


def why(state: Conditions | None) -> str:
    """Why one is not ready."""
    if state is None:
        return "does not exist yet"
    message = state.synced_message if state.synced == "False" else state.ready_message
    words = " ".join(_REQUEST_ID.sub("", message).split())
    if len(words) > _MESSAGE_MAX:
        # A provider puts its own words before those of the cloud.
        words = f"...{words[-_MESSAGE_MAX:]}"
    said = f", says the provider: {words}" if words else ""
    if is_absent(state):
        return f"does not exist{said}"
    if state.synced == "False":
        return f"{'could not be made' if message.startswith(_NOT_MADE) else 'does not match the spec yet'}{said}"
    return f"is not there yet{said}" if state.ready != "True" else "has not been synced yet"


def is_absent(state: Conditions) -> bool:
    """Whether one that is only observed does not exist."""
    return state.synced == "False" and _ABSENT in state.synced_message


def while_invalid(kind: str, what: str, observed: Observed, prefixes: tuple[str, ...], while_: str = SPEC_INVALID) -> Condition:
    """A condition while the spec is invalid: what exists stays as it is, and that is all that can be said.

    `prefixes` are what the names of the resources begin with that it is about. `while_` says why nothing is known.
    """
    names = [name for prefix in prefixes for name in observed.starting(prefix)]
    waiting = sum(not observed[name].conditions().good for name in names)
    if not names:
        reason = "SpecInvalid" if while_ == SPEC_INVALID else "SpecNotRead"
        return Condition(kind, "Unknown", reason, f"{what} cannot be told {while_}; nothing exists yet")
    if waiting:
        message = f"{waiting} of {len(names)} resources of {what} are not ready; nothing changes {while_}"
        return Condition(kind, "False", "Waiting", message)
    message = f"{what} {'are' if what.endswith('s') else 'is'} ready as last applied; nothing changes {while_}"
    return Condition(kind, "True", "Available", message)

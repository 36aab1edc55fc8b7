"""Why composed resources are not ready, in words."""

import re
from collections.abc import Iterable, Mapping

from function.conditions import Condition
from function.observed import Conditions, Observed

_MESSAGE_MAX = 500
_NAMED_MAX = 3

# AWS gives every call an id. With the id, a call that fails the same way every minute would give a new message every minute,
# and each change of a condition wakes Crossplane. The managed resource still shows the id.
_REQUEST_ID = re.compile(r"\bRequestID: [-0-9A-Za-z]+,? ?")

States = Mapping[str, Conditions]
"""The conditions of what is observed, by composition resource name."""


def few(names: Iterable[object]) -> list[str]:
    """The first of them, and how many more there are."""
    words = list(map(str, names))
    more = len(words) - _NAMED_MAX
    return [*words[:_NAMED_MAX], *([f"{more} more"] if more > 0 else [])]


def why(state: Conditions | None) -> str:
    """Why one is not ready."""
    if state is None:
        return "does not exist yet"
    message = state.synced_message if state.synced == "False" else state.ready_message
    words = " ".join(_REQUEST_ID.sub("", message).split())[:_MESSAGE_MAX]
    said = f", says the provider: {words}" if words else ""
    if state.synced == "False":
        return f"does not match the spec yet{said}"
    return f"is not there yet{said}" if state.ready != "True" else "has not been synced yet"


def while_invalid(kind: str, what: str, observed: Observed, prefixes: tuple[str, ...]) -> Condition:
    """A condition while the spec is invalid: what exists stays as it is, and that is all that can be said.

    `prefixes` are what the names of the resources begin with that it is about.
    """
    names = [name for prefix in prefixes for name in observed.starting(prefix)]
    waiting = sum(not observed[name].conditions().good for name in names)
    if not names:
        return Condition(kind, "Unknown", "SpecInvalid", f"{what} cannot be told while the spec is invalid; nothing exists yet")
    if waiting:
        message = f"{waiting} of {len(names)} resources of {what} are not ready; nothing changes while the spec is invalid"
        return Condition(kind, "False", "Waiting", message)
    return Condition(kind, "True", "Available", f"{what} are ready as last applied; nothing changes while the spec is invalid")

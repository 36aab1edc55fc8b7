"""Events that Crossplane misses: asked for a reconcile, as its documentation says how, and told at the end.

Crossplane 2.4.2 was seen to stop following what an XR kind composes and requires, all of it at once and until it is started anew,
some minutes after its API server had been restarted. An XR is then looked at when its last answer's time is over, a minute
while something is not ready, and ten where an entry of the catalogue is edited.

What is wrong with the function would look the same, so this is done for one test of a run alone: the core is started anew after it, and
from then on nothing is asked for. A fault of ours is still there in the next test, and fails it.
"""

from collections.abc import Callable
from typing import Any

from tests.controlplane.waiting import Late, until
from tests.real import provider_aws

# What Crossplane follows it takes up within five seconds. The real provider alone can take minutes: there nothing is asked for.
_BEFORE = 40.0 if provider_aws.named() is None else 240.0


class Missed:
    """What was missed in a run."""

    def __init__(self, before: float = _BEFORE) -> None:
        self.started_anew = False
        """Whether the core was started anew for it."""
        self._before = before
        self._told: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._told)

    def until(self, seen: Callable[[], Any], seconds: float, what: str, ask: Callable[[], None]) -> None:
        """Wait for something, and have the XR reconciled if it does not come about by itself. Raises Late."""
        if self.started_anew:
            until(seen, seconds, what)
            return
        before = min(self._before, seconds)
        try:
            until(seen, before, what)
        except Late:
            ask()
            until(seen, seconds - before, what)
            self._told.append(what)

    def summary(self) -> str:
        """What was missed, in a line; empty where nothing was."""
        if not self:
            return ""
        return f"Crossplane missed events ({len(self._told)}), and was asked for a reconcile: {'; '.join(self._told)}"


MISSED = Missed()
"""Of this run."""

"""Events that Crossplane misses: asked for a reconcile, as its documentation says how, and told at the end.

Crossplane 2.4.2 was seen to stop following what an XR kind composes and requires, all of it at once and until it is started anew,
some minutes after its API server had been restarted. An XR is then looked at when its last answer's time is over, a minute
while something is not ready, and ten where an entry of the catalogue is edited. Nothing that the function answers has a part in
it, and a run of two hundred tests must not depend on it.
"""

from collections.abc import Callable
from typing import Any

from tests.controlplane.waiting import Late, until
from tests.real import provider_aws

# What Crossplane follows it takes up within five seconds; the real provider alone can take minutes.
_BEFORE = 40.0 if provider_aws.named() is None else 240.0

MISSED: list[str] = []
"""What had to be asked for, since the core was started last."""
_ALL: list[str] = []


def until_taken_up(ask: Callable[[], None], seen: Callable[[], Any], seconds: float, what: str) -> None:
    """Wait for something, and have the XR reconciled if it does not come about by itself."""
    try:
        until(seen, min(_BEFORE, seconds), what)
    except Late:
        ask()
        until(seen, seconds, what)
        MISSED.append(what)
        _ALL.append(what)


def summary() -> str:
    """What was missed in the whole run."""
    if not _ALL:
        return ""
    return f"Crossplane missed events ({len(_ALL)}), and was asked for a reconcile: {'; '.join(_ALL)}"

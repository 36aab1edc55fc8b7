"""An edit of an entry that twenty PodIdentities name (`python -m tests.e2e catalogue` takes any number)."""

from tests.controlplane.plane import ControlPlane
from tests.e2e import entry_edits
from tests.e2e.api import Api
from tests.e2e.entries import watched
from tests.e2e.identities import FLAVOURS

_NUMBER = 20
_QUIET = 5.0
_ENTRY_EVENTS = 2
"""Reconciles that an edit of an entry asks of each: its spec changes, and then Crossplane says in its status that it has seen it."""


def test_an_edit_renders_every_identity_anew(plane: ControlPlane, api: Api) -> None:
    """And costs no more than it must: the entry's own events, and what the same edit in each PodIdentity costs too."""
    unrendered, in_entry, in_each = entry_edits.measure(plane, api, FLAVOURS["xr"], _NUMBER, _QUIET, print)
    for edited in (unrendered, in_entry, in_each):
        print(edited)
        assert (edited.failed, edited.breakers, edited.calls_after) == (0, 0, 0)
    # A reconcile is one call where Crossplane fetches beforehand what it watches, and two where it fetches when asked to.
    assert unrendered.calls <= (2 if watched(plane) else 3) * _NUMBER
    assert in_entry.reconciles <= in_each.reconciles + _ENTRY_EVENTS * _NUMBER

"""An edit of an entry that twenty PodIdentities name (`python -m tests.e2e catalogue` takes any number)."""

from tests.controlplane.plane import ControlPlane
from tests.e2e import entry_edits
from tests.e2e.api import Api
from tests.e2e.entries import watched
from tests.e2e.identities import FLAVOURS

_NUMBER = 20
_QUIET = 5.0


def test_an_edit_renders_every_identity_anew(plane: ControlPlane, api: Api) -> None:
    """As often as the entry changes, where it is watched, and at most once more than the same edit in each PodIdentity would."""
    unrendered, in_entry, in_each = entry_edits.measure(plane, api, FLAVOURS["xr"], _NUMBER, _QUIET, print)
    for edited in (unrendered, in_entry, in_each):
        print(edited)
        assert (edited.failed, edited.breakers, edited.calls_after) == (0, 0, 0)
    # One change is the edit. The others are Crossplane's, which notes in the status which generation it has seen and takes that
    # back once or twice, where it began to reconcile with what its cache held before; with hundreds they come while these wait.
    each = unrendered.entry_changes if watched(plane) else 3
    assert unrendered.calls <= each * _NUMBER
    assert in_entry.reconciles <= in_each.reconciles + _NUMBER

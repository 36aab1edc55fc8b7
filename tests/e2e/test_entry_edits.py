"""An edit of an entry that twenty PodIdentities name (`python -m tests.e2e catalogue` takes any number)."""

from tests.controlplane.plane import ControlPlane
from tests.e2e import entry_edits
from tests.e2e.api import Api
from tests.e2e.identities import FLAVOURS

_NUMBER = 20
_QUIET = 5.0
_CALLS_EACH = 5
"""An edit is two events of the entry, its spec and what Crossplane says of it, and managed resources that change are another; the
first reconcile may call twice. Of hundreds most coincide (catalogue.md)."""


def test_an_edit_renders_every_identity_anew(plane: ControlPlane, api: Api) -> None:
    for edited in entry_edits.measure(plane, api, FLAVOURS["xr"], _NUMBER, _QUIET, print):
        print(edited)
        assert (edited.failed, edited.breakers, edited.calls_after) == (0, 0, 0)
        assert edited.calls_each <= _CALLS_EACH

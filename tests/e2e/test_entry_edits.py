"""An edit of an entry that twenty PodIdentities name (`python -m tests.e2e catalogue` takes any number)."""

from tests.controlplane.plane import ControlPlane
from tests.e2e import entry_edits
from tests.e2e.api import Api
from tests.e2e.identities import FLAVOURS

_NUMBER = 20
_QUIET = 5.0
_RECONCILES_EACH = 5
"""Two for the entry, whose spec changes and of which Crossplane then says that it has seen it, and one for each of the role and two
associations, whose provider says the same. Before Crossplane 2.4 each is two calls, since nothing is fetched beforehand."""


def test_an_edit_renders_every_identity_anew(plane: ControlPlane, api: Api) -> None:
    for edited in entry_edits.measure(plane, api, FLAVOURS["xr"], _NUMBER, _QUIET, print):
        print(edited)
        assert (edited.failed, edited.breakers, edited.calls_after) == (0, 0, 0)
        assert edited.reconciles <= _RECONCILES_EACH * _NUMBER

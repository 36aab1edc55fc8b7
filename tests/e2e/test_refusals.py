"""What the API server refuses is seen: the check that ends every other end-to-end test can fail."""

import pytest

from tests.controlplane.plane import ControlPlane
from tests.e2e import load, versions
from tests.e2e.audit import Audit
from tests.e2e.identities import FLAVOURS, Identity
from tests.e2e.specs import spec


@pytest.mark.refusals
@pytest.mark.parametrize("flavour", [FLAVOURS["xr"]], ids=["xr"])
def test_a_status_field_that_the_xrd_lacks_is_seen(plane: ControlPlane, identity: Identity, audit: Audit) -> None:
    with versions.installed(plane, versions.WITHOUT_A_STATUS_FIELD):
        identity.apply(spec())
        identity.until(audit.refusals, "refused")
    assert "field not declared in schema" in audit.refusals()[0].message
    # All is well once kind and function agree again. An edit, so that Crossplane does not wait before it tries again.
    identity.apply(spec() | {"tags": {"tried": "again"}})
    identity.settle()
    # Crossplane 2.4.0 was seen to leave composed resources unwatched after kinds changed and changed back, until it is started anew.
    load.restart_core(plane)

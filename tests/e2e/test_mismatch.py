"""A wrong digit in the catalogue: every identity that names the entry stays as it is, and says both accounts."""

from typing import Any

import pytest

from tests.e2e.audit import Audit
from tests.e2e.entries import Entry, look_again
from tests.e2e.identities import Identity
from tests.e2e.specs import ACCOUNT, REGION, spec

_WRONG = "111122223334"


def _typed(account: str) -> dict[str, Any]:
    return {"eks": {"clusterName": "prod", "region": REGION, "accountId": account}}


@pytest.mark.oldest
def test_a_mistyped_account_takes_nothing_away(identity: Identity, entry: Entry, audit: Audit) -> None:
    entry.apply(**_typed(ACCOUNT))
    entry.settle()
    identity.apply(spec("reader", "writer", clusters=({"name": entry.name},)))
    identity.settle()
    before, cloud = identity.composed(), identity.cloud().associations(identity.namespace)
    token = identity.read()["status"]["rolloutToken"]

    entry.apply(**_typed(_WRONG))
    entry.until(lambda: entry.facts()["eks"]["accountId"] == _WRONG, "with the wrong account")
    look_again(identity)
    identity.until(lambda: identity.our_conditions()["RoleReady"][:2] == ("False", "AccountMismatch"), "held")
    said = identity.our_conditions()["RoleReady"][2]
    assert f"is {_WRONG}, but provider config default reaches account {ACCOUNT}" in said
    assert identity.our_conditions()["SpecValid"] == ("False", "Invalid", said)
    assert (identity.composed(), identity.cloud().associations(identity.namespace)) == (before, cloud)

    entry.apply(**_typed(ACCOUNT))
    entry.until(lambda: entry.facts()["eks"]["accountId"] == ACCOUNT, "mended")
    look_again(identity)
    identity.until(lambda: identity.our_conditions()["RoleReady"][0] == "True", "healed")
    identity.settle()
    assert (identity.composed(), identity.cloud().associations(identity.namespace)) == (before, cloud)
    assert identity.read()["status"]["rolloutToken"] == token
    assert not audit.deletions()
    # Without the entry, which goes with the test, it would be tried in vain for ever.
    identity.delete()
    identity.wait_gone()

"""An association that EKS made, and whose maker never heard of it: on the real provider-aws alone, which cannot be made to forget."""

import pytest

from tests.e2e.identities import Identity
from tests.e2e.specs import spec
from tests.real import aws

pytestmark = pytest.mark.real(only=True)


def test_an_association_whose_answer_was_lost_is_adopted(identity: Identity) -> None:
    aws.lose_the_next_answer(identity.plane.ports)
    identity.apply(spec("reader"))
    identity.until(lambda: "Association already exists" in _associations_ready(identity), "refused")
    (made,) = identity.cloud().associations(identity.namespace)
    assert made.id in _associations_ready(identity)
    identity.apply(spec("reader", association={"onConflict": "Adopt"}))
    identity.settle()
    (association,) = identity.associations().values()
    assert association.external_name == made.id
    assert [found.id for found in identity.cloud().associations(identity.namespace)] == [made.id]
    assert "adopted" in _associations_ready(identity)


def _associations_ready(identity: Identity) -> str:
    return identity.our_conditions().get("AssociationsReady", ("", "", ""))[2]

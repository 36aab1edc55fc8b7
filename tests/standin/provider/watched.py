"""Kinds that are only looked at: the things themselves are made by options of the stand-in."""

from tests.standin.cloud.refusal import CloudError
from tests.standin.provider.kind import Asked, Fields, Kind
from tests.standin.provider.session import Refused, Session
from tests.standin.provider.upjet import Change

_REFUSAL = "the stand-in neither makes nor deletes one: managementPolicies must be [Observe]"


class Watched(Kind):
    """Whoever wants one made or deleted is told so, and nothing is compared."""

    def create(self, _session: Session, _asked: Asked) -> str:
        """Refused."""
        raise Refused(_REFUSAL, CloudError(_REFUSAL, 400, _REFUSAL))

    def changes(self, _asked: Asked, _state: Fields) -> list[Change]:
        """None."""
        return []

    def delete(self, _session: Session, _state: Fields) -> None:
        """Refused."""
        raise Refused(_REFUSAL, CloudError(_REFUSAL, 400, _REFUSAL))

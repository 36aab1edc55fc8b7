"""What all kinds of cluster have in common as PodIdentities list them."""

from typing import ClassVar

from function.spec.issuer import DEFAULT_AUDIENCE, Issuer
from function.spec.model import Strict

OF_ENTRIES = {
    "observe": "an entry of the catalogue, PodIdentityCluster, has it: name that, and leave the facts out",
    "name": "write clusterName, or let the item's own name say it",
}
"""What to say of a field that only entries have, and of one that the item has."""


class Listed(Strict):
    """A cluster's facts in an item of spec.clusters. Each kind of cluster is a subclass."""

    KIND: ClassVar[str]
    """The name of its field."""
    TITLE: ClassVar[str]
    """What to call one in a sentence."""

    def where(self, handle: str) -> tuple[str, ...]:
        """What tells it from other clusters, its kind first; `handle` is what the item calls it."""
        raise NotImplementedError

    @property
    def issuer(self) -> Issuer | None:
        """The issuer of its service accounts' tokens, where it is known."""
        return None

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """All issuers of its service accounts' tokens that are known."""
        return (self.issuer,) if self.issuer else ()

    @property
    def audience_for_aws(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return DEFAULT_AUDIENCE

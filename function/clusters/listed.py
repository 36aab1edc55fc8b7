"""What all kinds of cluster have in common as PodIdentities list them."""

from typing import ClassVar

from function.spec.issuer import DEFAULT_AUDIENCE, Issuer
from function.spec.model import Strict


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
    def audience_for_aws(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return DEFAULT_AUDIENCE

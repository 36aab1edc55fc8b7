"""What provider-gcp's kinds have in common."""

from typing import ClassVar

from tests.standin.provider.kind import Kind
from tests.standin.provider.upjet import PluginSDK


class GoogleKind(Kind):
    """A kind of provider-gcp; all are on the plugin SDK, and Terraform's google provider begins its messages itself.

    A thing that is deleted while a change of it is refused does not come back: what upjet hands to Terraform's Apply, which creates
    anew after the deletion, has nothing but the fields that changed, and Google makes nothing of these.
    """

    cloud: ClassVar[str] = "gcp"
    make = PluginSDK(recreates=False)

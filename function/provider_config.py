"""Which credentials a provider uses: the reference that every managed resource carries."""

from collections.abc import Iterator
from typing import Literal

from function.composition import Flavour
from function.errors import FieldError, Path
from function.schema import DNSSubdomain, Maybe, Strict


class _Reference(Strict):
    """A reference to a provider's configuration."""

    kind: Maybe[Literal["ProviderConfig", "ClusterProviderConfig"]] = None
    """What it is. Not to be written in a claim, whose resources know one kind only. Default: `ClusterProviderConfig`. Example:
    `ProviderConfig`."""
    name: DNSSubdomain

    def render(self, flavour: Flavour) -> dict[str, str]:
        """The reference as a managed resource of this flavour has it."""
        if flavour.namespaced:
            return {"kind": self.kind or "ClusterProviderConfig", "name": self.name}
        return {"name": self.name}

    def check(self, flavour: Flavour, at: Path) -> Iterator[FieldError]:
        """Cluster-scoped managed resources refer to a ProviderConfig by its name alone."""
        if self.kind is not None and not flavour.namespaced:
            message = (
                "cannot be chosen in a claim: its resources are cluster-scoped and take a ProviderConfig; write name alone"
            )
            yield FieldError((*at, "kind"), message)


class ProviderConfigRef(_Reference):
    """The provider's configuration, and with it the credentials and the account, that the managed resources use."""

    name: DNSSubdomain = "default"
    """Its name. Default: `default`. Example: `prod`."""


class KubernetesProviderConfigRef(_Reference):
    """The configuration of provider-kubernetes, and with it the cluster, that an object is written to."""

    name: DNSSubdomain
    """Its name. Example: `prod`."""

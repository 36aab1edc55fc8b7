"""What is seen of the real cluster, through the managed resource that observes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws.iam.arn import Arn
from function.observed import ObservedResource

_CLUSTER = "cluster/"


@dataclass(frozen=True, slots=True)
class EKSSighting:
    """What is seen of an EKS cluster."""

    arn: str
    issuer: str | None
    auto_mode: bool

    @property
    def region(self) -> str:
        """The region in its ARN."""
        return self._parts.region

    @property
    def account(self) -> str:
        """The account in its ARN."""
        return self._parts.account

    @property
    def name(self) -> str:
        """The name in its ARN."""
        return self._parts.resource.removeprefix(_CLUSTER)

    @property
    def _parts(self) -> Arn:
        return Arn.parse(self.arn) or Arn("", "", "", "", self.arn)


@dataclass(frozen=True, slots=True)
class GKESighting:
    """What is seen of a GKE cluster."""

    project: str
    pool: str | None


def see_eks(resource: ObservedResource | None) -> EKSSighting | None:
    """The EKS cluster, None where the provider has not seen it."""
    seen = _at_provider(resource)
    arn, issuer = _text(seen, "arn"), None
    for identity in _list(seen, "identity"):
        for oidc in _list(identity, "oidc"):
            issuer = issuer or _text(oidc, "issuer")
    return EKSSighting(arn, issuer, _object(seen, "computeConfig").get("enabled") is True) if arn else None


def see_gke(resource: ObservedResource | None) -> GKESighting | None:
    """The GKE cluster, None where the provider has not seen it."""
    seen = _at_provider(resource)
    project = _text(seen, "project")
    return GKESighting(project, _text(_object(seen, "workloadIdentityConfig"), "workloadPool")) if project else None


def _at_provider(resource: ObservedResource | None) -> dict[str, Any]:
    return resource.object("status", "atProvider") if resource is not None else {}


def _text(value: Mapping[str, Any], field: str) -> str | None:
    found = value.get(field)
    return found if isinstance(found, str) and found else None


def _object(value: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = value.get(field)
    return found if isinstance(found, Mapping) else {}


def _list(value: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    found = value.get(field)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []

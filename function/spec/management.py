"""How Crossplane manages what is composed: in which scope, through which provider config, and what it may do with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from function.errors import FieldError, Path, listed
from function.spec.model import Distinct, Maybe, Strict
from function.spec.patterns import DNSSubdomain

ManagementPolicies = Annotated[
    list[Literal["*", "Observe", "Create", "Update", "Delete", "LateInitialize"]], Field(max_length=6), Distinct
]

# crossplane-runtime pkg/reconciler/managed: a managed resource with any other combination is not reconciled.
_SUPPORTED = frozenset(
    frozenset(names.split())
    for names in (
        "*",
        "",
        "Observe",
        "Observe Create",
        "Observe Delete",
        "Observe Update",
        "Observe LateInitialize",
        "Observe Create Delete",
        "Observe Create Update",
        "Observe Create LateInitialize",
        "Observe Update LateInitialize",
        "Observe Create Update Delete",
        "Observe Create Update LateInitialize",
        "Observe Create Delete LateInitialize",
        "Observe Create Update Delete LateInitialize",
    )
)


def check_policies(policies: list[str]) -> Iterator[FieldError]:
    """Refuse a combination of management policies that providers do not support."""
    if frozenset(policies) not in _SUPPORTED:
        message = f"{listed(policies)} is not a combination that providers support; see managementPolicies in Crossplane's docs"
        yield FieldError(("spec", "managementPolicies"), message)


def without(policies: Sequence[str], policy: str) -> tuple[str, ...]:
    """Management policies, less one of them."""
    if policy and policies == ("*",):
        policies = ("Observe", "Create", "Update", "Delete", "LateInitialize")
    return tuple(each for each in policies if each != policy)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which of the two kinds of managed resources are composed: in the XR's namespace, or cluster-scoped (claims)."""

    namespaced: bool

    def group(self, service: str, cloud: str) -> str:
        """The API group of a service's managed resources, `iam.aws.m.upbound.io` or `iam.aws.upbound.io`."""
        return f"{service}.{cloud}.{'m.' if self.namespaced else ''}upbound.io"


class _Reference(Strict):
    """A reference to a provider config."""

    kind: Maybe[Literal["ProviderConfig", "ClusterProviderConfig"]] = None
    """The kind of provider config. Leave it out in a claim: its resources have only one kind. Default: `ClusterProviderConfig`.
    Example: `ProviderConfig`."""
    name: DNSSubdomain

    def render(self, scope: Scope) -> dict[str, str]:
        """The reference as a managed resource of this scope has it."""
        if scope.namespaced:
            return {"kind": self.kind or "ClusterProviderConfig", "name": self.name}
        return {"name": self.name}

    def check(self, scope: Scope, at: Path) -> Iterator[FieldError]:
        """Cluster-scoped managed resources refer to a ProviderConfig by its name alone."""
        if self.kind is not None and not scope.namespaced:
            message = (
                "cannot be chosen in a claim: its resources are cluster-scoped and take a ProviderConfig; write name alone"
            )
            yield FieldError((*at, "kind"), message)


class ProviderConfigRef(_Reference):
    """The provider config, and with it the credentials and the account, that the managed resources use."""

    name: DNSSubdomain = "default"
    """Its name. Default: `default`. Example: `prod`."""


class KubernetesProviderConfigRef(_Reference):
    """provider-kubernetes's provider config, and with it the cluster, that an object is written to."""

    name: DNSSubdomain
    """Its name. Example: `prod`."""

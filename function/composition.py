"""What a composition comes to: managed resources, status, conditions, as plain values that shells encode."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from function.errors import FieldError
from function.observed import Observed

Manifest = Mapping[str, Any]
"""A Kubernetes object as plain values: mappings, lists, strings, numbers, booleans."""

EXTERNAL_NAME = "crossplane.io/external-name"
"""The annotation that holds what the cloud calls a managed resource."""


@dataclass(frozen=True, slots=True)
class Flavour:
    """Which of the two kinds of managed resources an XR composes: in its own namespace, or cluster-scoped (claims)."""

    namespaced: bool

    def group(self, service: str, cloud: str) -> str:
        """The API group of a service's managed resources, `iam.aws.m.upbound.io` or `iam.aws.upbound.io`."""
        return f"{service}.{cloud}.{'m.' if self.namespaced else ''}upbound.io"


class ManagedResource(NamedTuple):
    """One composed resource.

    Siblings share a manifest and differ in a few strings of `spec.forProvider`, so that a shell can encode the shared part
    once: with a thousand associations that is what encoding costs.
    """

    name: str
    """The composition resource name: hashes all facts that the cloud cannot change in place."""
    manifest: Manifest
    for_provider: Mapping[str, str] = {}

    def object(self) -> dict[str, Any]:
        """The whole object, as YAML would show it."""
        if not self.for_provider:
            return dict(self.manifest)
        spec = self.manifest["spec"]
        return {**self.manifest, "spec": {**spec, "forProvider": {**spec["forProvider"], **self.for_provider}}}


Status = Literal["True", "False", "Unknown"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the XR and of its claim. Crossplane wants a reason; messages are plain English without a full stop."""

    type: str
    status: Status
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """An object to be fetched by Crossplane before the answer is final."""

    name: str
    api_version: str
    kind: str
    match_name: str


@dataclass(frozen=True, slots=True)
class CompositionResult:
    """The answer to one call. With `fatal` set there are no resources: what exists stays as it is."""

    conditions: tuple[Condition, ...]
    resources: tuple[ManagedResource, ...] = ()
    ready: frozenset[str] = frozenset()
    """The names of the resources that are ready."""
    unready: bool = False
    """Whether the XR is not ready even if all resources are."""
    status: Mapping[str, Any] | None = None
    requirements: tuple[Requirement, ...] = ()
    fatal: str | None = None
    """Why nothing could be composed."""
    faults: tuple[FieldError, ...] = ()
    """The faults of the input that `fatal` names, one by one."""


Compose = Callable[[Observed], CompositionResult]
"""Answers with what is observed; what was asked for has been read and rendered, so it cannot fail."""


def managed_resource(
    name: str, api_version: str, kind: str, spec: Mapping[str, Any], annotations: Mapping[str, str] | None = None
) -> ManagedResource:
    """A managed resource without siblings, or the one that siblings are copied from."""
    metadata = {"metadata": {"annotations": dict(annotations)}} if annotations else {}
    return ManagedResource(name, {"apiVersion": api_version, "kind": kind, **metadata, "spec": spec})

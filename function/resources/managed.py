"""Composed resources as values, and the one place where a managed resource is put together."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]
"""A Kubernetes object as plain values: mappings, lists, strings, numbers, booleans."""

EXTERNAL_NAME = "crossplane.io/external-name"
"""The annotation that holds what the cloud calls a managed resource."""


class ComposedResource(NamedTuple):
    """One composed resource.

    Siblings share a manifest and differ in a few strings of `spec.forProvider`, so that a shell can encode the shared part
    once: with a thousand associations that is what encoding costs.
    """

    name: str
    """The composition resource name: hashes all facts that the cloud cannot change in place."""
    manifest: Manifest
    for_provider: Mapping[str, str] = {}

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return str(self.manifest["kind"])

    @property
    def external_name(self) -> str:
        """What the cloud calls it; empty where nobody says so."""
        return str(self.manifest.get("metadata", {}).get("annotations", {}).get(EXTERNAL_NAME, ""))

    def object(self) -> dict[str, Any]:
        """The whole object, as YAML would show it."""
        if not self.for_provider:
            return dict(self.manifest)
        spec = self.manifest["spec"]
        return {**self.manifest, "spec": {**spec, "forProvider": {**spec["forProvider"], **self.for_provider}}}


def composed_resource(
    name: str, api_version: str, kind: str, spec: Mapping[str, Any], annotations: Mapping[str, str] | None = None
) -> ComposedResource:
    """A composed resource of any kind."""
    metadata = {"metadata": {"annotations": dict(annotations)}} if annotations else {}
    return ComposedResource(name, {"apiVersion": api_version, "kind": kind, **metadata, "spec": spec})


def managed_resource(
    name: str,
    api_version: str,
    kind: str,
    for_provider: Mapping[str, Any],
    *,
    provider_config: Mapping[str, str],
    management_policies: Sequence[str],
    init_provider: Mapping[str, Any] | None = None,
    external_name: str | None = None,
    annotations: Mapping[str, str] | None = None,
    namespace: str = "",
) -> ComposedResource:
    """A managed resource, or the one that siblings are copied from.

    `init_provider` is for fields that are set when it is created, and left alone from then on. `namespace` is for those that
    go into another namespace than the XR's; empty, Crossplane decides.
    """
    all_annotations = ({EXTERNAL_NAME: external_name} if external_name else {}) | dict(annotations or {})
    metadata: dict[str, Any] = {"annotations": all_annotations} if all_annotations else {}
    metadata |= {"namespace": namespace} if namespace else {}
    manifest = {
        "apiVersion": api_version,
        "kind": kind,
        **({"metadata": metadata} if metadata else {}),
        "spec": {
            "forProvider": dict(for_provider),
            **({"initProvider": dict(init_provider)} if init_provider else {}),
            "managementPolicies": list(management_policies),
            "providerConfigRef": dict(provider_config),
        },
    }
    return ComposedResource(name, manifest)

"""The defaults for PodIdentities in Google Cloud that the catalogue's entry of a cluster can hold: its `spec.gcp`."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from function.clusters.entry import EntryCluster
from function.clusters.gke import GKE
from function.clusters.vcluster import VirtualCluster
from function.errors import FieldError
from function.spec.management import ProviderConfigRef
from function.spec.model import Strict


class Defaults(Strict):
    """What PodIdentities of this cluster have in `spec.gcp` where they write nothing."""

    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider config that their managed resources use, and that reads the GKE cluster. Default:
    `{kind: ClusterProviderConfig, name: default}`. Example: `{name: prod}`."""


def offered(written: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001 - of other clouds
    """The defaults for a PodIdentity's `spec.gcp`."""
    return defaults


def check(defaults: Defaults, cluster: EntryCluster) -> Iterator[FieldError]:  # noqa: ARG001 - of other clouds
    """Defaults that no PodIdentity of the cluster could use."""
    if not isinstance(cluster, GKE | VirtualCluster):
        message = f"says nothing for {cluster.TITLE}: identities in Google Cloud need a GKE cluster"
        yield FieldError(("spec", "gcp"), message)

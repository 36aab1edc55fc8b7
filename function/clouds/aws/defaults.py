"""The defaults for PodIdentities in AWS that the catalogue's entry of a cluster can hold: its `spec.aws`."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from function.clouds.aws.names import RoleArn
from function.clusters.eks import EKS
from function.clusters.entry import EntryCluster
from function.clusters.kubernetes import Kubernetes
from function.clusters.vcluster import VirtualCluster
from function.errors import FieldError, Path, quoted
from function.spec.arn import partition_of
from function.spec.management import ProviderConfigRef
from function.spec.model import Maybe, Strict
from function.spec.patterns import AccountId

_AT: Path = ("spec", "aws")
_NOT_WITH_SOURCE_ROLE = ("credentials", "irsa", "targetRole", "association")


class Defaults(Strict):
    """What PodIdentities of this cluster have in `spec.aws` where they write nothing."""

    account_id: Maybe[AccountId] = None
    """The account of their roles. Default: the EKS cluster's. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider config that their managed resources use, and that reads the EKS cluster and installs its add-on.
    Default: `{kind: ClusterProviderConfig, name: default}`. Example: `{name: prod}`."""
    source_role_arn: Maybe[RoleArn] = None
    """The role that the platform associates with the service accounts of this EKS cluster, so that PodIdentities compose target
    roles alone. Default: none. Example: `arn:aws:iam::678801588313:role/host-primary-role`."""


def offered(written: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """The defaults for a PodIdentity's `spec.aws`. Those with a source role are not for whoever wants none."""
    role = written.get("role")
    excluded = any(name in written for name in _NOT_WITH_SOURCE_ROLE) or (isinstance(role, Mapping) and "arn" in role)
    return {} if excluded and "sourceRoleArn" in defaults else defaults


def check(defaults: Defaults, cluster: EntryCluster) -> Iterator[FieldError]:
    """Defaults that no PodIdentity of the cluster could use."""
    if not isinstance(cluster, EKS | Kubernetes | VirtualCluster):
        yield FieldError(_AT, f"says nothing for {cluster.TITLE}: identities in AWS cannot use one")
    arn, at = defaults.source_role_arn, (*_AT, "sourceRoleArn")
    if arn is None or not arn.aws_partition:
        return
    if isinstance(cluster, Kubernetes):
        yield FieldError(at, "needs an EKS cluster: only EKS assumes it for pods")
    elif isinstance(cluster, EKS):
        partition, account = partition_of(cluster.region), cluster.account_id
        if partition is not None and arn.aws_partition != partition:
            yield FieldError(at, f"partition mismatch: {quoted(arn)} is in {arn.aws_partition}, the cluster is in {partition}")
        elif account is not None and arn.account != account:
            message = f"{quoted(arn)} is in account {arn.account}, the cluster in {account}: EKS assumes roles of its account"
            yield FieldError(at, message)

"""What a PodIdentityCluster's fields have to keep together."""

import re
from collections.abc import Iterator

from function import management
from function.clouds.aws.iam.arn import Arn, partition_of
from function.cluster.spec import EKS, GKE, OIDCProvider, Spec
from function.errors import FieldError, Path, quoted
from function.provider_config import ProviderConfigRef

_OBSERVE = "observe: true, which reads it from the real cluster"


def check_name(name: str) -> Iterator[FieldError]:
    """PodIdentities name it as the handle of a cluster, which is a DNS label."""
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name):
        message = f"{quoted(name)} is not a DNS-1123 label, as which PodIdentities name it in spec.clusters"
        yield FieldError(("metadata", "name"), message)


def check(spec: Spec, name: str) -> Iterator[FieldError]:
    """Faults that need more than one field."""
    if spec.eks is not None:
        yield from _eks(spec.eks)
    if spec.gke is not None:
        yield from _gke(spec.gke)
    if spec.kubernetes is not None:
        yield from _oidc_providers(spec.kubernetes.oidc_providers, "kubernetes")
    if spec.vcluster is not None:
        yield from spec.vcluster.check(("spec", "vcluster"))
        if spec.vcluster.host_cluster == name:
            message = f"{quoted(name)} is this PodIdentityCluster itself; name that of the cluster which the vcluster runs in"
            yield FieldError(("spec", "vcluster", "hostCluster"), message)
    yield from _defaults(spec)
    yield from _managed_resources(spec)
    yield from management.check(list(spec.management_policies))


def _eks(eks: EKS) -> Iterator[FieldError]:
    at: Path = ("spec", "eks")
    if not eks.observe and eks.account_id is None:
        yield FieldError((*at, "accountId"), f"is required: write it, or {_OBSERVE}")
    if not eks.observe and eks.oidc_providers and eks.oidc_issuer is None:
        yield FieldError((*at, "oidcIssuer"), f"is required for oidcProviders: write it, or {_OBSERVE}")
    if partition_of(eks.region) is None:
        yield FieldError((*at, "region"), f"{quoted(eks.region)} is not a region of any partition of AWS")
    agent = eks.pod_identity_agent
    if agent is not None and agent.version is not None and not agent.addon:
        yield FieldError((*at, "podIdentityAgent", "version"), "is the add-on's: write addon: true, or leave version out")
    yield from _oidc_providers(eks.oidc_providers, "eks")


def _gke(gke: GKE) -> Iterator[FieldError]:
    if not gke.observe and gke.project_id is None:
        yield FieldError(("spec", "gke", "projectId"), f"is required: write it, or {_OBSERVE}")


def _oidc_providers(providers: list[OIDCProvider], kind: str) -> Iterator[FieldError]:
    seen = set()
    for index, provider in enumerate(providers):
        if provider.account_id in seen:
            message = f"{quoted(provider.account_id)} is listed twice: an account has one OIDC provider for an issuer"
            yield FieldError(("spec", kind, "oidcProviders", index, "accountId"), message)
        seen.add(provider.account_id)


def _defaults(spec: Spec) -> Iterator[FieldError]:
    """Defaults that no PodIdentity of this cluster could use."""
    if spec.gke is not None and spec.aws is not None:
        yield FieldError(("spec", "aws"), "says nothing for a GKE cluster: identities in AWS cannot use one")
    other = "an EKS cluster" if spec.eks else "a cluster outside GKE" if spec.kubernetes else ""
    if other and spec.gcp is not None:
        yield FieldError(("spec", "gcp"), f"says nothing for {other}: identities in Google Cloud need a GKE cluster")
    arn = Arn.parse((spec.aws.source_role_arn if spec.aws else None) or "")
    if arn is None:
        return
    at: Path = ("spec", "aws", "sourceRoleArn")
    if spec.kubernetes is not None:
        yield FieldError(at, "EKS alone assumes it for pods: it needs an EKS cluster")
    elif spec.eks is not None:
        partition, account = partition_of(spec.eks.region), spec.eks.account_id
        if partition is not None and arn.partition != partition:
            yield FieldError(at, f"partition mismatch: {quoted(str(arn))} is in {arn.partition}, the cluster is in {partition}")
        elif account is not None and arn.account != account:
            message = (
                f"{quoted(str(arn))} is in account {arn.account}, the cluster in {account}: EKS assumes roles of its account"
            )
            yield FieldError(at, message)


def _managed_resources(spec: Spec) -> Iterator[FieldError]:
    if spec.managed_resources.scope == "Namespaced":
        return
    if spec.managed_resources.namespace is not None:
        message = "has no meaning with scope Cluster, whose resources have no namespace: leave it out"
        yield FieldError(("spec", "managedResources", "namespace"), message)
    for at, reference in _references(spec):
        if reference.kind == "ProviderConfig":
            message = (
                "is ProviderConfig, and with managedResources.scope Cluster it has to be usable without a namespace: "
                "write the name alone"
            )
            yield FieldError((*at, "kind"), message)


def _references(spec: Spec) -> Iterator[tuple[Path, ProviderConfigRef]]:
    for cloud, defaults in (("aws", spec.aws), ("gcp", spec.gcp)):
        if defaults is not None:
            yield ("spec", cloud, "providerConfigRef"), defaults.provider_config_ref
    for kind, cluster in (("eks", spec.eks), ("kubernetes", spec.kubernetes)):
        for index, provider in enumerate(cluster.oidc_providers if cluster else ()):
            yield ("spec", kind, "oidcProviders", index, "providerConfigRef"), provider.provider_config_ref

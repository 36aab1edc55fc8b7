"""The spec of a PodIdentityCluster: what platform teams write."""

from typing import Annotated, Literal

from pydantic import Field

from function.clouds.aws.names import RoleArn
from function.clusters import (
    DEFAULT_AUDIENCE,
    AccountId,
    ClusterName,
    GKEClusterName,
    KubernetesCluster,
    Location,
    OIDCIssuer,
    ProjectId,
    ProjectNumber,
    Region,
    WorkloadPool,
)
from function.management import ManagementPolicies
from function.provider_config import KubernetesProviderConfigRef, ProviderConfigRef
from function.schema import Distinct, DNSLabel, Exclusive, Exclusively, ListMap, Maybe, NotEmpty, Rule, Strict, Text
from function.vclusters import VCluster

AddonVersion = Annotated[str, Text("an add-on's version", r"v[0-9]+(\.[0-9]+)+[A-Za-z0-9.-]*", 64, "such as v1.3.8-eksbuild.2")]

NamespacePattern = Annotated[
    str,
    Text(
        "a pattern of namespaces",
        r"[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?",
        63,
        "lower case letters, digits, '-' and '*', which stands for any characters",
    ),
]


class PodIdentityAgent(Strict):
    """The EKS Pod Identity Agent, without which pods get no credentials from associations."""

    RULES = (Rule("!has(self.version) || self.addon", "version needs addon: true"),)

    addon: bool
    """Whether EKS's add-on `eks-pod-identity-agent` is installed, or taken over where it is installed; never while Auto Mode is
    on, which has the agent built in. `false`: the cluster has no agent. Where something else installs it, leave
    podIdentityAgent out. Example: `true`."""
    version: Maybe[AddonVersion] = None
    """The add-on's version. Default: the one that EKS chooses, or that is installed. Example: `v1.3.8-eksbuild.2`."""


class OIDCProvider(Strict):
    """The IAM OIDC provider of the cluster's issuer in one account."""

    account_id: AccountId
    """The account, that of the roles which trust the issuer, 12 digits in quotes. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef
    """The provider configuration that makes it, one of that account. Example: `{name: prod}`."""


OIDCProviders = Annotated[list[OIDCProvider], Field(max_length=100), ListMap(("accountId",))]


class EKS(Strict):
    """An EKS cluster: its facts, or where to read them, and what it needs once."""

    RULES = (
        Rule("has(self.accountId) || (has(self.observe) && self.observe)", "accountId is needed without observe"),
        Rule(
            "!has(self.oidcProviders) || size(self.oidcProviders) == 0 || has(self.oidcIssuer) "
            "|| (has(self.observe) && self.observe)",
            "oidcProviders need oidcIssuer, without observe",
        ),
    )

    cluster_name: ClusterName = ""
    """Its name in EKS. Default: `metadata.name`. Example: `prod-apne2`."""
    region: Region
    """The region it runs in. Example: `ap-northeast-2`."""
    observe: bool = False
    """Whether account, issuer and Auto Mode are read from the real cluster, by a managed resource that only observes it. What
    is written nevertheless has to agree. Default: `false`, they are as written. Example: `true`."""
    account_id: Maybe[AccountId] = None
    """The account that owns it, 12 digits in quotes. Default: with `observe` the real cluster's; required without. Example:
    `"678801588313"`."""
    oidc_issuer: Maybe[OIDCIssuer] = None
    """The URL of its OIDC issuer, which IRSA needs. Default: with `observe` the real cluster's, without it none. Example:
    `https://oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`."""
    auto_mode: Maybe[bool] = None
    """Whether EKS Auto Mode is on, which has the Pod Identity Agent built in. Default: with `observe` as the real cluster has
    it, without it `false`. Example: `true`."""
    pod_identity_agent: Maybe[PodIdentityAgent] = None
    """The EKS Pod Identity Agent. Default: nothing is done about it, and nothing known. Example:
    `{addon: true, version: v1.3.8-eksbuild.2}`."""
    oidc_providers: OIDCProviders = []
    """The accounts whose roles use IRSA: in each an OIDC provider is made, or taken over where there is one, which then admits
    the audience `sts.amazonaws.com` alone. Default: none. Example:
    `[{accountId: "678801588313", providerConfigRef: {name: prod}}]`."""


class GKE(Strict):
    """A GKE cluster: its facts, or where to read them."""

    RULES = (Rule("has(self.projectId) || (has(self.observe) && self.observe)", "projectId is needed without observe"),)

    project_id: Maybe[ProjectId] = None
    """The id of the project that it belongs to. Default: with `observe` the real cluster's; required without. Example:
    `prod-436507`."""
    cluster_name: GKEClusterName = ""
    """Its name in GKE. Default: `metadata.name`. Example: `prod-ew1`."""
    location: Location
    """The region or zone that it runs in. Example: `europe-west1`."""
    observe: bool = False
    """Whether project and workload identity pool are read from the real cluster, by a managed resource that only observes it.
    What is written nevertheless has to agree. Default: `false`, they are as written. Example: `true`."""
    project_number: Maybe[ProjectNumber] = None
    """The number of the workload identity pool's project, in quotes; mode Direct needs it, and it cannot be observed. Default:
    none. Example: `"123456789012"`."""
    workload_pool: Maybe[WorkloadPool] = None
    """Its workload identity pool. Default: with `observe` the real cluster's, without it `PROJECT_ID.svc.id.goog`; in a fleet
    that of the fleet's host project. Example: `fleet-host.svc.id.goog`."""


class Kubernetes(KubernetesCluster):
    """A cluster outside EKS and GKE, and the OIDC providers that it needs."""

    oidc_providers: OIDCProviders = []
    """The accounts whose roles use IRSA: in each an OIDC provider is made, or taken over where there is one, which then admits
    the cluster's audience alone. Default: none. Example: `[{accountId: "678801588313", providerConfigRef: {name: prod}}]`."""

    @property
    def audience_or_default(self) -> str:
        """The audience of the pods' tokens for AWS."""
        return self.audience or DEFAULT_AUDIENCE


class VirtualCluster(VCluster):
    """A virtual cluster in another entry's cluster, whose facts it shares."""

    host_cluster: DNSLabel
    """The PodIdentityCluster of the cluster that it runs in. Example: `prod`."""


class AWSDefaults(Strict):
    """What PodIdentities of this cluster have in `spec.aws` where they write nothing."""

    account_id: Maybe[AccountId] = None
    """The account of their roles. Default: the EKS cluster's. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider configuration that their managed resources use, and that reads the EKS cluster and installs its add-on.
    Default: `{kind: ClusterProviderConfig, name: default}`. Example: `{name: prod}`."""
    source_role_arn: Maybe[RoleArn] = None
    """The role that the platform associates with the service accounts of this EKS cluster, so that PodIdentities compose target
    roles alone. Default: none. Example: `arn:aws:iam::678801588313:role/host-primary-role`."""


class GCPDefaults(Strict):
    """What PodIdentities of this cluster have in `spec.gcp` where they write nothing."""

    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider configuration that their managed resources use, and that reads the GKE cluster. Default:
    `{kind: ClusterProviderConfig, name: default}`. Example: `{name: prod}`."""


class UsableFrom(Strict):
    """Whose PodIdentities may name this cluster."""

    namespaces: Annotated[list[NamespacePattern], NotEmpty, Field(max_length=64), Distinct]
    """Patterns of their namespaces; `*` stands for any characters. Example: `["team-*"]`."""


class ManagedResources(Strict):
    """Which of the two kinds of managed resources is composed here."""

    RULES = (
        Rule(
            "!has(self.__namespace__) || !has(self.scope) || self.scope == 'Namespaced'",
            "namespace needs scope Namespaced",
        ),
    )

    scope: Literal["Namespaced", "Cluster"] = "Namespaced"
    """`Namespaced`: those of `*.aws.m.upbound.io` and `*.gcp.m.upbound.io`. `Cluster`: those of `*.aws.upbound.io` and
    `*.gcp.upbound.io`. A change makes them anew: take Delete out of managementPolicies first. Default: `Namespaced`. Example:
    `Cluster`."""
    namespace: Maybe[DNSLabel] = None
    """The namespace of namespaced ones. Default: `crossplane-system`. Example: `platform`."""


class Spec(Exclusively):
    """A cluster in the platform's catalogue: PodIdentities name it, and need not know anything else about it."""

    RULES = (Exclusive(("eks", "gke", "kubernetes", "vcluster"), needed=True),)

    eks: Maybe[EKS] = None
    """An EKS cluster. Default: none. Example: `{region: ap-northeast-2, observe: true}`."""
    gke: Maybe[GKE] = None
    """A GKE cluster. Default: none. Example: `{location: europe-west1, observe: true}`."""
    kubernetes: Maybe[Kubernetes] = None
    """Any other cluster with an OIDC issuer. Default: none. Example:
    `{oidcIssuer: "https://oidc.example.com/clusters/edge"}`."""
    vcluster: Maybe[VirtualCluster] = None
    """A virtual cluster. Default: none. Example:
    `{hostCluster: prod, name: sync, project: devspace, serviceAccountSync: true}`."""
    aws: Maybe[AWSDefaults] = None
    """Defaults for PodIdentities in AWS. Default: none. Example: `{providerConfigRef: {name: prod}}`."""
    gcp: Maybe[GCPDefaults] = None
    """Defaults for PodIdentities in Google Cloud. Default: none. Example: `{providerConfigRef: {name: prod}}`."""
    kubernetes_provider_config_ref: Maybe[KubernetesProviderConfigRef] = None
    """How provider-kubernetes reaches the cluster, for PodIdentities with `serviceAccountManagement`. Default: none. Example:
    `{name: prod}`."""
    usable_from: Maybe[UsableFrom] = None
    """Whose PodIdentities may name this cluster. Default: everybody's. Example: `{namespaces: ["team-*"]}`."""
    managed_resources: ManagedResources = Field(default_factory=ManagedResources)
    """Which of the two kinds of managed resources is composed here. Default: namespaced ones in `crossplane-system`. Example:
    `{scope: Cluster}`."""
    management_policies: ManagementPolicies = ["Observe", "Create", "Update", "LateInitialize"]
    """What Crossplane may do with the add-on and the OIDC providers; without `Delete` they outlive this, since pods depend on
    them. Default: `[Observe, Create, Update, LateInitialize]`. Example: `["*"]`."""

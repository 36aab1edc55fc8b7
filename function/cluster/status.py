"""What a PodIdentityCluster's status holds, beside conditions. The XRD's status schema is made from this."""

from typing import Literal, NotRequired, TypedDict

Agent = Literal["Addon", "AutoMode", "Absent", "Unknown"]


class EKSFacts(TypedDict):
    """The facts of an EKS cluster, or of the one that a vcluster runs in."""

    clusterName: str
    """Its name in EKS. Example: `prod-apne2`."""
    region: str
    """The region it runs in. Example: `ap-northeast-2`."""
    accountId: str
    """The account that owns it. Example: `"678801588313"`."""
    arn: str
    """Its ARN. Example: `arn:aws:eks:ap-northeast-2:678801588313:cluster/prod-apne2`."""
    oidcIssuer: NotRequired[str]
    """The URL of its OIDC issuer, where it is known. Example:
    `https://oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`."""


class GKEFacts(TypedDict):
    """The facts of a GKE cluster, or of the one that a vcluster runs in."""

    projectId: str
    """The id of the project that it belongs to. Example: `prod-436507`."""
    clusterName: str
    """Its name in GKE. Example: `prod-ew1`."""
    location: str
    """The region or zone that it runs in. Example: `europe-west1`."""
    projectNumber: NotRequired[str]
    """The number of the workload identity pool's project, where it is written. Example: `"123456789012"`."""
    workloadPool: str
    """Its workload identity pool. Example: `prod-436507.svc.id.goog`."""


class KubernetesFacts(TypedDict):
    """The facts of any other cluster, or of the one that a vcluster runs in."""

    oidcIssuer: str
    """The URL of its OIDC issuer. Example: `https://oidc.example.com/clusters/edge`."""
    audience: str
    """The audience of the pods' tokens for AWS. Example: `sts.amazonaws.com`."""


class VClusterFacts(TypedDict):
    """The facts of a vcluster."""

    name: str
    """The vcluster's name. Example: `sync`."""
    hostNamespace: str
    """The namespace of the host cluster that it runs in. Example: `loft-devspace-v-sync`."""
    serviceAccountSync: bool
    """That it syncs service accounts to the host cluster. Example: `true`."""
    namespaceMappings: NotRequired[dict[str, str]]
    """The namespaces that have a namespace of their own in the host cluster. Example: `{"team-*": "host-team-*"}`."""
    mappingsOnly: NotRequired[bool]
    """Whether namespaces without a mapping are not synced. Example: `true`."""


class ClusterFacts(TypedDict):
    """The cluster's facts as they were last resolved, in the shape of an item of a PodIdentity's spec.clusters."""

    eks: NotRequired[EKSFacts]
    """The facts of an EKS cluster."""
    gke: NotRequired[GKEFacts]
    """The facts of a GKE cluster."""
    kubernetes: NotRequired[KubernetesFacts]
    """The facts of any other cluster."""
    vcluster: NotRequired[VClusterFacts]
    """The facts of a vcluster, beside those of the cluster that it runs in."""


class ClusterStatus(TypedDict):
    """What is known of the cluster."""

    cluster: NotRequired[ClusterFacts]
    """The cluster's facts as they were last resolved; whether they still are, the condition FactsResolved says."""
    specDigest: NotRequired[str]
    """A digest of what of the spec `cluster` follows from: while the spec has another one, PodIdentities wait. Example:
    `d0f8b3cbe1e9a5a0`."""
    podIdentityAgent: NotRequired[Agent]
    """What an EKS cluster has of the Pod Identity Agent: `Addon`, that of EKS; `AutoMode`, the one built in; `Absent`, none;
    `Unknown`. Example: `Addon`."""

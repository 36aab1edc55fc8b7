"""Where pods run: the clusters that users name, and the facts of each."""

from typing import Annotated

from function.provider_config import KubernetesProviderConfigRef
from function.schema import DNSLabel, Exclusive, Exclusively, Maybe, Strict, Text
from function.vclusters import VCluster

AccountId = Annotated[str, Text("an AWS account id", r"[0-9]{12}", 12, "12 digits, in quotes")]

Region = Annotated[str, Text("an AWS region", r"[a-z]{2,5}(-[a-z]+)+-[0-9]+", 32, "such as eu-central-1")]

ClusterName = Annotated[
    str,
    Text(
        "an EKS cluster name",
        r"[0-9A-Za-z][A-Za-z0-9_-]*",
        100,
        "must match ^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$",
    ),
]


OIDCIssuer = Annotated[
    str,
    Text(
        "an OIDC issuer",
        r"https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:443)?(/[A-Za-z0-9._~%+=@:/-]*)?",
        255,
        "give the issuer URL (https://...), without query, fragment or any port but 443",
    ),
]

Audience = Annotated[
    str, Text("an audience", r"[A-Za-z0-9._~:/@%+=,&;!#()-]+", 255, "may hold letters, digits and ._~:/@%+=,&;!#()- only")
]

DEFAULT_AUDIENCE = "sts.amazonaws.com"
"""The audience that the EKS webhook asks tokens for, in every partition."""


class EKSCluster(Strict):
    """An EKS cluster's facts."""

    cluster_name: Maybe[ClusterName] = None
    """Its name in EKS. Default: the entry's `name`. Example: `stage-apne2`."""
    region: Region
    """The region it runs in. Example: `ap-northeast-2`."""
    account_id: AccountId
    """The account that owns it, 12 digits in quotes. Example: `"678801588313"`."""
    oidc_issuer: Maybe[OIDCIssuer] = None
    """The URL of its OIDC issuer, which IRSA needs; the role's account has to have an OIDC provider for it. Default: none, the
    cluster has EKS Pod Identity only. Example:
    `https://oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`."""


class KubernetesCluster(Strict):
    """The facts of a cluster outside EKS: k3s, kOps, Control Plane mk8s, on any cloud or none."""

    oidc_issuer: OIDCIssuer
    """The URL of its service account issuer, which AWS has to reach; the role's account has to have an OIDC provider for it,
    and the cluster the pod identity webhook (amazon-eks-pod-identity-webhook). Example: `https://oidc.example.com/clusters/edge`."""
    audience: Maybe[Audience] = None
    """The audience of the pods' tokens. Default: `sts.amazonaws.com`. Example: `sts.amazonaws.com`."""


ProjectId = Annotated[
    str,
    Text(
        "a Google Cloud project's id",
        r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]",
        128,
        "6 to 30 lower case letters, digits and '-', beginning with a letter; not its number, not its name",
    ),
]

ProjectNumber = Annotated[
    str, Text("a Google Cloud project's number", r"[1-9][0-9]{0,18}", 19, "digits, in quotes; not its id")
]

Location = Annotated[
    str,
    Text("a Google Cloud location", r"[a-z]+(-[a-z]+)*[0-9]*(-[a-z][a-z0-9]*)?", 63, "such as europe-west1 or europe-west1-b"),
]

GKEClusterName = Annotated[
    str,
    Text(
        "a GKE cluster name", r"[a-z]([-a-z0-9]*[a-z0-9])?", 40, "lower case letters, digits and '-', beginning with a letter"
    ),
]

WorkloadPool = Annotated[
    str,
    Text(
        "a workload identity pool of GKE",
        r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]\.(svc|hub)\.id\.goog",
        128,
        "must look like PROJECT_ID.svc.id.goog",
    ),
]


class GKECluster(Strict):
    """The facts of a GKE cluster."""

    project_id: ProjectId
    """The id of the project that it belongs to. Example: `prod-436507`."""
    cluster_name: Maybe[GKEClusterName] = None
    """Its name in GKE. Default: the entry's `name`. Example: `prod-ew1`."""
    location: Location
    """The region or zone that it runs in. Example: `europe-west1`."""
    project_number: Maybe[ProjectNumber] = None
    """The number of the workload identity pool's project, in quotes; `spec.gcp.mode: Direct` needs it. Default: none. Example:
    `"123456789012"`."""
    workload_pool: Maybe[WorkloadPool] = None
    """Its workload identity pool. Default: `PROJECT_ID.svc.id.goog`; in a fleet that of the fleet's host project. Example:
    `fleet-host.svc.id.goog`."""

    @property
    def pool(self) -> str:
        """The workload identity pool of its pods: the cluster's, whatever project a service account is in."""
        return self.workload_pool or f"{self.project_id}.svc.id.goog"


class Cluster(Exclusively):
    """A cluster in which the pods run."""

    RULES = (Exclusive(("eks", "gke", "kubernetes")),)

    name: DNSLabel
    """A handle for this cluster, unique in the list: other fields and the status call it so. With no facts beside it, it is the
    name of a PodIdentityCluster, the platform's entry for it, which has them. Example: `prod`."""
    eks: Maybe[EKSCluster] = None
    """The facts of an EKS cluster. Default: none. Example: `{region: ap-northeast-2, accountId: "678801588313"}`."""
    gke: Maybe[GKECluster] = None
    """The facts of a GKE cluster. Default: none. Example: `{projectId: prod-436507, location: europe-west1}`."""
    kubernetes: Maybe[KubernetesCluster] = None
    """The facts of any other cluster with an OIDC issuer. Default: none. Example:
    `{oidcIssuer: "https://oidc.example.com/clusters/edge"}`."""
    vcluster: Maybe[VCluster] = None
    """The virtual cluster of it that the pods run in. Default: none, they run in the cluster itself. Example:
    `{name: sync, project: devspace, serviceAccountSync: true}`."""
    kubernetes_provider_config_ref: Maybe[KubernetesProviderConfigRef] = None
    """How provider-kubernetes reaches the cluster, or the vcluster where there is one, for `spec.serviceAccountManagement`.
    Default: none. Example: `{name: prod}`."""

    @property
    def where(self) -> tuple[str, ...]:
        """What tells clusters apart, whatever they are called here; vclusters of one cluster have the same."""
        if self.eks:
            return ("eks", self.eks.account_id, self.eks.region, self.eks.cluster_name or self.name)
        if self.gke:
            return ("gke", self.gke.project_id, self.gke.location, self.gke.cluster_name or self.name)
        issuer = self.kubernetes.oidc_issuer if self.kubernetes else ""
        host, slash, path = issuer.removeprefix("https://").partition("/")
        return ("kubernetes", f"{host.removesuffix(':443')}{slash}{path}")

    @property
    def within(self) -> tuple[str, str] | None:
        """What tells the vclusters of a cluster apart."""
        return (self.vcluster.namespace, self.vcluster.name) if self.vcluster else None

    @property
    def oidc_issuer(self) -> str | None:
        """The issuer of its service accounts' tokens, where it is known."""
        facts = self.eks or self.kubernetes
        return facts.oidc_issuer if facts else None

    @property
    def audience(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return (self.kubernetes.audience if self.kubernetes else None) or DEFAULT_AUDIENCE

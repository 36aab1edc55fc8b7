"""The list of the kinds of cluster. A new kind is a file beside this one, and a field in each of the three classes here."""

from typing import NotRequired, TypedDict

from function.clusters.eks import EKS, EKSCluster, EKSFacts
from function.clusters.entry import EntryCluster
from function.clusters.gke import GKE, GKECluster, GKEFacts
from function.clusters.kubernetes import Kubernetes, KubernetesCluster, KubernetesFacts
from function.clusters.listed import Listed
from function.clusters.vcluster import VCluster, VClusterFacts, VirtualCluster
from function.spec.issuer import DEFAULT_AUDIENCE, Issuer
from function.spec.management import KubernetesProviderConfigRef
from function.spec.model import Exclusive, Exclusively, Maybe
from function.spec.patterns import DNSLabel


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
    def facts(self) -> Listed | None:
        """The facts, of whatever kind; None where only the name is written."""
        return self.eks or self.gke or self.kubernetes

    @property
    def where(self) -> tuple[str, ...]:
        """What tells clusters apart, whatever they are called here; vclusters of one cluster have the same."""
        return self.facts.where(self.name) if self.facts else ("kubernetes", "")

    @property
    def within(self) -> tuple[str, str] | None:
        """What tells the vclusters of a cluster apart."""
        return (self.vcluster.namespace, self.vcluster.name) if self.vcluster else None

    @property
    def words(self) -> str:
        """What to call it where an earlier item is the same."""
        return f"vcluster {self.vcluster.name} of the same cluster" if self.vcluster else "cluster"

    @property
    def issuer(self) -> Issuer | None:
        """The issuer of its service accounts' tokens, where it is known."""
        return self.facts.issuer if self.facts else None

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """All issuers of its service accounts' tokens that are known."""
        return self.facts.issuers if self.facts else ()

    @property
    def shares_issuer(self) -> bool:
        """Whether another cluster may have the same issuer, so that nothing tells the pods of both apart."""
        return self.kubernetes is not None and self.vcluster is None

    @property
    def audience_for_aws(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return self.facts.audience_for_aws if self.facts else DEFAULT_AUDIENCE


class EntryClusters(Exclusively):
    """The cluster of an entry of the catalogue."""

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

    @property
    def written(self) -> tuple[EntryCluster, ...]:
        """The cluster that is written; several where the reader could not refuse that yet."""
        return tuple(cluster for cluster in (self.eks, self.gke, self.kubernetes, self.vcluster) if cluster is not None)


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


KINDS: tuple[type[EntryCluster], ...] = (EKS, GKE, Kubernetes, VirtualCluster)
"""All kinds, by how entries have them."""

FACTS = tuple(kind.KIND for kind in KINDS if kind is not VirtualCluster)
"""The kinds of facts of which an item of spec.clusters has one; a vcluster's stand beside them."""

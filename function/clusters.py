"""Where pods run: the clusters that users name, and the facts of each."""

from typing import Annotated

from function.provider_config import KubernetesProviderConfigRef
from function.schema import DNSLabel, Exclusive, Exclusively, Maybe, Strict, Text

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


class Cluster(Exclusively):
    """A cluster in which the pods run."""

    RULES = (Exclusive(("eks", "kubernetes"), needed=True),)

    name: DNSLabel
    """A handle for this cluster, unique in the list: other fields and the status call it so. Example: `prod`."""
    eks: Maybe[EKSCluster] = None
    """The facts of an EKS cluster. Default: none. Example: `{region: ap-northeast-2, accountId: "678801588313"}`."""
    kubernetes: Maybe[KubernetesCluster] = None
    """The facts of any other cluster with an OIDC issuer. Default: none. Example:
    `{oidcIssuer: "https://oidc.example.com/clusters/edge"}`."""
    kubernetes_provider_config_ref: Maybe[KubernetesProviderConfigRef] = None
    """How provider-kubernetes reaches the cluster, for `spec.serviceAccountManagement`. Default: none. Example:
    `{name: prod}`."""

    @property
    def oidc_issuer(self) -> str | None:
        """The issuer of its service accounts' tokens, where it is known."""
        facts = self.eks or self.kubernetes
        return facts.oidc_issuer if facts else None

    @property
    def audience(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return (self.kubernetes.audience if self.kubernetes else None) or DEFAULT_AUDIENCE

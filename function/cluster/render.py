"""What a PodIdentityCluster composes: the observed cluster, the agent's add-on, the OIDC providers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws.iam.arn import partition_of
from function.clouds.aws.web_identity import issuer_name, provider_arn
from function.cluster.keys import addon_key, eks_cluster_key, gke_cluster_key, oidc_provider_key
from function.cluster.spec import EKS, GKE, AWSDefaults, GCPDefaults, OIDCProvider, Spec
from function.clusters import DEFAULT_AUDIENCE
from function.composition import EXTERNAL_NAME, Flavour, ManagedResource
from function.provider_config import ProviderConfigRef

ADDON = "eks-pod-identity-agent"
"""EKS's name of the agent's add-on."""

_DEFAULT_NAMESPACE = "crossplane-system"
_DEFAULT_PARTITION = "aws"
_OBSERVED_ONLY = ["Observe"]
_V1BETA1, _V1BETA2 = "v1beta1", "v1beta2"


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders for one spec, all into one place."""

    spec: Spec

    @property
    def flavour(self) -> Flavour:
        """Which of the two kinds of managed resources is composed."""
        return Flavour(namespaced=self.spec.managed_resources.scope == "Namespaced")

    @property
    def place(self) -> str:
        """The namespace of the managed resources, empty where they have none."""
        return (self.spec.managed_resources.namespace or _DEFAULT_NAMESPACE) if self.flavour.namespaced else ""

    def eks_cluster(self, eks: EKS) -> ManagedResource:
        """The EKS cluster, observed only."""
        return self._resource(
            eks_cluster_key(self.place, self._config(self._aws), eks.region, eks.cluster_name),
            self._version("eks", "aws", _V1BETA2),
            "Cluster",
            eks.cluster_name,
            {"region": eks.region},
            self._aws,
            _OBSERVED_ONLY,
        )

    def gke_cluster(self, gke: GKE) -> ManagedResource:
        """The GKE cluster, observed only."""
        project = {"project": gke.project_id} if gke.project_id else {}
        return self._resource(
            gke_cluster_key(self.place, self._config(self._gcp), gke.project_id or "", gke.location, gke.cluster_name),
            self._version("container", "gcp", _V1BETA2),
            "Cluster",
            gke.cluster_name,
            {"location": gke.location, **project},
            self._gcp,
            _OBSERVED_ONLY,
        )

    def addon(self, eks: EKS) -> ManagedResource:
        """The Pod Identity Agent. By its external name the provider finds the one that is installed already."""
        version = eks.pod_identity_agent.version if eks.pod_identity_agent else None
        return self._resource(
            addon_key(self.place, eks.region, eks.cluster_name, ADDON),
            self._version("eks", "aws", _V1BETA1),
            "Addon",
            f"{eks.cluster_name}:{ADDON}",
            {
                "addonName": ADDON,
                "clusterName": eks.cluster_name,
                "region": eks.region,
                **({"addonVersion": version} if version else {}),
            },
            self._aws,
            list(self.spec.management_policies),
        )

    def oidc_provider(self, provider: OIDCProvider, issuer: str) -> ManagedResource:
        """The OIDC provider of the issuer in an account; IAM finds the thumbprints itself."""
        arn = provider_arn(self._partition, provider.account_id, issuer)
        audience = self.spec.kubernetes.audience_or_default if self.spec.kubernetes else DEFAULT_AUDIENCE
        return self._resource(
            oidc_provider_key(self.place, arn),
            self._version("iam", "aws", _V1BETA1),
            "OpenIDConnectProvider",
            arn,
            {"url": f"https://{issuer_name(issuer)}", "clientIdList": [audience]},
            provider.provider_config_ref,
            list(self.spec.management_policies),
        )

    @property
    def _aws(self) -> ProviderConfigRef:
        return (self.spec.aws or AWSDefaults()).provider_config_ref

    @property
    def _gcp(self) -> ProviderConfigRef:
        return (self.spec.gcp or GCPDefaults()).provider_config_ref

    def _config(self, reference: ProviderConfigRef) -> str:
        return "/".join(reference.render(self.flavour).values())

    @property
    def _partition(self) -> str:
        if self.spec.eks is not None:
            return partition_of(self.spec.eks.region) or _DEFAULT_PARTITION
        return _DEFAULT_PARTITION

    def _version(self, service: str, cloud: str, cluster_scoped: str) -> str:
        return f"{self.flavour.group(service, cloud)}/{_V1BETA1 if self.flavour.namespaced else cluster_scoped}"

    def _resource(
        self,
        key: str,
        version: str,
        kind: str,
        external_name: str,
        fields: Mapping[str, Any],
        reference: ProviderConfigRef,
        policies: list[str],
    ) -> ManagedResource:
        metadata = {"annotations": {EXTERNAL_NAME: external_name}, **({"namespace": self.place} if self.place else {})}
        spec = {
            "forProvider": dict(fields),
            "managementPolicies": policies,
            "providerConfigRef": reference.render(self.flavour),
        }
        return ManagedResource(key, {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec})

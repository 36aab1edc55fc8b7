"""Composition resource names of what a PodIdentityCluster composes.

Where its objects are is part of each: Crossplane would leave behind an object that moves to another namespace or group.
"""

from function.naming import resource_name

EKS_CLUSTER, GKE_CLUSTER, ADDON, OIDC_PROVIDER = "eks-cluster-", "gke-cluster-", "addon-", "oidc-provider-"
"""What the names of each kind begin with."""


def eks_cluster_key(place: str, config: str, region: str, name: str) -> str:
    """The observed EKS cluster's, with whose credentials it is seen: with others it may be another."""
    return resource_name("eks-cluster", place, config, region, name)


def gke_cluster_key(place: str, config: str, project: str, location: str, name: str) -> str:
    """The observed GKE cluster's, likewise; the project is empty where it is not written."""
    return resource_name("gke-cluster", place, config, project, location, name)


def addon_key(place: str, region: str, cluster: str, addon: str) -> str:
    """An add-on's."""
    return resource_name("addon", place, region, cluster, addon)


def oidc_provider_key(place: str, arn: str) -> str:
    """An OIDC provider's; its audience can be changed in place."""
    return resource_name("oidc-provider", place, arn)

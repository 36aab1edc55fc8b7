"""What EKS calls the clusters that users list."""

from function.clouds.aws.iam.arn import cluster_arn
from function.clusters import EKSCluster


def cluster_name_of(handle: str, eks: EKSCluster) -> str:
    """The cluster's name in EKS."""
    return eks.cluster_name or handle


def cluster_arn_of(handle: str, eks: EKSCluster, partition: str) -> str:
    """The cluster's ARN: what the session tag eks-cluster-arn and aws:SourceArn hold."""
    return cluster_arn(partition, eks.region, eks.account_id, cluster_name_of(handle, eks))

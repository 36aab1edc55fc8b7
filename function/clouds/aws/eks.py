"""What EKS calls the clusters that users list."""

from function.clouds.aws.iam.arn import cluster_arn
from function.clusters import Cluster


def cluster_name_of(cluster: Cluster) -> str:
    """The cluster's name in EKS."""
    return cluster.eks.cluster_name or cluster.name


def cluster_arn_of(cluster: Cluster, partition: str) -> str:
    """The cluster's ARN: what the session tag eks-cluster-arn and aws:SourceArn hold."""
    return cluster_arn(partition, cluster.eks.region, cluster.eks.account_id, cluster_name_of(cluster))

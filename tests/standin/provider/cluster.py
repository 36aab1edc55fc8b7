"""eks Cluster."""

from tests.standin.cloud import clusters
from tests.standin.provider.kind import FIXED, Asked, Fields, planned
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import PluginSDK
from tests.standin.provider.watched import Watched


class Cluster(Watched):
    """Found by its name, in the region that the spec says."""

    name, plural, service = "Cluster", "clusters", "eks"
    cluster_version = "v1beta2"
    make, what = PluginSDK(), "EKS Cluster"
    fields = planned(region=FIXED)
    named_after_itself = True

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """What a catalogue of clusters asks for, and no more."""
        region = asked.observed.get("region") or asked.desired.get("region", "")
        found: clusters.Cluster | None = aws.find("DescribeCluster", region=region, name=asked.name)
        if found is None:
            return None
        return {
            "arn": found.arn,
            "computeConfig": _compute_config(aws.account) if found.auto_mode else {"enabled": False},
            "createdAt": found.created,
            "id": found.name,
            "identity": [{"oidc": [{"issuer": found.issuer}]}],
            "region": found.region,
            "status": "ACTIVE",
        }


def _compute_config(account: str) -> Fields:
    """Of EKS Auto Mode."""
    return {
        "enabled": True,
        "nodePools": ["general-purpose", "system"],
        "nodeRoleArn": f"arn:aws:iam::{account}:role/AmazonEKSAutoNodeRole",
    }

"""Where pods run: the clusters that users name, and the facts of each."""

from typing import Annotated

from function.schema import DNSLabel, Maybe, Strict, Text

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


class EKSCluster(Strict):
    """An EKS cluster's facts."""

    cluster_name: Maybe[ClusterName] = None
    """Its name in EKS. Default: the entry's `name`. Example: `stage-apne2`."""
    region: Region
    """The region it runs in. Example: `ap-northeast-2`."""
    account_id: AccountId
    """The account that owns it, 12 digits in quotes. Example: `"678801588313"`."""


class Cluster(Strict):
    """A cluster in which the pods run."""

    name: DNSLabel
    """A handle for this cluster, unique in the list: other fields and the status call it so. Example: `prod`."""
    eks: EKSCluster
    """The facts of an EKS cluster. Example: `{region: ap-northeast-2, accountId: "678801588313"}`."""

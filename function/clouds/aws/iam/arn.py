"""ARNs, all computed: which partition a region is in, and what roles, policies and clusters are called there."""

import re
from typing import NamedTuple

# Order matters: the last pattern would take us-gov-west-1 too. Source: the regionRegex of each partition in botocore's
# endpoints.json; a test holds this table against it.
_PARTITIONS = (
    ("aws-us-gov", r"us-gov-[a-z]+-[0-9]+"),
    ("aws-iso", r"us-iso-[a-z]+-[0-9]+"),
    ("aws-iso-b", r"us-isob-[a-z]+-[0-9]+"),
    ("aws-iso-e", r"eu-isoe-[a-z]+-[0-9]+"),
    ("aws-iso-f", r"us-isof-[a-z]+-[0-9]+"),
    ("aws-eusc", r"eusc-[a-z]+-[a-z]+-[0-9]+"),
    ("aws-cn", r"cn-[a-z]+-[0-9]+"),
    ("aws", r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+"),
)

PARTITIONS = frozenset(name for name, _ in _PARTITIONS)

_ARN = re.compile(r"arn:([a-z-]+):([a-z0-9-]+):([a-z0-9-]*):([0-9]*|aws):(.+)")


def partition_of(region: str) -> str | None:
    """The partition of a region, None where no partition has regions of that name."""
    return next((name for name, pattern in _PARTITIONS if re.fullmatch(pattern, region)), None)


def has_eks_auth(partition: str) -> bool:
    """Whether EKS Pod Identity is known to have an endpoint there: botocore lists none in the isolated partitions."""
    return not partition.startswith("aws-iso")


class Arn(NamedTuple):
    """An ARN's parts; `resource` is all that follows the account."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> "Arn | None":
        """The parts of an ARN, None where it is none."""
        match = _ARN.fullmatch(text)
        return cls(*match.groups()) if match else None

    @property
    def path_and_name(self) -> tuple[str, str]:
        """Of an IAM ARN: the path, `/` or `/team/`, and the name."""
        _, _, rest = self.resource.partition("/")
        path, _, name = rest.rpartition("/")
        return f"/{path}/" if path else "/", name

    def __str__(self) -> str:
        return ":".join(("arn", *self))


def role_arn(partition: str, account: str, path: str, name: str) -> str:
    """The ARN that IAM gives a role."""
    return f"arn:{partition}:iam::{account}:role{path}{name}"


def policy_arn(partition: str, account: str, path: str, name: str) -> str:
    """The ARN that IAM gives a customer managed policy."""
    return f"arn:{partition}:iam::{account}:policy{path}{name}"


def cluster_arn(partition: str, region: str, account: str, name: str) -> str:
    """The ARN that EKS gives a cluster: what the session tag eks-cluster-arn and aws:SourceArn hold."""
    return f"arn:{partition}:eks:{region}:{account}:cluster/{name}"

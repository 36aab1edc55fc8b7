"""ARNs, read once and carried as values; and the partition that each region is in.

Every ARN is computed: what roles, policies and clusters are called follows from what is written.
"""

import re

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

DEFAULT_PARTITION = "aws"
"""Where nothing says which."""

PARTITIONS = frozenset(name for name, _ in _PARTITIONS)

NO_PARTITION = "is not a region of any partition of AWS; those begin with af, ap, ca, cn, eu, eusc, il, me, mx, sa or us"
"""What to say of a region whose partition nothing knows."""

_ARN = re.compile(r"arn:([a-z-]+):([a-z0-9-]+):([a-z0-9-]*):([0-9]*|aws):(.+)")
_NO_PARTS = ("", "", "", "", "")


def partition_of(region: str) -> str | None:
    """The partition of a region, None where no partition has regions of that name."""
    return next((name for name, pattern in _PARTITIONS if re.fullmatch(pattern, region)), None)


class Arn(str):
    """An ARN: its text, and its parts. Text that is no ARN has empty parts; `resource` is all that follows the account."""

    __slots__ = ("account", "aws_partition", "region", "resource", "service")

    aws_partition: str
    service: str
    region: str
    account: str
    resource: str

    def __new__(cls, text: str) -> "Arn":
        """Read the text."""
        arn = super().__new__(cls, text)
        match = _ARN.fullmatch(text)
        parts = match.groups() if match else _NO_PARTS
        arn.aws_partition, arn.service, arn.region, arn.account, arn.resource = parts
        return arn

    @classmethod
    def of_role(cls, partition: str, account: str, path: str, name: str) -> "Arn":
        """The ARN that IAM gives a role."""
        return cls(f"arn:{partition}:iam::{account}:role{path}{name}")

    @classmethod
    def of_policy(cls, partition: str, account: str, path: str, name: str) -> "Arn":
        """The ARN that IAM gives a customer managed policy."""
        return cls(f"arn:{partition}:iam::{account}:policy{path}{name}")

    @classmethod
    def of_cluster(cls, partition: str, region: str, account: str, name: str) -> "Arn":
        """The ARN that EKS gives a cluster: what the session tag eks-cluster-arn and aws:SourceArn hold."""
        return cls(f"arn:{partition}:eks:{region}:{account}:cluster/{name}")

    @classmethod
    def of_oidc_provider(cls, partition: str, account: str, issuer: str) -> "Arn":
        """The ARN of an OIDC provider in an account; `issuer` is the issuer's name in IAM."""
        return cls(f"arn:{partition}:iam::{account}:oidc-provider/{issuer}")

    @property
    def path(self) -> str:
        """Of an IAM ARN: the path, `/` or `/team/`."""
        path = self.resource.partition("/")[2].rpartition("/")[0]
        return f"/{path}/" if path else "/"

    @property
    def name(self) -> str:
        """Of an ARN whose resource has a type, such as a role, a policy or a cluster: the name alone."""
        return self.resource.partition("/")[2].rpartition("/")[2]

"""What `status.aws` holds."""

from typing import NotRequired, TypedDict


class AWSStatus(TypedDict):
    """The identity in AWS."""

    roleName: str
    """The role's name. Example: `reports`."""
    roleArn: NotRequired[str]
    """The role's ARN, once it exists. Example: `arn:aws:iam::678801588313:role/reports`."""
    targetRoleArn: NotRequired[str]
    """The target role's ARN, once it exists. Example: `arn:aws:iam::340605141517:role/reports`."""

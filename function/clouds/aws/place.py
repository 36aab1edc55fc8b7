"""Where a role has to be."""

from dataclasses import dataclass

from function.clouds.aws.iam.arn import Arn
from function.errors import quoted


@dataclass(frozen=True, slots=True)
class Place:
    """Where a role has to be; None where the XR does not say so yet."""

    account: str | None
    partition: str | None

    def foreign(self, text: str, *, aws_owned: bool) -> str | None:
        """Why an ARN cannot be used in this place."""
        arn = Arn.parse(text)
        if arn is None:
            return None
        if message := self.foreign_partition(text):
            return message
        if self.account and arn.account != self.account and not (aws_owned and arn.account == "aws"):
            return f"{quoted(text)} is in account {arn.account}, the role in {self.account}"
        return None

    def foreign_partition(self, text: str) -> str | None:
        """Why an ARN cannot be used in any account of this partition."""
        arn = Arn.parse(text)
        if arn is None or not self.partition or arn.partition == self.partition:
            return None
        return f"partition mismatch: {quoted(text)} is in {arn.partition}, the clusters are in {self.partition}"

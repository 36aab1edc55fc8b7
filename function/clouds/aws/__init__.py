"""AWS: IAM roles, their trust, and EKS pod identity associations."""

from function.clouds.aws import reading
from function.clouds.aws.render import render
from function.clouds.aws.report import conditions_unread, report
from function.clouds.aws.request import AWSRequest
from function.clouds.aws.spec import AWS
from function.composition import CompositionResult
from function.errors import FieldError
from function.observed import Observed
from function.parsing import parse
from function.subjects import Identity

__all__ = ["compose", "conditions_unread", "read"]


def read(
    section: object, identity: Identity, observed: Observed, neutral: list[FieldError]
) -> tuple[AWSRequest | None, list[FieldError]]:
    """What `spec.aws` asks for, or its faults."""
    return reading.read(identity, parse(AWS, section, ("spec", "aws")), observed, neutral)


def compose(identity: Identity, request: AWSRequest, observed: Observed) -> CompositionResult:
    """The AWS resources, which of them are ready, and what to tell users of them."""
    return report(identity, request, render(identity, request), observed)

"""AWS: IAM roles, their trust, and EKS pod identity associations."""

from functools import partial

from function.clouds.aws import reading
from function.clouds.aws.history import History, recall
from function.clouds.aws.render import render
from function.clouds.aws.report import conditions_unread, report
from function.clouds.aws.spec import AWS
from function.composition import Compose
from function.errors import FieldError
from function.parsing import parse
from function.subjects import Identity

__all__ = ["History", "conditions_unread", "read", "recall"]


def read(
    section: object, identity: Identity, history: History, neutral: list[FieldError]
) -> tuple[Compose | None, list[FieldError]]:
    """Read `spec.aws`: how to answer with what is observed, or its faults."""
    request, errors = reading.read(identity, parse(AWS, section, ("spec", "aws")), history, neutral)
    return None if request is None else partial(report, identity, request, render(identity, request)), errors

"""Google Cloud: service accounts, who may act as them, and what they or the pods themselves are granted."""

from functools import partial

from function.clouds.gcp import reading
from function.clouds.gcp.history import History, recall
from function.clouds.gcp.render import render
from function.clouds.gcp.report import conditions_unread, report
from function.clouds.gcp.spec import GCP
from function.composition import Compose
from function.errors import FieldError
from function.parsing import parse
from function.subjects import Identity

__all__ = ["History", "conditions_unread", "read", "recall"]


def read(
    section: object, identity: Identity, history: History, neutral: list[FieldError]
) -> tuple[Compose | None, list[FieldError]]:
    """Read `spec.gcp`: how to answer with what is observed, or its faults."""
    request, errors = reading.read(identity, parse(GCP, section, ("spec", "gcp")), history, neutral)
    return None if request is None else partial(report, identity, request, render(identity, request)), errors

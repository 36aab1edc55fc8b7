"""The list of clouds. Each is a folder of its own that knows no other; a new one is its folder and its lines here."""

from collections.abc import Callable
from functools import partial

from function.clouds import aws
from function.composition import CompositionResult, Condition
from function.errors import FieldError
from function.observed import Observed
from function.subjects import Identity

CLOUDS = ("aws",)
"""The fields of spec of which exactly one is written."""

CONDITIONS = ("RoleReady", "AssociationsReady")
"""The types of the clouds' conditions."""

Compose = Callable[[Observed], CompositionResult]
"""Renders what a section of the spec asked for; it has been read, so it cannot fail."""


def read(
    section: object, identity: Identity, observed: Observed, neutral: list[FieldError]
) -> tuple[Compose | None, list[FieldError]]:
    """Read a cloud's section of the spec: how to render it, or every fault.

    `neutral` are the faults of the rest of the spec, which keep some of the section's own from being judged.
    """
    request, errors = aws.read(section, identity, observed, neutral)
    return None if request is None else partial(aws.compose, identity, request), errors


def conditions_unread(observed: Observed) -> tuple[Condition, ...]:
    """The clouds' conditions where the spec could not be read: judged from what is observed alone."""
    return aws.conditions_unread(observed)

"""The list of clouds. Each is a folder of its own that knows no other; a new one is its folder and its lines here."""

from function.clouds import aws
from function.composition import Compose, Condition
from function.errors import FieldError
from function.observed import Observed
from function.subjects import Identity

CLOUDS = ("aws",)
"""The fields of spec of which exactly one is written."""

CONDITIONS = ("RoleReady", "AssociationsReady")
"""The types of the clouds' conditions."""

History = aws.History
"""What earlier calls made that later ones have to respect; hashable."""

recall = aws.recall


def read(
    section: object, identity: Identity, history: History, neutral: list[FieldError]
) -> tuple[Compose | None, list[FieldError]]:
    """Read a cloud's section of the spec: how to answer, or every fault.

    `neutral` are the faults of the rest of the spec, which keep some of the section's own from being judged.
    """
    return aws.read(section, identity, history, neutral)


def conditions_unread(observed: Observed) -> tuple[Condition, ...]:
    """The clouds' conditions where the spec could not be read: judged from what is observed alone."""
    return aws.conditions_unread(observed)

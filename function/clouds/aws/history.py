"""What earlier calls made that this one has to respect: the only part of what is observed that decides what is desired."""

from dataclasses import dataclass

from function.clouds.aws.keys import DERIVED_NAME, IMPORTED
from function.composition import EXTERNAL_NAME
from function.observed import Observed


@dataclass(frozen=True, slots=True)
class SeenRole:
    """A role that was composed."""

    key: str
    """Its composition resource name."""
    name: str | None
    derived: bool
    arn: str | None
    deleted_with_it: bool
    """Whether AWS's role goes when the composed resource does."""


@dataclass(frozen=True, slots=True)
class History:
    """The roles that were composed, and the ids of associations that were taken over, by composition resource name."""

    roles: tuple[SeenRole, ...] = ()
    imported: tuple[tuple[str, str], ...] = ()

    def role(self, key: str) -> SeenRole | None:
        """The role of that composition resource name."""
        return next((role for role in self.roles if role.key == key), None)


def recall(observed: Observed) -> History:
    """Read the history from what is observed."""
    roles = tuple(_role(key, observed) for key in observed.starting("role-"))
    return History(roles, tuple(_imported(observed)))


def _role(key: str, observed: Observed) -> SeenRole:
    role = observed[key]
    return SeenRole(
        key=key,
        name=role.text("metadata", "annotations", EXTERNAL_NAME),
        derived=role.text("metadata", "annotations", DERIVED_NAME) == "role",
        arn=role.text("status", "atProvider", "arn"),
        deleted_with_it=not {"*", "Delete"}.isdisjoint(role.texts("spec", "managementPolicies")),
    )


def _imported(observed: Observed) -> list[tuple[str, str]]:
    found = []
    for key in observed.starting("association-"):
        association = observed[key]
        # Nobody but us keeps the id on an association that was taken over.
        if association.text("metadata", "annotations", IMPORTED):
            found.append((key, association.text("metadata", "annotations", EXTERNAL_NAME) or ""))
    return found

"""What earlier calls made that this one has to respect: the only part of what is observed that decides what is desired."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from function.clouds.aws.iam.arn import Arn
from function.clouds.aws.keys import ADOPTED, ASSOCIATION, IMPORTED, POLICY, ROLE
from function.composition import EXTERNAL_NAME
from function.naming import DERIVED_NAME
from function.observed import Observed, ObservedResource

STUB = "a-stubassocid123456"
"""What the provider calls an association before it exists: nobody's id."""

# EKS's words for CreatePodIdentityAssociation of a service account that has one: ResourceInUseException, status 409.
_CONFLICT = re.compile(r"Association already exists: (a-[0-9a-z]{17})\b")
_OF_AN_ADDON = re.compile(r"add-?on", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SeenRole:
    """A role that was composed, or looked at."""

    key: str
    """Its composition resource name."""
    name: str | None
    derived_for: str | None
    """The part that its name was derived for, None where it was written."""
    arn: str | None
    deleted_with_it: bool
    """Whether AWS's role goes when the composed resource does."""
    provider_config: tuple[str, str]
    """Kind and name of the provider config that reaches it; the kind is empty where there is but one."""


class SeenPolicy(NamedTuple):
    """A customer managed policy that was composed."""

    key: str
    path: str | None
    """Its path in AWS, None while it is not there."""
    description: str | None


class Taken(NamedTuple):
    """An association that was taken over by its id."""

    key: str
    id: str
    adopted: bool
    """Whether EKS named the id, not the user."""


class Conflict(NamedTuple):
    """An association that cannot be created, since EKS has one of that service account."""

    key: str
    id: str
    of_addon: bool


@dataclass(frozen=True, slots=True)
class History:
    """What was composed before, by composition resource name."""

    roles: tuple[SeenRole, ...] = ()
    policies: tuple[SeenPolicy, ...] = ()
    taken: tuple[Taken, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def role(self, key: str) -> SeenRole | None:
        """The role of that composition resource name."""
        return next((role for role in self.roles if role.key == key), None)

    def policy(self, key: str) -> SeenPolicy | None:
        """The customer managed policy of that composition resource name."""
        return next((policy for policy in self.policies if policy.key == key), None)


def recall(observed: Observed) -> History:
    """Read the history from what is observed."""
    taken, conflicts = _associations(observed)
    return History(
        roles=tuple(_role(key, observed[key]) for key in observed.starting(ROLE)),
        policies=tuple(_policy(key, observed[key]) for key in observed.starting(POLICY)),
        taken=taken,
        conflicts=conflicts,
    )


def _role(key: str, role: ObservedResource) -> SeenRole:
    return SeenRole(
        key=key,
        name=role.text("metadata", "annotations", EXTERNAL_NAME),
        derived_for=role.text("metadata", "annotations", DERIVED_NAME),
        arn=role.text("status", "atProvider", "arn"),
        deleted_with_it=not {"*", "Delete"}.isdisjoint(role.texts("spec", "managementPolicies")),
        provider_config=_config(role),
    )


def _config(resource: ObservedResource) -> tuple[str, str]:
    kind, name = (resource.text("spec", "providerConfigRef", field) or "" for field in ("kind", "name"))
    return kind, name


def _policy(key: str, policy: ObservedResource) -> SeenPolicy:
    arn = Arn.parse(policy.text("status", "atProvider", "arn") or "")
    return SeenPolicy(key, arn.path_and_name[0] if arn else None, policy.text("spec", "forProvider", "description"))


def _associations(observed: Observed) -> tuple[tuple[Taken, ...], tuple[Conflict, ...]]:
    taken: list[Taken] = []
    conflicts: list[Conflict] = []
    ours: set[str] = set()
    for key in observed.starting(ASSOCIATION):
        association = observed[key]
        name = association.text("metadata", "annotations", EXTERNAL_NAME)
        how = association.text("metadata", "annotations", IMPORTED)
        if how:
            # Nobody but us keeps the id on an association that was taken over.
            taken.append(Taken(key, name or "", how == ADOPTED))
        if name and name != STUB:
            ours.add(name)
        else:
            conflicts += _conflict(key, association)
    # An association that is about to be deleted here is in the way of the one that follows it, and goes by itself.
    return tuple(taken), tuple(conflict for conflict in conflicts if conflict.id not in ours)


def _conflict(key: str, association: ObservedResource) -> Iterator[Conflict]:
    message = association.conditions().synced_message
    found = _CONFLICT.search(message)
    if found:
        yield Conflict(key, found[1], bool(_OF_AN_ADDON.search(message)))

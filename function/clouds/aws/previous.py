"""What earlier calls made that this one has to keep. Of what is observed only this decides what the plan is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from function.clouds.aws.resource_names import ADOPTED, ASSOCIATION, IMPORTED, POLICY, ROLE
from function.naming import DERIVED_NAME
from function.observed import Observed, ObservedResource
from function.resources.managed import EXTERNAL_NAME
from function.spec.arn import Arn

STUB = "a-stubassocid123456"
"""What the provider calls an association before it exists: nobody's id."""

# EKS's words for CreatePodIdentityAssociation of a service account that has one: ResourceInUseException, status 409.
_CONFLICT = re.compile(r"Association already exists: (a-[0-9a-z]{17})\b")
_OF_AN_ADDON = re.compile(r"add-?on", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreviousRole:
    """A role that was composed, or observed."""

    key: str
    """Its composition resource name."""
    name: str | None
    derived_for: str | None
    """The part that its name was derived for, None where it was written."""
    arn: Arn | None
    deleted_with_it: bool
    """Whether AWS's role goes when the composed resource does."""
    provider_config: tuple[str, str]
    """Kind and name of the provider config that reaches it; the kind is empty where there is but one."""


class PreviousPolicy(NamedTuple):
    """A customer managed policy that was composed."""

    key: str
    path: str | None
    """Its path in AWS, None while it is not there."""
    description: str | None


class Imported(NamedTuple):
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
class Previous:
    """What was composed before, by composition resource name."""

    roles: tuple[PreviousRole, ...] = ()
    policies: tuple[PreviousPolicy, ...] = ()
    imported: tuple[Imported, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def role(self, key: str) -> PreviousRole | None:
        """The role of that composition resource name."""
        return next((role for role in self.roles if role.key == key), None)

    def policy(self, key: str) -> PreviousPolicy | None:
        """The customer managed policy of that composition resource name."""
        return next((policy for policy in self.policies if policy.key == key), None)


def previous(observed: Observed) -> Previous:
    """Read it from what is observed."""
    imported, conflicts = _associations(observed)
    return Previous(
        roles=tuple(_role(key, observed[key]) for key in observed.starting(ROLE)),
        policies=tuple(_policy(key, observed[key]) for key in observed.starting(POLICY)),
        imported=imported,
        conflicts=conflicts,
    )


def _role(key: str, role: ObservedResource) -> PreviousRole:
    return PreviousRole(
        key=key,
        name=role.text("metadata", "annotations", EXTERNAL_NAME),
        derived_for=role.text("metadata", "annotations", DERIVED_NAME),
        arn=_arn(role),
        deleted_with_it=not {"*", "Delete"}.isdisjoint(role.texts("spec", "managementPolicies")),
        provider_config=_config(role),
    )


def _config(resource: ObservedResource) -> tuple[str, str]:
    kind, name = (resource.text("spec", "providerConfigRef", field) or "" for field in ("kind", "name"))
    return kind, name


def _policy(key: str, policy: ObservedResource) -> PreviousPolicy:
    arn = _arn(policy)
    return PreviousPolicy(key, arn.path if arn else None, policy.text("spec", "forProvider", "description"))


def _arn(resource: ObservedResource) -> Arn | None:
    """The ARN that AWS gave it, None while it is not there."""
    arn = Arn(resource.text("status", "atProvider", "arn") or "")
    return arn if arn.aws_partition else None


def _associations(observed: Observed) -> tuple[tuple[Imported, ...], tuple[Conflict, ...]]:
    imported: list[Imported] = []
    conflicts: list[Conflict] = []
    ours: set[str] = set()
    for key in observed.starting(ASSOCIATION):
        association = observed[key]
        name = association.text("metadata", "annotations", EXTERNAL_NAME)
        how = association.text("metadata", "annotations", IMPORTED)
        if how:
            # Nobody but us keeps the id on an association that was taken over.
            imported.append(Imported(key, name or "", how == ADOPTED))
        if name and name != STUB:
            ours.add(name)
        else:
            conflicts += _conflict(key, association)
    # An association that is about to be deleted here is in the way of the one that follows it, and goes by itself.
    return tuple(imported), tuple(conflict for conflict in conflicts if conflict.id not in ours)


def _conflict(key: str, association: ObservedResource) -> Iterator[Conflict]:
    message = association.conditions().synced_message
    found = _CONFLICT.search(message)
    if found:
        yield Conflict(key, found[1], bool(_OF_AN_ADDON.search(message)))

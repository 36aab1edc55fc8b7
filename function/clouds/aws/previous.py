"""What earlier calls made that this one has to keep. Of what is observed only this decides what the plan is.

Anyone who may edit a managed resource can write what he likes into its annotations. So a name counts only where it hashes to
the key of the resource, and no text is passed on that AWS could not have given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from function.clouds.aws.names import is_association_id, is_role_name
from function.clouds.aws.resource_names import ADOPTED, ASSOCIATION, IMPORTED, POLICY, ROLE, policy_key, role_key
from function.naming import DERIVED_NAME, Derived
from function.observed import Observed, ObservedResource
from function.resources.managed import EXTERNAL_NAME
from function.spec.arn import Arn

STUB = "a-stubassocid123456"
"""What the provider calls an association before it exists: nobody's id."""

# EKS's words for CreatePodIdentityAssociation of a service account that has one, as AWS' SDK for Go prints an error. Another
# error can repeat what was sent, tags among it, but only after its own status, which is the first.
_CONFLICT = re.compile(
    r"StatusCode: 409, RequestID: [^\s,]*, ResourceInUseException: Association already exists: (a-[0-9a-z]{17})\b"
)
_STATUS = "StatusCode: "
_WHOSE = ("clusterName", "namespace", "serviceAccount")
_OF_AN_ADDON = re.compile(r"add-?on", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreviousRole:
    """A role that was composed, or observed."""

    key: str
    """Its composition resource name."""
    name: str | None
    """Its external name, where that can be the name of a role."""
    derived: Derived | None
    """What its name was derived for, None where it was written."""
    arn: Arn | None
    deleted_with_it: bool
    """Whether AWS's role goes when the composed resource does."""
    provider_config: tuple[str, str]
    """Kind and name of the provider config that reaches it; the kind is empty where there is but one."""

    def name_in(self, account: str) -> str | None:
        """What it is called if it is a role of this account: as IAM says it, else as its external name does."""
        names = (self.arn.name if self.arn else None, self.name)
        return next((name for name in names if name and role_key(account, name) == self.key), None)


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
    name = role.text("metadata", "annotations", EXTERNAL_NAME)
    return PreviousRole(
        key=key,
        name=name if name and is_role_name(name) else None,
        derived=Derived.read(role.text("metadata", "annotations", DERIVED_NAME)),
        arn=_arn(role),
        deleted_with_it=not {"*", "Delete"}.isdisjoint(role.texts("spec", "managementPolicies")),
        provider_config=_config(role),
    )


def _config(resource: ObservedResource) -> tuple[str, str]:
    kind, name = (resource.text("spec", "providerConfigRef", field) or "" for field in ("kind", "name"))
    return kind, name


def _policy(key: str, policy: ObservedResource) -> PreviousPolicy:
    arn = _arn(policy)
    # With another external name it would show another policy.
    own = arn if arn and policy_key(arn.account, arn.name) == key else None
    # What somebody wrote into the resource is not what AWS has.
    description = policy.text("status", "atProvider", "description") or policy.text("spec", "forProvider", "description")
    return PreviousPolicy(key, own.path if own else None, description)


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
        own = name if name and name != STUB and is_association_id(name) else None
        shown = _shown_id(association)
        how = association.text("metadata", "annotations", IMPORTED)
        if how and (identifier := shown or own):
            # Nobody but us keeps the id on an association that was taken over.
            imported.append(Imported(key, identifier, how == ADOPTED))
        if own:
            ours.add(own)
        if own is None or own != shown:
            conflicts += _conflict(key, association)
    # An association that is about to be deleted here is in the way of the one that follows it, and goes by itself.
    return tuple(imported), tuple(conflict for conflict in conflicts if conflict.id not in ours)


def _shown_id(association: ObservedResource) -> str | None:
    """The id that the provider shows, if it is of the service account that is asked for.

    By another external name it would show another's.
    """
    provided, asked = association.within("status", "atProvider"), association.within("spec", "forProvider")
    identifier = provided.text("associationId")
    if identifier is None or identifier == STUB or not is_association_id(identifier):
        return None
    return identifier if all(provided.text(field) == asked.text(field) for field in _WHOSE) else None


def _conflict(key: str, association: ObservedResource) -> Iterator[Conflict]:
    message = association.conditions().synced_message
    at = message.find(_STATUS)
    found = _CONFLICT.match(message, at) if at >= 0 else None
    if found:
        yield Conflict(key, found[1], bool(_OF_AN_ADDON.search(message)))

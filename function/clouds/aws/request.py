"""A PodIdentity's AWS half, read and judged: what is left cannot fail to render."""

from collections.abc import Mapping
from dataclasses import dataclass

from function.clouds.aws.history import Conflict, Taken
from function.clouds.aws.permissions.request import Permissions
from function.subjects import Subject

ProviderConfig = Mapping[str, str]
"""The reference to a provider's configuration, as a managed resource has it."""


@dataclass(frozen=True, slots=True)
class ComposedRole:
    """A role that this PodIdentity owns."""

    arn: str
    account: str
    name: str
    derived_for: str | None
    """The part that its name was derived for; None where it was written."""
    provider_config: ProviderConfig
    path: str
    description: str | None
    max_session_duration: int | None
    permissions_boundary_arn: str | None
    trust_policy: str
    """The policy as JSON."""
    permissions: Permissions


@dataclass(frozen=True, slots=True)
class ExistingRole:
    """A role that somebody else owns."""

    arn: str
    observe: bool = False
    provider_config: ProviderConfig | None = None
    """How it is looked at."""


@dataclass(frozen=True, slots=True)
class Associations:
    """How the roles are associated with the service accounts."""

    handles: frozenset[str]
    """The clusters that have associations."""
    provider_config: ProviderConfig
    tags: Mapping[str, str]
    taken: Mapping[Subject, str]
    """Ids that the user names, of associations to take over."""
    kept: Mapping[str, Taken]
    """Those that were taken over before, by composition resource name: they keep their ids."""
    conflicts: Mapping[str, Conflict]
    """Those that EKS has already, by composition resource name."""
    adopt: bool


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """How the pods of a cluster get credentials by its tokens: what their service accounts have to carry."""

    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AWSRequest:
    """What shall exist in AWS."""

    partition: str
    cluster_arns: Mapping[str, str]
    """The ARN of each EKS cluster, by its handle."""
    role: ComposedRole | ExistingRole
    """The role that the pods are given, or with a source role the one that they end with."""
    target: ComposedRole | ExistingRole | None
    source_arn: str | None
    """The role of somebody else's that may assume `role`."""
    associations: Associations | None
    """None where something else makes them, or no cluster has any."""
    associated_elsewhere: bool
    """Whether something else makes them."""
    disable_session_tags: bool
    web_identities: Mapping[str, WebIdentity]
    """By the handle of each cluster with IRSA."""
    pin: str

    @property
    def composed(self) -> tuple[ComposedRole, ...]:
        """The roles that are composed."""
        return tuple(role for role in (self.role, self.target) if isinstance(role, ComposedRole))

    @property
    def chained(self) -> bool:
        """Whether EKS assumes a second role."""
        return self.target is not None

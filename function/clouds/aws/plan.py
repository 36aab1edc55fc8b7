"""What shall exist in AWS for a PodIdentity, read and judged: values of which nothing can fail to render."""

from collections.abc import Mapping
from dataclasses import dataclass

from function.clouds.aws.iam.policy import PolicyDocument
from function.clouds.aws.permissions.reader import RolePermissions
from function.clouds.aws.previous import Conflict, Imported
from function.clouds.aws.resource_names import role_key
from function.identity.subjects import Identity, Subject
from function.spec.arn import Arn

ProviderConfig = Mapping[str, str]
"""The reference to a provider config, as a managed resource has it."""


@dataclass(frozen=True, slots=True)
class ComposedRole:
    """A role that this PodIdentity owns."""

    key: str
    """Its composition resource name."""
    arn: Arn
    account: str
    name: str
    derived_for: str | None
    """The part that its name was derived for; None where it was written."""
    provider_config: ProviderConfig
    path: str
    description: str | None
    max_session_duration: int | None
    permissions_boundary_arn: Arn | None
    trust: PolicyDocument
    permissions: RolePermissions


@dataclass(frozen=True, slots=True)
class ExistingRole:
    """A role that somebody else owns."""

    arn: Arn
    observe: bool = False
    provider_config: ProviderConfig | None = None
    """The provider config that observes it."""

    @property
    def key(self) -> str:
        """The same as for a composed role: when a composed role becomes an existing one, it is observed, not deleted."""
        return role_key(self.arn.account, self.arn.name)


PlannedRole = ComposedRole | ExistingRole


@dataclass(frozen=True, slots=True)
class Associations:
    """How the roles are associated with the service accounts."""

    handles: frozenset[str]
    """The clusters that have associations."""
    provider_config: ProviderConfig
    tags: Mapping[str, str]
    named: Mapping[Subject, str]
    """Ids that the user names, of associations to take over."""
    kept: Mapping[str, Imported]
    """Those that were taken over before, by composition resource name: they keep their ids."""
    conflicts: Mapping[str, Conflict]
    """Those that EKS has already, by composition resource name."""
    adopt: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall exist in AWS."""

    identity: Identity
    partition: str
    cluster_arns: Mapping[str, Arn]
    """The ARN of each EKS cluster, by its handle."""
    role: PlannedRole
    """The role that pods are given; with a source role, the composed role that they finally act as."""
    target: PlannedRole | None
    source_arn: Arn | None
    """The role of somebody else's that may assume `role`."""
    associations: Associations | None
    """None where something else makes them, or no cluster has any."""
    associated_elsewhere: bool
    """Whether something else makes them."""
    disable_session_tags: bool
    annotations: Mapping[str, Mapping[str, str]]
    """What service accounts have to carry for IRSA, by the handle of each cluster that has it."""
    pin: str

    @property
    def roles(self) -> tuple[PlannedRole, ...]:
        """The role, and the target role where there is one."""
        return (self.role, self.target) if self.target else (self.role,)

    @property
    def chained(self) -> bool:
        """Whether EKS assumes a second role."""
        return self.target is not None

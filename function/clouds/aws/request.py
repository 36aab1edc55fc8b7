"""A PodIdentity's AWS half, read and judged: what is left cannot fail to render."""

from collections.abc import Mapping
from dataclasses import dataclass

from function.subjects import Subject


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A named policy that lives in the role."""

    name: str
    document: str
    """The policy as JSON."""


@dataclass(frozen=True, slots=True)
class ComposedRole:
    """The role that this PodIdentity owns."""

    name: str
    derived: bool
    """Whether the name was derived, not written."""
    path: str
    description: str | None
    max_session_duration: int | None
    permissions_boundary_arn: str | None
    trust_policy: str
    """The policy as JSON."""
    inline_policies: tuple[InlinePolicy, ...]
    managed_policy_arns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AWSRequest:
    """What shall exist in AWS."""

    partition: str
    account: str
    provider_config_ref: Mapping[str, str]
    role: ComposedRole | None
    """None where the role exists already and is only associated."""
    role_arn: str
    associate: bool
    disable_session_tags: bool
    association_tags: Mapping[str, str]
    existing: Mapping[Subject, str]
    """Association ids to take over."""
    imported: Mapping[str, str]
    """Ids of associations that were taken over before, by composition resource name: they keep them."""

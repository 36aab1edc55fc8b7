"""What shall exist in Google Cloud for a PodIdentity, read and judged: values of which nothing can fail to render."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from function.clouds.gcp.targets import Target
from function.identity.subjects import Identity


@dataclass(frozen=True, slots=True)
class ComposedAccount:
    """An IAM service account that this PodIdentity owns."""

    project: str
    id: str
    email: str
    derived: bool
    display_name: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class ExistingAccount:
    """An IAM service account that somebody else owns."""

    project: str
    email: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a resource."""

    role: str
    target: Target
    condition: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall exist in Google Cloud."""

    identity: Identity
    account: ComposedAccount | ExistingAccount | None
    """The service account that the pods act as; None where they are granted roles themselves."""
    provider_config: Mapping[str, str]
    principals: tuple[str, ...]
    """The pods, as IAM calls them; each once, however many clusters of a pool they are in."""
    grants: tuple[Grant, ...]
    pools: tuple[str, ...]
    """The workload identity pools of the clusters."""
    annotations: Mapping[str, Mapping[str, str]]
    """What service accounts have to carry, by the handle of the cluster."""

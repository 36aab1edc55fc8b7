"""The list of clouds, and the one place where it is decided which of them answers.

Each is a folder that knows no other. A new one is its folder, its row in this file's table, and its field in EntryDefaults.
From outside the folder only what its `__init__.py` and its `defaults.py` offer is used.
"""

from collections.abc import Callable, Collection, Container, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from function.clouds import aws, gcp
from function.clouds.aws import defaults as aws_defaults
from function.clouds.gcp import defaults as gcp_defaults
from function.clusters.entry import EntryCluster
from function.conditions import ASSOCIATIONS_READY, BINDINGS_READY, ROLE_READY, Condition
from function.errors import FieldError, Read
from function.identity.subjects import Identity
from function.observed import Observed
from function.result import Result
from function.spec.management import ProviderConfigRef
from function.spec.model import Maybe, Strict

Plan: TypeAlias = aws.Plan | gcp.Plan
Composed: TypeAlias = aws.Composed | gcp.Composed
Previous: TypeAlias = tuple[Hashable, ...]
"""What earlier calls made that this one has to keep: of each cloud its own `Previous`, in the order of NAMES."""

_NOTHING = Observed({})

_Previous = TypeVar("_Previous", bound=Hashable)
_Plan = TypeVar("_Plan")
_Composed = TypeVar("_Composed")
_Defaults = TypeVar("_Defaults", bound=Strict)


@dataclass(frozen=True, slots=True)
class _Cloud(Generic[_Previous, _Plan, _Composed, _Defaults]):
    """What a cloud offers. The types are one cloud's own, from each step of a call to the next."""

    section: type[Strict]
    """What users write in `spec`."""
    status: type
    """What the status holds of it."""
    conditions: tuple[str, ...]
    """The types of its conditions."""
    defaults: type[_Defaults]
    """Its section of an entry of the catalogue."""
    check_defaults: Callable[[_Defaults, EntryCluster], Iterator[FieldError]]
    offered: Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
    previous: Callable[[Observed], _Previous]
    read: Callable[[object, Identity, _Previous, Collection[FieldError]], Read[_Plan | None]]
    plan: type[_Plan]
    compose: Callable[[_Plan], _Composed]
    answer: Callable[[_Plan, _Composed, Observed], Result]
    while_spec_is_invalid: Callable[[Observed, str], tuple[Condition, ...]]


_AWS = _Cloud(
    section=aws.AWS,
    status=aws.AWSStatus,
    conditions=(ROLE_READY, ASSOCIATIONS_READY),
    defaults=aws_defaults.Defaults,
    check_defaults=aws_defaults.check,
    offered=aws_defaults.offered,
    previous=aws.previous,
    read=aws.read,
    plan=aws.Plan,
    compose=aws.compose,
    answer=aws.answer,
    while_spec_is_invalid=aws.while_spec_is_invalid,
)
_GCP = _Cloud(
    section=gcp.GCP,
    status=gcp.GCPStatus,
    conditions=(BINDINGS_READY,),
    defaults=gcp_defaults.Defaults,
    check_defaults=gcp_defaults.check,
    offered=gcp_defaults.offered,
    previous=gcp.previous,
    read=gcp.read,
    plan=gcp.Plan,
    compose=gcp.compose,
    answer=gcp.answer,
    while_spec_is_invalid=gcp.while_spec_is_invalid,
)
_CLOUDS: Mapping[str, _Cloud[Any, Any, Any, Any]] = {"aws": _AWS, "gcp": _GCP}

NAMES = tuple(_CLOUDS)
"""The fields of spec of which exactly one is written."""

SECTIONS: Mapping[str, tuple[type[Strict], type]] = {name: (cloud.section, cloud.status) for name, cloud in _CLOUDS.items()}
"""What users write in each, and what the status holds of it."""

DEFAULTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(str(field.alias) for field in cloud.defaults.model_fields.values()) for name, cloud in _CLOUDS.items()
}
"""The fields of each that have a default in the catalogue's entry of a cluster."""


class EntryDefaults(Strict):
    """The defaults for PodIdentities that an entry of the catalogue holds."""

    aws: Maybe[aws_defaults.Defaults] = None
    """Defaults for PodIdentities in AWS. Default: none. Example: `{providerConfigRef: {name: prod}}`."""
    gcp: Maybe[gcp_defaults.Defaults] = None
    """Defaults for PodIdentities in Google Cloud. Default: none. Example: `{providerConfigRef: {name: prod}}`."""

    @property
    def provider_configs(self) -> dict[str, ProviderConfigRef]:
        """How each cloud is reached, by its name."""
        return {name: (getattr(self, name) or cloud.defaults()).provider_config_ref for name, cloud in _CLOUDS.items()}

    def check_defaults(self, cluster: EntryCluster) -> Iterator[FieldError]:
        """Defaults that no PodIdentity of the cluster could use."""
        for name, cloud in _CLOUDS.items():
            if (defaults := getattr(self, name)) is not None:
                yield from cloud.check_defaults(defaults, cluster)


def offered(cloud: str, written: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of an entry's defaults that are for a PodIdentity with this section."""
    return _CLOUDS[cloud].offered(written, defaults)


def previous(fields: Container[str], observed: Observed) -> Previous:
    """What earlier calls made; `fields` are those of the spec, which say the clouds."""
    return tuple(cloud.previous(observed if name in fields else _NOTHING) for name, cloud in _CLOUDS.items())


def read(
    cloud: str, section: object, identity: Identity, before: Previous, others: Collection[FieldError]
) -> Read[Plan | None]:
    """Read a cloud's section of the spec.

    `others` are the errors of the rest of the spec, which keep some of the section's own from being judged.
    """
    return _CLOUDS[cloud].read(section, identity, before[NAMES.index(cloud)], others)


def compose(plan: Plan) -> Composed:
    """The resources of a plan."""
    return _of(plan).compose(plan)  # type: ignore[no-any-return]


def answer(plan: Plan, composed: Composed, observed: Observed) -> Result:
    """The answer for a plan, with what is observed now."""
    return _of(plan).answer(plan, composed, observed)


def _of(plan: Plan) -> _Cloud[Any, Any, Any, Any]:
    return next(cloud for cloud in _CLOUDS.values() if isinstance(plan, cloud.plan))


def condition_types(fields: Container[str]) -> tuple[str, ...]:
    """The types of the conditions of the spec's clouds, or of all where it names none."""
    return tuple(kind for name in _named(fields) for kind in _CLOUDS[name].conditions)


def while_spec_is_invalid(fields: Container[str], observed: Observed, while_: str) -> tuple[Condition, ...]:
    """The conditions of the spec's clouds, or of all where it names none, judged from what is observed alone.

    `while_` says why nothing else can be.
    """
    return tuple(condition for name in _named(fields) for condition in _CLOUDS[name].while_spec_is_invalid(observed, while_))


def _named(fields: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name in fields) or NAMES

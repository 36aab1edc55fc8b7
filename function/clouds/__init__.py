"""The list of clouds, and the one place where it is decided which of them answers.

Each is a folder that knows no other. A new one is its folder, and its lines in the functions of this file. From outside the
folder only what its `__init__.py` and its `defaults.py` offer is used.
"""

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from function.clouds import aws, gcp
from function.clouds.aws import defaults as aws_defaults
from function.clouds.aws.defaults import Defaults as AWSDefaults
from function.clouds.gcp import defaults as gcp_defaults
from function.clouds.gcp.defaults import Defaults as GCPDefaults
from function.clusters.entry import EntryCluster
from function.conditions import ASSOCIATIONS_READY, BINDINGS_READY, ROLE_READY, Condition
from function.errors import FieldError, Read
from function.identity.subjects import Identity
from function.observed import Observed
from function.result import Result
from function.spec.management import ProviderConfigRef
from function.spec.model import Maybe, Strict

NAMES = ("aws", "gcp")
"""The fields of spec of which exactly one is written."""

SECTIONS: Mapping[str, tuple[type[Strict], type]] = {"aws": (aws.AWS, aws.AWSStatus), "gcp": (gcp.GCP, gcp.GCPStatus)}
"""What users write in each, and what the status holds of it."""

DEFAULTS = {"aws": aws_defaults.FIELDS, "gcp": gcp_defaults.FIELDS}
"""The fields of each that have a default in the catalogue's entry of a cluster."""

_CONDITIONS = {"aws": (ROLE_READY, ASSOCIATIONS_READY), "gcp": (BINDINGS_READY,)}

Plan: TypeAlias = aws.Plan | gcp.Plan
Composed: TypeAlias = aws.Composed | gcp.Composed


class EntryDefaults(Strict):
    """The defaults for PodIdentities that an entry of the catalogue holds."""

    aws: Maybe[AWSDefaults] = None
    """Defaults for PodIdentities in AWS. Default: none. Example: `{providerConfigRef: {name: prod}}`."""
    gcp: Maybe[GCPDefaults] = None
    """Defaults for PodIdentities in Google Cloud. Default: none. Example: `{providerConfigRef: {name: prod}}`."""

    @property
    def provider_configs(self) -> dict[str, ProviderConfigRef]:
        """How each cloud is reached, by its name."""
        return {
            "aws": (self.aws or AWSDefaults()).provider_config_ref,
            "gcp": (self.gcp or GCPDefaults()).provider_config_ref,
        }

    def check_defaults(self, cluster: EntryCluster) -> Iterator[FieldError]:
        """Defaults that no PodIdentity of the cluster could use."""
        if self.aws is not None:
            yield from aws_defaults.check(self.aws, cluster)
        if self.gcp is not None:
            yield from gcp_defaults.check(self.gcp, cluster)


def offered(cloud: str, written: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of an entry's defaults that are for a PodIdentity with this section."""
    return aws_defaults.offered(written, defaults) if cloud == "aws" else gcp_defaults.offered(written, defaults)


@dataclass(frozen=True, slots=True)
class Previous:
    """What earlier calls made that this one has to keep, in each cloud of the spec; hashable."""

    in_aws: aws.Previous
    in_gcp: gcp.Previous


def previous(fields: Container[str], observed: Observed) -> Previous:
    """What earlier calls made; `fields` are those of the spec, which say the clouds."""
    return Previous(
        aws.previous(observed) if "aws" in fields else aws.Previous(),
        gcp.previous(observed) if "gcp" in fields else gcp.Previous(),
    )


def read(
    cloud: str, section: object, identity: Identity, before: Previous, others: Collection[FieldError]
) -> Read[aws.Plan | None] | Read[gcp.Plan | None]:
    """Read a cloud's section of the spec.

    `others` are the errors of the rest of the spec, which keep some of the section's own from being judged.
    """
    if cloud == "aws":
        return aws.read(section, identity, before.in_aws, others)
    return gcp.read(section, identity, before.in_gcp, others)


def compose(plan: Plan) -> Composed:
    """The resources of a plan."""
    return aws.compose(plan) if isinstance(plan, aws.Plan) else gcp.compose(plan)


def answer(plan: Plan, composed: Composed, observed: Observed) -> Result:
    """The answer for a plan, with what is observed now."""
    if isinstance(plan, aws.Plan) and isinstance(composed, aws.Composed):
        return aws.answer(plan, composed, observed)
    assert isinstance(plan, gcp.Plan)  # noqa: S101 - of one cloud
    assert isinstance(composed, gcp.Composed)  # noqa: S101
    return gcp.answer(plan, composed, observed)


def condition_types(fields: Container[str]) -> tuple[str, ...]:
    """The types of the conditions of the spec's clouds, or of all where it names none."""
    return tuple(kind for name in _named(fields) for kind in _CONDITIONS[name])


def while_spec_is_invalid(fields: Container[str], observed: Observed) -> tuple[Condition, ...]:
    """The conditions of the spec's clouds, or of all where it names none, judged from what is observed alone."""
    named = _named(fields)
    return (
        *(aws.while_spec_is_invalid(observed) if "aws" in named else ()),
        *(gcp.while_spec_is_invalid(observed) if "gcp" in named else ()),
    )


def _named(fields: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name in fields) or NAMES

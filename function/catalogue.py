"""The platform's catalogue as others read it: the entries, PodIdentityCluster, that Crossplane fetches for them.

Crossplane fetches what an answer requires and asks again, so an entry that nobody has fetched yet is no entry that is absent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.composition import Requirement

Required = Mapping[str, tuple[Mapping[str, Any], ...]]
"""What Crossplane fetched, by requirement name; an empty tuple where nothing of that name exists."""

VERSION, KIND = "podidentity.dev/v1alpha1", "PodIdentityCluster"

_PREFIX = "cluster-"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands. Whatever of it cannot be read is empty."""

    name: str
    facts: Mapping[str, Any]
    """`status.cluster`: the shape of an item of spec.clusters. Empty until the facts are resolved."""
    resolved: bool
    """Whether its condition FactsResolved is True."""
    unresolved: str
    """That condition's message where it is not."""
    aws: Mapping[str, Any]
    """`spec.aws`: defaults for PodIdentities."""
    gcp: Mapping[str, Any]
    kubernetes_provider_config_ref: Mapping[str, Any]
    namespaces: tuple[str, ...]
    """Patterns of the owners' namespaces that may use it."""
    agent: str = ""
    """`status.podIdentityAgent`: what an EKS cluster has of the agent."""


def requirement(name: str) -> Requirement:
    """What to ask Crossplane for, to read the entry of this name."""
    return Requirement(f"{_PREFIX}{name}", VERSION, KIND, name)


def fetched(required: Required, name: str) -> bool:
    """Whether Crossplane has looked for the entry."""
    return f"{_PREFIX}{name}" in required


def entry(required: Required, name: str) -> Entry | None:
    """The entry of this name, None where there is none."""
    found = next(iter(required.get(f"{_PREFIX}{name}", ())), None)
    if found is None:
        return None
    spec, status = _object(found, "spec"), _object(found, "status")
    condition = _condition(status, "FactsResolved")
    return Entry(
        name=name,
        facts=_object(status, "cluster"),
        resolved=condition.get("status") == "True",
        unresolved=str(condition.get("message", "")),
        aws=_object(spec, "aws"),
        gcp=_object(spec, "gcp"),
        kubernetes_provider_config_ref=_object(spec, "kubernetesProviderConfigRef"),
        namespaces=_namespaces(_object(spec, "usableFrom")),
        agent=str(status.get("podIdentityAgent", "")),
    )


def usable(entry: Entry, namespace: str) -> bool:
    """Whether owners in this namespace may use the entry."""
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), namespace) for pattern in entry.namespaces)


def _namespaces(usable_from: Mapping[str, Any]) -> tuple[str, ...]:
    written = usable_from.get("namespaces")
    return tuple(map(str, written)) if isinstance(written, list) else ("*",)


def _object(value: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = value.get(field)
    return found if isinstance(found, Mapping) else {}


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    listed = status.get("conditions")
    conditions = listed if isinstance(listed, list) else []
    return next((c for c in conditions if isinstance(c, Mapping) and c.get("type") == kind), {})

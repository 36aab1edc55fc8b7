"""The platform's catalogue as others read it: the entries, PodIdentityCluster, that Crossplane fetches for them.

Crossplane fetches what an answer requires and asks again, so an entry that nobody has fetched yet is no entry that is absent.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from function.composition import Requirement

Required = Mapping[str, tuple[Mapping[str, Any], ...]]
"""What Crossplane fetched, by requirement name; an empty tuple where nothing of that name exists."""

VERSION, KIND = "podidentity.dev/v1alpha1", "PodIdentityCluster"

_PREFIX = "cluster-"
_CLUSTERS = ("eks", "gke", "kubernetes", "vcluster")
_BESIDE = ("podIdentityAgent", "oidcProviders")
# The entry's own function has not looked at it since. Its new defaults beside old facts would be one account's credentials
# beside another account's cluster.
_STALE = "its status is not that of its spec as it is now; where that lasts, its condition Synced says why, or it is paused"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands. Whatever of it cannot be read is empty."""

    name: str
    facts: Mapping[str, Any]
    """`status.cluster`: the shape of an item of spec.clusters. Empty until the facts are resolved."""
    resolved: bool
    """Whether its condition FactsResolved is True, and the facts are those of its spec as it is now."""
    unresolved: str
    """Why it is not."""
    refused: str
    """Why its spec is refused, empty where it is not: nothing of a refused spec may count."""
    virtual: bool
    """Whether it is a vcluster's."""
    aws: Mapping[str, Any]
    """`spec.aws`: defaults for PodIdentities."""
    gcp: Mapping[str, Any]
    kubernetes_provider_config_ref: Mapping[str, Any]
    namespaces: tuple[str, ...]
    """Patterns of the owners' namespaces that may use it."""
    agent: str = ""
    """`status.podIdentityAgent`: what an EKS cluster has of the agent."""


def spec_digest(spec: Mapping[str, Any]) -> str:
    """What tells the facts of one spec from those of another: `d` and 15 hexadecimal digits, which in YAML are never a number.

    It covers the cluster as it is written and, where its facts are read elsewhere, through what; nothing else. A release that
    changes it makes all PodIdentities wait until their entries have been reconciled.
    """
    clusters = {kind: _object(spec, kind) for kind in _CLUSTERS if kind in spec}
    covered: dict[str, Any] = {
        kind: {name: value for name, value in cluster.items() if name not in _BESIDE} for kind, cluster in clusters.items()
    }
    # A vcluster's facts are its host's, whose account may change together with the credentials that are written here.
    if "vcluster" in clusters or any(cluster.get("observe") for cluster in clusters.values()):
        covered |= {cloud: _object(spec, cloud).get("providerConfigRef") for cloud in ("aws", "gcp")}
        covered["managedResources"] = spec.get("managedResources")
    # Files can hold what JSON cannot.
    return "d" + hashlib.sha256(json.dumps(covered, sort_keys=True, default=str).encode()).hexdigest()[:15]


def current(found: Mapping[str, Any]) -> bool:
    """Whether the facts in an entry's status are those of its spec as it is now."""
    return _object(found, "status").get("specDigest") == spec_digest(_object(found, "spec"))


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
    condition, valid, facts = _condition(status, "FactsResolved"), _condition(status, "SpecValid"), _object(status, "cluster")
    stale = "" if not facts or current(found) else _STALE
    resolved = condition.get("status") == "True"
    return Entry(
        name=name,
        facts=facts,
        resolved=resolved and not stale,
        unresolved=stale or ("" if resolved else str(condition.get("message", ""))),
        refused=str(valid.get("message", "its spec is invalid")) if valid.get("status") == "False" else "",
        virtual="vcluster" in spec,
        aws=_object(spec, "aws"),
        gcp=_object(spec, "gcp"),
        kubernetes_provider_config_ref=_object(spec, "kubernetesProviderConfigRef"),
        namespaces=_namespaces(spec),
        agent=str(status.get("podIdentityAgent", "")),
    )


def usable(entry: Entry, namespace: str) -> bool:
    """Whether owners in this namespace may use the entry."""
    return any(_matches(pattern, namespace) for pattern in entry.namespaces)


def _matches(pattern: str, text: str) -> bool:
    """Whether a text is a pattern, in which `*` stands for any characters; in time that grows with their lengths alone."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first) or not text[len(first) :].endswith(last):
        return False
    end, place = len(text) - len(last), len(first)
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _namespaces(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The patterns; nobody's where they cannot be read, since that would be everybody's."""
    if "usableFrom" not in spec:
        return ("*",)
    written = _object(spec, "usableFrom").get("namespaces")
    return tuple(map(str, written)) if isinstance(written, list) else ()


def _object(value: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = value.get(field)
    return found if isinstance(found, Mapping) else {}


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    listed = status.get("conditions")
    conditions = listed if isinstance(listed, list) else []
    return next((c for c in conditions if isinstance(c, Mapping) and c.get("type") == kind), {})

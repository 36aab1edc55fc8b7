"""The platform's catalogue as others read it: the entries, PodIdentityCluster, that Crossplane fetches for them.

Crossplane fetches what an answer requires and asks again, so an entry that nobody has fetched yet is no entry that is absent.
"""

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
    """Whether its condition FactsResolved is True, and what is typed of the cluster is what the facts say."""
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
    stale = _stale(spec, facts)
    return Entry(
        name=name,
        facts=facts,
        resolved=condition.get("status") == "True" and not stale,
        unresolved=stale or str(condition.get("message", "")),
        refused=str(valid.get("message", "its spec is invalid")) if valid.get("status") == "False" else "",
        virtual="vcluster" in spec,
        aws=_object(spec, "aws"),
        gcp=_object(spec, "gcp"),
        kubernetes_provider_config_ref=_object(spec, "kubernetesProviderConfigRef"),
        namespaces=_namespaces(spec.get("usableFrom")),
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


def _namespaces(usable_from: object) -> tuple[str, ...]:
    """The patterns; nobody's where they cannot be read, since that would be everybody's."""
    if usable_from is None:
        return ("*",)
    written = usable_from.get("namespaces", ["*"]) if isinstance(usable_from, Mapping) else None
    return tuple(map(str, written)) if isinstance(written, list) else ()


def _stale(spec: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Why the facts are not those of the spec: it was edited, and nobody has looked at it since."""
    for kind in ("eks", "gke", "kubernetes"):
        written, known = _object(spec, kind), _object(facts, kind)
        for field in ("clusterName", "region", "accountId", "location", "projectId", "oidcIssuer"):
            if field in written and field in known and not _same(written[field], known[field]):
                return f"its spec has another {kind}.{field} than its status, which follows in a moment"
    return ""


def _same(written: object, known: object) -> bool:
    """Issuers are the same with and without the default port."""
    return str(written).replace(":443", "", 1) == str(known).replace(":443", "", 1)


def _object(value: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = value.get(field)
    return found if isinstance(found, Mapping) else {}


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    listed = status.get("conditions")
    conditions = listed if isinstance(listed, list) else []
    return next((c for c in conditions if isinstance(c, Mapping) and c.get("type") == kind), {})

"""Clusters that a PodIdentity names without facts: the catalogue's facts and defaults are put where users would write them.

What is read from then on cannot tell the difference, so every rule holds for both.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from function import clouds
from function.catalogue.entry import Fetched, requirement, usable
from function.clusters.entry import Entry
from function.clusters.kinds import FACTS
from function.errors import FieldError, Path, dotted, listed, nearest, quoted
from function.resources.readiness import few
from function.result import Requirement
from function.spec.patterns import is_label

_CLUSTERS_MAX = 16
_LISTED_MAX = 10


@dataclass(frozen=True, slots=True)
class Merged:
    """A spec with the facts in it, or why they are not known."""

    spec: Mapping[str, Any]
    requirements: tuple[Requirement, ...] = ()
    """What has to be fetched, on every call."""
    pending: bool = False
    """Whether some of it has not been fetched yet."""
    errors: tuple[FieldError, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    """The entries of the catalogue, by the index in spec.clusters."""
    without_agent: frozenset[str] = frozenset()
    """Those whose clusters are known to have no EKS Pod Identity Agent."""
    sources: Mapping[Path, str] = field(default_factory=dict)
    """The fields that were put there, and the entry of each."""

    def at_the_name(self, errors: tuple[FieldError, ...]) -> Iterator[FieldError]:
        """The errors. One in a field that came from an entry is moved to the `name` with which the user chose that entry."""
        for error in errors:
            source = next((path for path in self.sources if error.path[: len(path)] == path), None)
            if source is None:
                yield error
                continue
            name = self.sources[source]
            within = source[:2] == _CLUSTERS
            index = source[2] if within else next(index for index, each in self.names.items() if each == name)
            field = dotted(error.path[3:] if within else error.path[1:])
            yield FieldError(
                (*_CLUSTERS, index, "name"), f"PodIdentityCluster {name}: {field}: {error.message}", error.mismatch
            )


_CLUSTERS: Path = ("spec", "clusters")


def named(spec: Mapping[str, Any]) -> dict[int, str]:
    """The names of the clusters that have no facts beside them, by their index."""
    clusters = spec.get("clusters")
    found: dict[int, str] = {}
    for index, cluster in enumerate(clusters if isinstance(clusters, list) else ()):
        name = cluster.get("name") if isinstance(cluster, Mapping) else None
        # What is no name is an error of its own; asked for, Crossplane would fail.
        if isinstance(name, str) and not any(fact in cluster for fact in FACTS) and is_label(name):
            found[index] = name
    return found if len(found) <= _CLUSTERS_MAX else {}


def merge(spec: Mapping[str, Any], fetched: Fetched, namespace: str, *, claim: bool) -> Merged:
    """Put the catalogue's facts into a spec; `namespace` is the owner's."""
    names = named(spec)
    if not names:
        return Merged(spec)
    requirements = tuple(requirement(name) for name in dict.fromkeys(names.values()))
    if not all(name in fetched.entries for name in names.values()):
        return Merged(spec, requirements, pending=True, names=names)
    entries = {index: fetched.entries[name] for index, name in names.items()}
    errors = [
        error for index, name in names.items() if (error := _unusable(entries[index], name, namespace, index, fetched.names))
    ]
    if errors:
        return Merged(spec, requirements, errors=tuple(errors), names=names)
    known = {index: entry for index, entry in entries.items() if entry}
    sources: dict[Path, str] = {}
    clusters = [
        _cluster(cluster, known.get(index), (*_CLUSTERS, index), sources, claim=claim)
        for index, cluster in enumerate(spec["clusters"])
    ]
    sections, errors = _defaults(spec, list(known.values()), sources, claim=claim)
    errors += _two_vclusters(spec["clusters"], known)
    return Merged(
        {**spec, "clusters": clusters, **sections},
        requirements,
        errors=tuple(errors),
        names=names,
        sources=sources,
        without_agent=frozenset(entry.name for entry in known.values() if entry.agent == "Absent"),
    )


def _absent(name: str, others: Collection[str]) -> str:
    """What to say of a name that no entry has; `others` are the entries that are known."""
    message = f"has no facts beside it, and there is no PodIdentityCluster {quoted(name)}"
    if close := nearest(name, others):
        return f"{message}; did you mean {close}?"
    known = f" ({listed(few(sorted(others), _LISTED_MAX))})" if others else ""
    return f"{message}: name one that there is{known}, or write its facts beside the name, under eks, gke or kubernetes"


def _unusable(entry: Entry | None, name: str, namespace: str, index: int, others: Collection[str]) -> FieldError | None:
    at: Path = (*_CLUSTERS, index, "name")
    if entry is None:
        return FieldError(at, _absent(name, others))
    if not usable(entry, namespace):
        some = f"says {listed(few(map(quoted, entry.namespaces), _LISTED_MAX))}" if entry.namespaces else "cannot be read"
        return FieldError(at, f"PodIdentityCluster {name} is not for namespace {quoted(namespace)}: its usableFrom {some}")
    if entry.refused:
        return FieldError(at, f"PodIdentityCluster {name} is refused itself: {entry.refused}")
    if not entry.resolved or sum(fact in entry.facts for fact in FACTS) != 1:
        why = entry.unresolved or "its facts are not known yet"
        return FieldError(at, f"PodIdentityCluster {name} cannot be used yet: {why}")
    return None


def _two_vclusters(clusters: list[Mapping[str, Any]], known: Mapping[int, Entry]) -> Iterator[FieldError]:
    for index, entry in known.items():
        if "vcluster" in clusters[index] and "vcluster" in entry.facts:
            message = f"PodIdentityCluster {entry.name} is a vcluster itself: leave this out"
            yield FieldError((*_CLUSTERS, index, "vcluster"), message)


def _cluster(written: Any, entry: Entry | None, at: Path, sources: dict[Path, str], *, claim: bool) -> Any:
    if entry is None:
        return written
    found = {name: _without_arn(entry.facts[name]) for name in (*FACTS, "vcluster") if name in entry.facts}
    # The entry's reference reaches the host cluster, not a vcluster that the user adds to it.
    if entry.kubernetes_provider_config_ref and "vcluster" not in written:
        found["kubernetesProviderConfigRef"] = _reference(entry.kubernetes_provider_config_ref, claim=claim)
    sources |= {(*at, name): entry.name for name in found if name not in written}
    return {**found, **written}


def _without_arn(facts: Any) -> Any:
    return {name: value for name, value in facts.items() if name != "arn"} if isinstance(facts, Mapping) else facts


def _reference(reference: Mapping[str, Any], *, claim: bool) -> dict[str, Any]:
    """A reference as the XR's scope needs it.

    In a claim `kind: ClusterProviderConfig` is dropped: a claim has only one kind.
    """
    if claim and reference.get("kind") == "ClusterProviderConfig":
        return {name: value for name, value in reference.items() if name != "kind"}
    return dict(reference)


def _defaults(
    spec: Mapping[str, Any], entries: list[Entry], sources: dict[Path, str], *, claim: bool
) -> tuple[dict[str, Any], list[FieldError]]:
    """The clouds' sections with the catalogue's defaults in them; what the user wrote comes first."""
    sections: dict[str, Any] = {}
    errors: list[FieldError] = []
    inline = len(spec["clusters"]) > len(entries)
    for cloud in clouds.NAMES:
        written = spec.get(cloud)
        if not isinstance(written, Mapping):
            continue
        section = dict(written)
        offered = {entry.name: clouds.offered(cloud, written, entry.defaults[cloud]) for entry in entries}
        for name in (each for each in clouds.DEFAULTS[cloud] if each not in written):
            said = {entry: _normal(defaults.get(name), claim=claim) for entry, defaults in offered.items()}
            values = [*said.values(), *([None] if inline else [])]
            if any(_meant(name, value) != _meant(name, values[0]) for value in values):
                errors.append(FieldError(("spec", cloud, name), _disagreement(said, inline=inline)))
                continue
            entry, value = next(((entry, value) for entry, value in said.items() if value is not None), ("", None))
            if entry:
                section[name] = value
                sources[("spec", cloud, name)] = entry
        sections[cloud] = section
    return sections, errors


def _meant(name: str, value: Any) -> Any:
    """What a default means: a missing or empty providerConfigRef stands for the ClusterProviderConfig `default`."""
    if name != "providerConfigRef":
        return value
    return {"kind": "ClusterProviderConfig", "name": "default", **(value if isinstance(value, Mapping) else {})}


def _normal(value: Any, *, claim: bool) -> Any:
    """The same for what means the same: a reference without a kind is one to a ClusterProviderConfig."""
    if not isinstance(value, Mapping):
        return value
    whole = {"kind": "ClusterProviderConfig", **value}
    return dict(sorted(_reference(whole, claim=claim).items()))


def _disagreement(said: Mapping[str, Any], *, inline: bool) -> str:
    entries = [
        f"PodIdentityCluster {name} has {quoted(value) if value is not None else 'none'}" for name, value in said.items()
    ]
    entries += ["clusters with facts beside their name have none"] if inline else []
    return f"is required: the defaults of the clusters differ, {listed(entries)}"

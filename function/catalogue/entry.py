"""The entries of the catalogue as others read them: PodIdentityClusters that Crossplane fetches.

Crossplane fetches what an answer requires and calls again. So an entry that was not fetched yet may still exist.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from function import clouds
from function.clusters.entry import Entry
from function.clusters.kinds import FACTS, KINDS
from function.conditions import FACTS_RESOLVED, SPEC_VALID
from function.result import Requirement
from function.spec.size import MAX_SPEC, TOO_LARGE, larger

VERSION, KIND = "podidentity.dev/v1alpha1", "PodIdentityCluster"

Objects = Mapping[str, Sequence[Mapping[str, Any]]]
"""What Crossplane fetched, by the name of the requirement; empty where no such object exists."""

_PREFIX = "cluster-"
# The entry was edited, and the function has not reconciled it yet. New defaults with old facts could combine one account's
# credentials with another account's cluster.
_STALE = "its status is older than its spec; if that lasts, its condition Synced says why, or it is paused"


def spec_digest(spec: Mapping[str, Any]) -> str:
    """A digest of the parts of a spec that its facts depend on: `d` and 15 hexadecimal digits.

    The `d` keeps YAML from reading it as a number.

    It covers the cluster's section. If facts are read from elsewhere (observe, or a vcluster's host), it also covers the
    provider configs and managedResources. A release that changes it makes all PodIdentities wait until their entries have been
    reconciled.
    """
    covered: dict[str, Any] = {
        kind.KIND: {name: value for name, value in _object(spec, kind.KIND).items() if name not in kind.NOT_FACTS}
        for kind in KINDS
        if kind.KIND in spec
    }
    # A vcluster's facts are its host's, whose account may change together with the credentials that are written here.
    if "vcluster" in covered or any(cluster.get("observe") for cluster in covered.values()):
        covered |= {cloud: _object(spec, cloud).get("providerConfigRef") for cloud in clouds.NAMES}
        covered["managedResources"] = spec.get("managedResources")
    # Files can hold what JSON cannot.
    return "d" + hashlib.sha256(json.dumps(covered, sort_keys=True, default=str).encode()).hexdigest()[:15]


def current(found: Mapping[str, Any]) -> bool:
    """Whether the facts in an entry's status are those of its spec as it is now."""
    return _object(found, "status").get("specDigest") == spec_digest(_object(found, "spec"))


def requirement(name: str) -> Requirement:
    """What to ask Crossplane for, to read the entry of this name."""
    return Requirement(f"{_PREFIX}{name}", VERSION, KIND, name)


@dataclass(frozen=True, slots=True)
class Fetched:
    """All that Crossplane fetched for a call."""

    entries: Mapping[str, Entry | None]
    """The entries of the catalogue that were looked up, by their names; None for one that does not exist."""

    others: frozenset[str] = frozenset()
    """Entries that are known to exist without having been looked up, as those in files are."""

    @property
    def names(self) -> frozenset[str]:
        """The entries that are known to exist."""
        return self.others | {name for name, entry in self.entries.items() if entry is not None}

    @classmethod
    def read(cls, objects: Objects) -> "Fetched":
        """Read what Crossplane fetched."""
        names = {requirement: requirement.removeprefix(_PREFIX) for requirement in objects if requirement.startswith(_PREFIX)}
        return cls({name: _entry(name, next(iter(objects[requirement]), None)) for requirement, name in names.items()})


NOTHING_FETCHED = Fetched({})


def _entry(name: str, found: Mapping[str, Any] | None) -> Entry | None:
    if found is None:
        return None
    spec, status = _object(found, "spec"), _object(found, "status")
    known = _object(status, "cluster")
    if larger([spec, known], MAX_SPEC):
        # It would go into the specs of all that name it.
        spec, status, known = {}, {"conditions": [{"type": SPEC_VALID, "status": "False", "message": f"it {TOO_LARGE}"}]}, {}
    condition, valid = _condition(status, FACTS_RESOLVED), _condition(status, SPEC_VALID)
    stale = "" if not known or current(found) else _STALE
    resolved = condition.get("status") == "True"
    return Entry(
        name=name,
        facts={kind: known[kind] for kind in (*FACTS, "vcluster") if kind in known},
        resolved=resolved and not stale,
        unresolved=stale or ("" if resolved else str(condition.get("message", ""))),
        refused=str(valid.get("message", "its spec is invalid")) if valid.get("status") == "False" else "",
        virtual="vcluster" in spec,
        defaults={cloud: _object(spec, cloud) for cloud in clouds.NAMES},
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
    """The patterns. None if they cannot be read: then nobody may use the entry, rather than everybody."""
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

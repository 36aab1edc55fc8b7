"""Which service account of the host stands for a virtual cluster's: vCluster's rules, as its source has them.

A vCluster runs all pods in one namespace of the host, under names that hold the virtual namespace's; namespaces that are mapped
(`sync.toHost.namespaces.mappings.byName`) have a namespace of the host instead, and names in them stay as they are.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from function.errors import quoted
from function.spec.patterns import LABEL_MAX, is_label

_KEPT = 52
_DIGEST = 10
_PREFIX_MAX = 32
_PLACEHOLDER = "${name}"
# Looked for without being consumed, since two can share a hyphen.
_JOINT = re.compile(r"(?=-x-)")
_JOINT_LENGTH = len("-x-")
_LABEL_START = re.compile(r"[a-z0-9][-a-z0-9]*")


class HostName(NamedTuple):
    """The host's side of a virtual service account."""

    namespace: str
    name: str


def single_namespace_name(name: str, namespace: str, vcluster: str) -> str:
    """What vCluster calls it in the namespace where all is: `demo-sa-x-default-x-sync`, at most 63 bytes.

    Longer ones keep 52 bytes and get a digest. Two can have one name: "a-x-b" of namespace "c" and "a" of "b-x-c".
    """
    if not name:
        return ""
    joined = f"{name}-x-{namespace}-x-{vcluster}"
    raw = joined.encode()
    if len(raw) <= LABEL_MAX:
        return joined
    kept = raw[:_KEPT].decode(errors="replace")
    return f"{kept}-{hashlib.sha256(raw).hexdigest()[:_DIGEST]}".replace(".-", "-")


def virtual_names(host: str, vcluster: str) -> Iterator[HostName]:
    """The virtual (namespace, name) that can have a host name in the namespace where all is; none where it has a digest.

    There can be several: "a-x-b-x-c-x-vc" is "a" of namespace "b-x-c", or "a-x-b" of "c".
    """
    joined = host.removesuffix(f"-x-{vcluster}")
    if joined == host:
        return
    # A namespace is a label, so that no joint stands further from the end.
    for joint in _JOINT.finditer(joined, max(0, len(joined) - LABEL_MAX - _JOINT_LENGTH)):
        name, namespace = joined[: joint.start()], joined[joint.start() + _JOINT_LENGTH :]
        if name and is_label(namespace):
            yield HostName(namespace, name)


def project_namespace(project: str, vcluster: str) -> str:
    """The namespace in which vCluster Platform runs a project's vCluster, where no template of its own says otherwise.

    What the Platform does with more than 63 characters is not known: the caller refuses them.
    """
    return f"loft-{project}-v-{vcluster}"


class Mapping(NamedTuple):
    """An entry of `sync.toHost.namespaces.mappings.byName`, as written: a namespace, or a pattern that ends with `*`."""

    virtual: str
    host: str


class _Pattern(NamedTuple):
    """A mapping of all namespaces that begin alike: what stands before the `*` on either side."""

    place: int
    """Its place among the mappings: the first that matches counts."""
    virtual: str
    host: str


class _Patterns:
    """Patterns by what one of their sides begins with. A lookup takes as many steps as there are lengths of prefixes."""

    def __init__(self, patterns: Iterable[tuple[str, _Pattern]]) -> None:
        self._by_prefix: dict[str, list[_Pattern]] = defaultdict(list)
        for prefix, pattern in patterns:
            self._by_prefix[prefix].append(pattern)
        self._lengths = sorted(set(map(len, self._by_prefix)))

    def of(self, text: str) -> list[_Pattern]:
        """Those whose prefix the text begins with."""
        lengths = (length for length in self._lengths if length <= len(text))
        return [pattern for length in lengths for pattern in self._by_prefix.get(text[:length], ())]


@dataclass(frozen=True)
class Mappings:
    """A vCluster's namespace mappings. What the methods beside `errors` say holds for mappings without errors.

    They are asked of every service account in every cluster. So tables are made of the mappings once, and no question goes
    through all of them.
    """

    entries: tuple[Mapping, ...]
    vcluster: str
    """What `${name}` stands for."""
    control_plane_namespace: str
    """The host's namespace that the vCluster itself runs in."""
    only: bool
    """`mappingsOnly`: what is in other namespaces is not synced."""

    def errors(self) -> Iterator[tuple[str, str]]:
        """Every reason why vCluster would refuse the mappings or behave in an undefined way, with the virtual side as written.

        They come in the same order whatever the order of the entries. That there are none at all is said at "".
        """
        if not self.entries:
            yield "", "has no mapping: write at least one"
        entries = sorted(self.entries)
        for entry in entries:
            for message in self._errors_of(entry):
                yield entry.virtual, message
        yield from self._one_virtual(entries)
        yield from self._overlaps(entries)
        yield from self._one_host(entries)

    def host_namespace(self, namespace: str) -> str | None:
        """The host's namespace that a virtual one is mapped to, if any: by name before by pattern.

        It is a DNS label but for its length, since a pattern's host side can be the longer one: the caller refuses more than
        63 characters.
        """
        exact = self._exact.get(namespace)
        if exact is not None:
            return exact
        first: _Pattern | None = None
        for pattern in self._by_virtual.of(namespace):
            if first is None or pattern.place < first.place:
                first = pattern
        return first.host + namespace[len(first.virtual) :] if first else None

    def sources(self, host: str) -> frozenset[str]:
        """The virtual namespaces that are mapped to a namespace of the host."""
        rivals = (
            pattern.virtual + host[len(pattern.host) :]
            for pattern in self._by_host.of(host)
            # Longer ones are no labels.
            if len(pattern.virtual) + len(host) - len(pattern.host) <= LABEL_MAX
        )
        by_pattern = frozenset(rival for rival in rivals if is_label(rival) and self.host_namespace(rival) == host)
        return self._names_by_host.get(host, frozenset()) | by_pattern

    def owns(self, namespace: str) -> bool:
        """Whether it is mapped to a namespace of the host in which nothing of any other virtual namespace can be."""
        host = self.host_namespace(namespace)
        return host is not None and self.sources(host) <= {namespace}

    @cached_property
    def _exact(self) -> dict[str, str]:
        """The host side of what is mapped by name; of what stands there twice, the first."""
        exact: dict[str, str] = {}
        for virtual, host in self.entries:
            if not _is_pattern(virtual) and not _is_pattern(host):
                exact.setdefault(self._named(virtual), self._named(host))
        return exact

    @cached_property
    def _names_by_host(self) -> dict[str, frozenset[str]]:
        """The namespaces that a mapping names, by the host's namespace that they are mapped to."""
        found: dict[str, set[str]] = defaultdict(set)
        for virtual in self._virtual_names:
            host = self.host_namespace(virtual)
            if host is not None and is_label(virtual):
                found[host].add(virtual)
        return {host: frozenset(names) for host, names in found.items()}

    @cached_property
    def _virtual_names(self) -> frozenset[str]:
        """The virtual sides that are no patterns."""
        return frozenset(self._named(virtual) for virtual, _ in self.entries if not _is_pattern(virtual))

    @cached_property
    def _by_virtual(self) -> _Patterns:
        return _Patterns((pattern.virtual, pattern) for pattern in self._patterns())

    @cached_property
    def _by_host(self) -> _Patterns:
        return _Patterns((pattern.host, pattern) for pattern in self._patterns())

    def _patterns(self) -> Iterator[_Pattern]:
        for place, (virtual, host) in enumerate(self.entries):
            if virtual.endswith("*") and host.endswith("*"):
                yield _Pattern(place, self._named(virtual)[:-1], self._named(host)[:-1])

    def _named(self, text: str) -> str:
        # A second one is an error; filled in as well, a short text could become an endless one.
        return text.replace(_PLACEHOLDER, self.vcluster, 1)

    def _errors_of(self, entry: Mapping) -> Iterator[str]:
        virtual, host = entry
        if _is_pattern(virtual) != _is_pattern(host):
            sides = f"{quoted(virtual)} maps to {quoted(host)}"
            yield f"{sides}: a pattern maps to a pattern, and one namespace to one namespace"
        of_virtual, of_host = self._error_of_side(virtual, "virtual"), self._error_of_side(host, "host")
        yield from filter(None, (of_virtual, of_host))
        if of_host is None:
            yield from self._errors_of_host(host)
        if of_virtual is None and of_host is None and _is_pattern(virtual) and _is_pattern(host):
            yield from self._errors_of_bare_prefix(virtual, host)

    def _error_of_side(self, text: str, side: str) -> str | None:
        """The first error of a mapping's side by itself."""
        if not text:
            return f'the {side} namespace is empty: write a namespace, or a pattern such as "team-*"'
        if "*" in text[:-1]:
            return f'{quoted(text)} has "*" before its end: a pattern has one "*", as its last character'
        if text.count(_PLACEHOLDER) > 1:
            return f'{quoted(text)} has "{_PLACEHOLDER}" {text.count(_PLACEHOLDER)} times; it may have it once'
        rest = text.replace(_PLACEHOLDER, "")
        if "${" in rest and "}" in rest:
            return f'{quoted(text)} has a placeholder other than "{_PLACEHOLDER}", which is the only one there is'
        return self._error_of_prefix(text) if _is_pattern(text) else self._error_of_name(text)

    def _error_of_prefix(self, text: str) -> str | None:
        prefix = self._named(text)[:-1]
        if len(prefix) > _PREFIX_MAX:
            return f'{self._shown(text)} has {len(prefix)} characters before its "*"; vCluster allows {_PREFIX_MAX}'
        if prefix and not _LABEL_START.fullmatch(prefix):
            rule = "lower case letters, digits and '-', beginning with a letter or digit"
            return f"{self._shown(text)} begins no DNS-1123 label: {rule}"
        return None

    def _error_of_name(self, text: str) -> str | None:
        name = self._named(text)
        if len(name) > LABEL_MAX:
            return f"{self._shown(text)} is {len(name)} characters; a namespace has at most {LABEL_MAX}"
        if not is_label(name):
            rule = "lower case letters, digits and '-', beginning and ending with a letter or digit"
            return f"{self._shown(text)} is not a DNS-1123 label: {rule}"
        return None

    def _shown(self, text: str) -> str:
        return f"{quoted(text)}, here {quoted(self._named(text))}," if _PLACEHOLDER in text else quoted(text)

    def _errors_of_host(self, host: str) -> Iterator[str]:
        named, itself = self._named(host), self.control_plane_namespace
        if host == "*":
            yield 'the host side is "*" alone: write something before it'
        elif _is_pattern(host) and itself.startswith(named[:-1]):
            yield f"{self._shown(host)} can be {quoted(itself)}, the namespace that the vCluster itself runs in: write another"
        elif named == itself:
            yield f"{self._shown(host)} is the namespace that the vCluster itself runs in: write another"

    def _errors_of_bare_prefix(self, virtual: str, host: str) -> Iterator[str]:
        """Where `*` stands for nothing, the host's side alone would be the namespace."""
        bare, made = self._named(virtual)[:-1], self._named(host)[:-1]
        if host != "*" and is_label(bare) and not is_label(made) and bare not in self._virtual_names:
            yield (
                f"{quoted(virtual)} gives the namespace {quoted(bare)} the host namespace {quoted(made)}, "
                f"which is not a DNS-1123 label: map {quoted(bare)} by itself, or write a pattern that leaves it out"
            )

    def _one_virtual(self, entries: list[Mapping]) -> Iterator[tuple[str, str]]:
        """Names that `${name}` makes the same."""
        seen: dict[str, str] = {}
        for virtual, _ in entries:
            name = self._named(virtual)
            if name in seen and not _is_pattern(name):
                both = f"{quoted(seen[name])} and {quoted(virtual)} are the same namespace"
                yield virtual, f"{both}, and which one counts is undefined: write one of them"
            seen.setdefault(name, virtual)

    def _overlaps(self, entries: list[Mapping]) -> Iterator[tuple[str, str]]:
        patterns = sorted(
            (self._named(virtual)[:-1], virtual)
            for virtual, _ in entries
            if _is_pattern(virtual) and self._error_of_side(virtual, "virtual") is None
        )
        shorter: list[tuple[str, str]] = []
        for prefix, virtual in patterns:
            # In sorted order, what begins like this one stands right before it, the shortest first.
            shorter = [(other, text) for other, text in shorter if prefix.startswith(other)]
            for _, text in shorter:
                both = f"{quoted(virtual)} and {quoted(text)} can both match a namespace"
                yield virtual, f"{both}, and which one counts is undefined: write patterns that exclude one another"
            shorter.append((prefix, virtual))

    def _one_host(self, entries: list[Mapping]) -> Iterator[tuple[str, str]]:
        """Host sides that are the same; vCluster compares them before it replaces `${name}`, which makes more of them so."""
        seen: dict[str, str] = {}
        for virtual, host in entries:
            name = self._named(host)
            if name in seen:
                both = f"{quoted(seen[name])} and {quoted(virtual)} both map to {quoted(name)}"
                yield virtual, f"{both}: each needs a host side of its own"
            seen.setdefault(name, virtual)


def translate(name: str, namespace: str, vcluster: str, host_namespace: str, mappings: Mappings | None) -> HostName | None:
    """The host's side of a virtual service account; None where its namespace is not synced.

    `host_namespace` is the one that the vCluster itself runs in. The answer's namespace may be too long to exist, as
    `Mappings.host_namespace` says.
    """
    mapped = mappings.host_namespace(namespace) if mappings else None
    if mapped is not None:
        return HostName(mapped, name)
    if mappings and mappings.only:
        return None
    return HostName(host_namespace, single_namespace_name(name, namespace, vcluster))


def _is_pattern(text: str) -> bool:
    return "*" in text

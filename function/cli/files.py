"""Read YAML files as people keep them: several documents, some of which are PodIdentities or claims."""

import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click
import yaml

from function.cli.messages import print_error
from function.errors import listed, quoted

GROUP = "podidentity.dev"
_VERSION = f"{GROUP}/v1alpha1"

NO_DOCUMENT = f"no document of API group {GROUP} (a PodIdentity or PodIdentityClaim)"
"""What to say where there is nothing of ours."""

_KINDS = ("PodIdentity", "XPodIdentity", "PodIdentityClaim", "PodIdentityCluster")
_OF_CLUSTER = ("XPodIdentity", "PodIdentityCluster")

_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?")
# XRs and claims have shorter names than other objects: Crossplane labels what they compose with them.
_NAME_MAX = 63
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

_FIELDS = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
_METADATA = frozenset(
    {
        *(
            "name",
            "generateName",
            "namespace",
            "labels",
            "annotations",
            "finalizers",
            "ownerReferences",
            "uid",
            "resourceVersion",
        ),
        *("generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"),
    }
)

# What Crossplane keeps in a claim for itself and does not copy into its XR.
_CLAIM_MACHINERY = frozenset({"compositeDeletePolicy", "resourceRef"})


class Unreadable(click.ClickException):
    """A file or document that cannot be read; the text says which, where and why. Not caught, it ends the command with 1."""

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002 - click passes it
        """Print it like every error."""
        print_error(self.message)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands: its file, which document of it, counted from 1, and which item if that is a List."""

    file: str
    document: int
    item: int | None = None

    def __str__(self) -> str:
        return f"{self.file}: document {self.document}" + (f", item {self.item}" if self.item is not None else "")


@dataclass(frozen=True, slots=True)
class Document:
    """A PodIdentity, XPodIdentity, PodIdentityClaim or PodIdentityCluster as it stands in a file."""

    place: Place
    value: Mapping[str, Any]
    name: str
    namespace: str
    """The namespace that it is applied to; empty for a kind of the whole control plane."""

    @property
    def kind(self) -> str:
        """Which of them it is."""
        return str(self.value["kind"])

    @property
    def title(self) -> str:
        """How a person finds it again: file, document, kind and name."""
        owner = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.place} ({self.kind} {owner})"

    @property
    def assumed_namespace(self) -> bool:
        """Whether it is of a namespace that it does not name."""
        return bool(self.namespace) and not self.value["metadata"].get("namespace")

    def xr(self) -> dict[str, Any]:
        """The XR that Crossplane hands to the function for it; for a claim the one that it would make."""
        metadata = {name: value for name, value in self.value["metadata"].items() if name != "namespace"}
        if self.kind != "PodIdentityClaim":
            return {**self.value, "metadata": {**metadata, **({"namespace": self.namespace} if self.namespace else {})}}
        reference = {"apiVersion": _VERSION, "kind": self.kind, "namespace": self.namespace, "name": self.name}
        spec = self.value.get("spec")
        if isinstance(spec, Mapping):
            copied = {name: value for name, value in spec.items() if name not in _CLAIM_MACHINERY}
            spec = {**copied, "claimRef": reference}
        return {**self.value, "kind": "XPodIdentity", "metadata": metadata, "spec": spec}


def pod_identities(file: Path, namespace: str, *, needed: bool = True) -> Iterator[Document | Unreadable]:
    """The documents of our API group in a file, and an Unreadable for each document that cannot be read.

    Others, of the same app perhaps, are passed over; a file of nothing else is an error where one is `needed`. `namespace` is
    where a document goes that names none, as with kubectl. The file `-` is standard input.
    """
    found = False
    try:
        for place, value in objects(file):
            if isinstance(value, Unreadable):
                yield value
            elif str(value.get("apiVersion", "")).partition("/")[0] == GROUP:
                found = True
                yield _document(place, value, namespace)
    except Unreadable as unreadable:
        yield unreadable
        return
    if needed and not found:
        yield Unreadable(f"{file}: {NO_DOCUMENT}")


def _document(place: Place, value: Mapping[str, Any], default: str) -> Document | Unreadable:
    kind, metadata = value.get("kind"), value.get("metadata")
    if value.get("apiVersion") != _VERSION:
        return Unreadable(f"{place}: apiVersion: {quoted(value.get('apiVersion'))} is not served; write {_VERSION}")
    if kind not in _KINDS:
        return Unreadable(f"{place}: kind: {quoted(kind)} is not {', '.join(_KINDS[:-1])} or {_KINDS[-1]}")
    if not isinstance(metadata, Mapping):
        return Unreadable(f"{place}: metadata: must be an object with a name, not {quoted(metadata)}")
    unknown = [*(set(value) - _FIELDS), *(f"metadata.{field}" for field in set(metadata) - _METADATA)]
    if unknown:
        belongs = "; does it belong under spec?" if "metadata." not in min(unknown) else ""
        return Unreadable(f"{place}: {listed(sorted(unknown))}: unknown field{belongs}")
    name, namespace = metadata.get("name"), metadata.get("namespace") or default
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > _NAME_MAX:
        rule = f"must be lower case letters, digits, '-' and '.', at most {_NAME_MAX} characters"
        return Unreadable(f"{place}: metadata.name: {rule}, not {quoted(name)}")
    if not isinstance(namespace, str) or not _NAMESPACE.fullmatch(namespace):
        return Unreadable(f"{place}: metadata.namespace: must be lower case letters, digits and '-', not {quoted(namespace)}")
    spec = value.get("spec")
    if kind == "PodIdentityClaim" and isinstance(spec, Mapping) and "claimRef" in spec:
        return Unreadable(f"{place}: spec.claimRef: unknown field; a claim's XR has it")
    return Document(place, value, name, "" if kind in _OF_CLUSTER else namespace)


def manifests(file: Path) -> Iterator[Mapping[str, Any]]:
    """All Kubernetes objects of a YAML file. Raises Unreadable at the first that is none."""
    for _, value in objects(file):
        if isinstance(value, Unreadable):
            raise value
        yield value


def objects(file: Path) -> Iterator[tuple[Place, Mapping[str, Any] | Unreadable]]:
    """All Kubernetes objects of a YAML file with their places, those of a List one by one; empty documents count, too."""
    for number, value in enumerate(_yaml(file), start=1):
        if value is not None:
            yield from _objects(Place(str(file), number), value)


def _objects(place: Place, value: object) -> Iterator[tuple[Place, Mapping[str, Any] | Unreadable]]:
    if not isinstance(value, Mapping):
        yield place, Unreadable(f"{place}: is not a Kubernetes object")
    elif value.get("kind") == "List" and isinstance(value.get("items"), list):
        for item, inner in enumerate(value["items"], start=1):
            yield from _objects(Place(place.file, place.document, item), inner)
    else:
        yield place, value


def _yaml(file: Path) -> list[object]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except IsADirectoryError:
        raise Unreadable(f"{file}: is a folder: name a file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file}: cannot be read: {error}") from None
    try:
        return list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        template = "; it looks like a template: render it first" if "{{" in text else ""
        raise Unreadable(f"{file}{where}: is not YAML as Kubernetes takes it: {error.problem}{template}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(f"{file}: is not YAML: {' '.join(str(error).split())[:500]}") from None


class _Number(int):
    """A whole number that remembers how it was written."""

    written: str


class _Loader(yaml.SafeLoader):
    """YAML's safe subset without what silently changes a meaning, or cannot be in a Kubernetes object."""

    def construct_document(self, node: yaml.Node) -> object:
        """Refuse a document that its aliases make endless, or larger than any object can be."""
        if _size(node, {}) > _NODES_MAX:
            raise yaml.constructor.ConstructorError(
                None, None, "the document is too large, or contains itself", node.start_mark
            )
        return super().construct_document(node)

    def compose_mapping_node(self, anchor: dict[Any, yaml.Node]) -> yaml.MappingNode:
        """Refuse a key that is no string (`on:` reads as true), and a duplicate one, of which the last would win."""
        node = super().compose_mapping_node(anchor)
        seen = set()
        # Before merge keys are put in: what they bring may stand in the object as well.
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.tag != "tag:yaml.org,2002:str":
                text = f"the key {quoted(key.value)[1:-1]}" if isinstance(key, yaml.ScalarNode) else "a key"
                problem = f"{text} is not a string: put it in quotes"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key.value}", key.start_mark)
            seen.add(key.value)
        return node

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Refuse a number that does not fit into the 64 bits that Kubernetes has for it."""
        text = str(self.construct_scalar(node))
        try:
            made = int(super().construct_yaml_int(node))
        except ValueError:
            # kubectl reads 089 as 89, and 0o7 as 7.
            digits = text.replace("_", "")
            made = int(digits, 8) if "o" in digits else int(digits)
        number = _Number(made)
        number.written = text
        if not -(2**63) <= number < 2**63:
            raise yaml.constructor.ConstructorError(None, None, "the number is too large: put it in quotes", node.start_mark)
        return number

    def construct_float(self, node: yaml.ScalarNode) -> float | str:
        """A number that is larger than any float is a string, as for kubectl."""
        text = str(self.construct_scalar(node))
        number = float(super().construct_yaml_float(node))
        return text if math.isinf(number) and "inf" not in text.lower() else number

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        """Refuse half a character, which no encoding can carry."""
        text = super().construct_scalar(node)
        if isinstance(text, str) and any("\ud800" <= c <= "\udfff" for c in text):
            raise yaml.constructor.ConstructorError(
                None, None, "a string holds half a character (a surrogate)", node.start_mark
            )
        return text


_NODES_MAX = 1_000_000


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many nodes a document has once its aliases are written out; one that contains itself has too many."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in known:
        known[id(node)] = _NODES_MAX + 1
        inner = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_size(part, known) for part in inner)
    return known[id(node)]


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_float)

# YAML 1.1 reads 2026-11-23 as a date, which Kubernetes takes for the string that it is.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

# kubectl reads a bare y or n as true or false, PyYAML by itself does not.
_Loader.bool_values = {**yaml.SafeLoader.bool_values, "y": True, "n": False}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]\Z"), list("yYnN"))

# kubectl reads these as numbers, PyYAML by itself does not.
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0[0-9_]+|0o[0-7]+)\Z"), list("-+0"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+\Z"), list("-+0123456789"))

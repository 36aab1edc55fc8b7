"""Read YAML files as people keep them: several documents, some of which are PodIdentities or claims."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

GROUP = "podidentity.dev"
_VERSION = f"{GROUP}/v1alpha1"

# What Crossplane keeps in a claim for itself and does not copy into its XR.
_CLAIM_MACHINERY = frozenset({"compositeDeletePolicy", "resourceRef"})


class Unreadable(Exception):
    """A file or document that cannot be read; the text says which, where and why."""


@dataclass(frozen=True, slots=True)
class Document:
    """A PodIdentity, XPodIdentity or PodIdentityClaim as it stands in a file."""

    file: str
    number: int
    """Which document of the file it is, counted from 1."""
    value: Mapping[str, Any]
    namespace: str
    """The namespace that it is applied to; empty for an XPodIdentity."""

    @property
    def title(self) -> str:
        """How a person finds it again: file, document, kind and name."""
        name = (self.value.get("metadata") or {}).get("name", "?")
        owner = f"{self.namespace}/{name}" if self.namespace else name
        return f"{self.file}: document {self.number} ({self.value['kind']} {owner})"

    def xr(self) -> dict[str, Any]:
        """The XR that Crossplane hands to the function for it; for a claim the one that it would make."""
        metadata = {**(self.value.get("metadata") or {})}
        if self.value["kind"] != "PodIdentityClaim":
            placed = {"namespace": self.namespace} if self.namespace else {}
            return {**self.value, "metadata": {**metadata, **placed}}
        reference = {
            "apiVersion": _VERSION,
            "kind": "PodIdentityClaim",
            "namespace": self.namespace,
            "name": metadata.get("name", ""),
        }
        spec = self.value.get("spec")
        if isinstance(spec, Mapping):
            copied = {name: value for name, value in spec.items() if name not in _CLAIM_MACHINERY}
            spec = {**copied, "claimRef": reference}
        metadata.pop("namespace", None)
        return {**self.value, "kind": "XPodIdentity", "metadata": metadata, "spec": spec}


def pod_identities(file: Path, namespace: str) -> list[Document]:
    """The documents of a file that the function would answer for; others, of the same app perhaps, are passed over.

    `namespace` is where a document goes that names none, as with kubectl.
    """
    found = [
        _document(file, number, value, namespace)
        for number, value in enumerate(manifests(file), start=1)
        if str(value.get("apiVersion", "")).partition("/")[0] == GROUP
    ]
    if not found:
        raise Unreadable(f"{file}: no document of API group {GROUP} (a PodIdentity or PodIdentityClaim)")
    return found


def _document(file: Path, number: int, value: Mapping[str, Any], namespace: str) -> Document:
    kind, where = value.get("kind"), f"{file}: document {number}"
    if value.get("apiVersion") != _VERSION:
        raise Unreadable(f"{where}: apiVersion: {value.get('apiVersion')} is not served; write {_VERSION}")
    if kind not in ("PodIdentity", "XPodIdentity", "PodIdentityClaim"):
        raise Unreadable(f"{where}: kind: {kind} is not PodIdentity, XPodIdentity or PodIdentityClaim")
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str) or not isinstance(metadata, Mapping):
        raise Unreadable(f"{where}: metadata.name: is required, a string")
    placed = "" if kind == "XPodIdentity" else str(metadata.get("namespace") or namespace)
    return Document(str(file), number, value, placed)


def manifests(file: Path) -> Iterator[Mapping[str, Any]]:
    """All Kubernetes objects of a YAML file, those of a List one by one; empty documents are passed over."""
    try:
        text = file.read_text(encoding="utf-8")
        documents = list(yaml.load_all(text, Loader=_Loader))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file}: cannot be read: {error}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(f"{file}: is not YAML: {' '.join(str(error).split())}") from None
    for number, value in enumerate(documents, start=1):
        if isinstance(value, Mapping):
            yield from value["items"] if value.get("kind") == "List" and isinstance(value.get("items"), list) else [value]
        elif value is not None:
            raise Unreadable(f"{file}: document {number}: is not a Kubernetes object")


class _Loader(yaml.SafeLoader):
    """YAML's safe subset without what silently changes a meaning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        """Refuse a key that stands twice (the last would win), and one that is no string (`on:` reads as true)."""
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                problem = f"the key {key_node.value} is not a string: put it in quotes"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.1 reads 2026-11-23 as a date, which Kubernetes takes for the string that it is.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

# kubectl reads a bare y or n as true or false, PyYAML by itself does not.
_Loader.bool_values = {**yaml.SafeLoader.bool_values, "y": True, "n": False}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]\Z"), list("yYnN"))

"""Read YAML files as people keep them: several documents, some of which are PodIdentities or claims."""

import re
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from function.cli.messages import print_error
from function.cli.yaml_input import NotYaml, parse
from function.errors import listed, quoted

GROUP = "podidentity.dev"
_VERSION = f"{GROUP}/v1alpha1"

# A whole platform's managed resources; the C reader takes seconds for it.
_BYTES_MAX = 16 << 20
_OPENED_BY_THE_SHELL = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")

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
        return parse(_text(file))
    except NotYaml as error:
        raise Unreadable(f"{file}{error}") from None


def _text(file: Path) -> str:
    """What is in a file. Raises Unreadable for what is no file, and for more than a file of ours can hold."""
    try:
        if str(file) == "-":
            read = sys.stdin.buffer.read(_BYTES_MAX + 1)
        else:
            check_regular(file)
            with file.open("rb") as opened:
                read = opened.read(_BYTES_MAX + 1)
        if len(read) > _BYTES_MAX:
            raise Unreadable(f"{file}: is larger than {_BYTES_MAX >> 20} MB: split it")
        return read.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file}: cannot be read: {error}") from None


def check_regular(file: Path) -> None:
    """Raise Unreadable for a folder, and for what may never end or never begin: a named pipe, a socket, a device.

    A stream that the shell itself opened, as `<(command)` does, is taken. Raises OSError where there is nothing.
    """
    mode = file.stat().st_mode
    if stat.S_ISDIR(mode):
        raise Unreadable(f"{file}: is a folder: name a file")
    if not stat.S_ISREG(mode) and not str(file).startswith(_OPENED_BY_THE_SHELL):
        raise Unreadable(f"{file}: is not a file but a pipe, a socket or a device: to read a stream, redirect it and name it -")

"""Whose the observed resources of a file are: those of one PodIdentity, of others, or nobody's.

`kubectl get managed -n NAMESPACE` prints what all PodIdentities of a namespace compose. Crossplane makes an XR the controller
of what it composes for it, and writes the XR and its claim into labels.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from function.cli.description import at, text
from function.cli.files import GROUP, Document, Unreadable, manifests
from function.observed import RESOURCE_NAME, Observed

_COMPOSITE, _CLAIM_NAME, _CLAIM_NAMESPACE = (f"crossplane.io/{name}" for name in ("composite", "claim-name", "claim-namespace"))
_NAMED_MAX = 5


class _Owner(NamedTuple):
    kind: str
    """Empty where only a label names the owner, which says no kind."""
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind or 'an XR called'} {'/'.join(filter(None, self[1:]))}"


class Seen:
    """The observed composed resources of a file; a number stands for each."""

    def __init__(self, objects: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take Kubernetes objects; those that are no composed resources are passed over."""
        self.objects = [each for each in objects if name_of(each)]
        self._owners = [_owners(each) for each in self.objects]
        self._owned: dict[_Owner, list[int]] = {}
        for number, owners in enumerate(self._owners):
            for owner in owners or (None,):
                self._owned.setdefault(owner or _NOBODY, []).append(number)

    @classmethod
    def read(cls, file: Path | None) -> "Seen":
        """What is in a file; nothing where none is given. Raises Unreadable where it holds no Kubernetes objects."""
        return cls(manifests(file) if file else ())

    def of(self, document: Document) -> list[int]:
        """Those of a document: what it owns, and what nobody owns, as in files that are written by hand."""
        own = {number for owner in _names(document) for number in self._owned.get(owner, ())}
        return sorted(own | {number for number in self._owned.get(_NOBODY, ()) if self._can_be(document, number)})

    def observed(self, document: Document) -> Observed:
        """Those of a document, as the function sees them."""
        try:
            return Observed.from_manifests(self.objects[number] for number in self.of(document))
        except ValueError as error:
            raise Unreadable(str(error)) from None

    def whose(self, numbers: Iterable[int]) -> str:
        """Whose these are, with how many each has: `of PodIdentity shop/orders (2), in namespace data (1)`."""
        counted = Counter(self._whose(number) for number in numbers)
        more = [f"and {len(counted) - _NAMED_MAX} more owners"] if len(counted) > _NAMED_MAX else []
        return ", ".join([*(f"{owner} ({count})" for owner, count in counted.most_common(_NAMED_MAX)), *more])

    def _whose(self, number: int) -> str:
        owners = self._owners[number]
        return f"of {owners[0]}" if owners else f"in namespace {_namespace(self.objects[number])}"

    def _can_be(self, document: Document, number: int) -> bool:
        """A PodIdentity composes in its own namespace only."""
        namespace = _namespace(self.objects[number])
        return document.kind != "PodIdentity" or namespace in ("", document.namespace)


_NOBODY = _Owner("", "", "")


def name_of(manifest: Mapping[str, Any]) -> str:
    """The composition resource name of an object, empty for one that is no composed resource."""
    return text(manifest, "metadata", "annotations", RESOURCE_NAME)


def _namespace(manifest: Mapping[str, Any]) -> str:
    return text(manifest, "metadata", "namespace")


def _names(document: Document) -> Iterable[_Owner]:
    """What observed resources call the owner that a document is."""
    if document.kind != "PodIdentityClaim":
        yield _Owner(document.kind, document.namespace, document.name)
        yield _Owner("", document.namespace, document.name)
        return
    # Its XR has a random name, which an exported claim knows.
    yield _Owner("PodIdentityClaim", document.namespace, document.name)
    if xr := text(document.value, "spec", "resourceRef", "name"):
        yield _Owner("XPodIdentity", "", xr)
        yield _Owner("", "", xr)


def _owners(manifest: Mapping[str, Any]) -> tuple[_Owner, ...]:
    """Who owns an object: its claim and its XR, or the XR that only a label names; none for one that nobody owns."""
    labels, found = at(manifest, "metadata", "labels"), [*_controllers(manifest)]
    if (claim := text(labels, _CLAIM_NAME)) and all(owner.kind == "XPodIdentity" for owner in found):
        found.insert(0, _Owner("PodIdentityClaim", text(labels, _CLAIM_NAMESPACE), claim))
    if not found and (xr := text(labels, _COMPOSITE)):
        found.append(_Owner("", _namespace(manifest), xr))
    return tuple(found)


def _controllers(manifest: Mapping[str, Any]) -> Iterator[_Owner]:
    """The controller, of which an object has one at most."""
    references = at(manifest, "metadata", "ownerReferences")
    for reference in references if isinstance(references, list) else ():
        if at(reference, "controller") is True:
            group, kind = text(reference, "apiVersion").partition("/")[0], text(reference, "kind")
            kind = kind if group == GROUP else f"{kind}.{group}"
            namespace = _namespace(manifest) if kind == "PodIdentity" else ""
            yield _Owner(kind, namespace, text(reference, "name"))

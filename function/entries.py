"""The entries of the catalogue that files hold, with the status that they would have on a control plane."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from function.catalogue import KIND, Required
from function.complaints import complain, list_faults, warn
from function.compose import Options, compose
from function.composition import CompositionResult
from function.documents import Document, Unreadable, pod_identities
from function.observed import Observed

Entries = Mapping[str, Mapping[str, Any]]
"""PodIdentityClusters with their status, by name."""

_EXPORT = "only the real cluster says its facts: give the entry as `kubectl get podidentityclusters -o yaml` prints it"


def read_catalogue(files: tuple[Path, ...], own: Iterable[Document] = ()) -> Entries:
    """The entries of these files and, before those of the same name, of these documents.

    What cannot be read ends the program. A refused entry is a warning, since it stands in the way of those alone that name it.
    """
    written: dict[str, Document] = {}
    for file in files:
        for document in pod_identities(file, "default"):
            if isinstance(document, Unreadable):
                complain(str(document))
                sys.exit(1)
            if document.kind == KIND:
                if document.name in written:
                    complain(f"{document.title}: {written[document.name].place} has this entry already")
                    sys.exit(1)
                written[document.name] = document
    listed = {document.name: document for document in own if document.kind == KIND}
    # Vclusters have the facts of their hosts, which come first.
    entries: dict[str, Mapping[str, Any]] = {}
    for document in sorted({**written, **listed}.values(), key=_of_vcluster):
        # The faults of the documents themselves are their own answers'.
        entries[document.name] = _with_status(document, entries, warned=document.name in listed)
    return entries


def ask(xr: Mapping[str, Any], observed: Observed, entries: Entries) -> CompositionResult:
    """Ask as Crossplane does: what an answer requires is looked up, and asked again with."""
    required: Required = {}
    while True:
        result = compose(xr, observed, required, Options())
        wanted = {each.name: each.match_name for each in result.requirements}
        if wanted.keys() <= required.keys():
            return result
        required = {name: (entries[entry],) if entry in entries else () for name, entry in wanted.items()}


def _of_vcluster(document: Document) -> bool:
    spec = document.value.get("spec")
    return isinstance(spec, Mapping) and "vcluster" in spec


def _with_status(document: Document, entries: Entries, *, warned: bool) -> Mapping[str, Any]:
    """What the status is with what is written; what only the real cluster says stays as it was exported."""
    entry = document.xr()
    result = ask(entry, Observed({}), entries)
    if result.faults and not warned:
        warn(f"{document.title}: is refused, and every PodIdentity that names it")
        list_faults(result.faults)
    conditions = {c.type: c for c in result.conditions}
    facts, exported = conditions["FactsResolved"], isinstance(entry.get("status"), Mapping)
    if exported and not result.faults and facts.status != "True":
        return entry
    messages = {kind: condition.message for kind, condition in conditions.items()}
    if not exported and facts.reason == "Waiting" and not _of_vcluster(document):
        messages["FactsResolved"] = _EXPORT
    told = [{"type": c.type, "status": c.status, "reason": c.reason, "message": messages[c.type]} for c in result.conditions]
    return {**entry, "status": {**(result.status or {}), "conditions": told}}

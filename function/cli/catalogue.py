"""The entries of the catalogue that files hold, with the status that they would have on a control plane."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from function.catalogue.entry import KIND, NOTHING_FETCHED, Fetched, current
from function.cli.files import Document, Unreadable
from function.cli.folders import documents
from function.cli.messages import list_errors, print_warning
from function.clusters.kinds import KINDS
from function.compose import compose
from function.conditions import FACTS_RESOLVED
from function.observed import NOTHING_OBSERVED, Observed
from function.result import Result

Entries = Mapping[str, Mapping[str, Any]]
"""PodIdentityClusters with their status, by name."""

_NOT_EXPORTED = "only the real cluster says its facts: give the entry as `kubectl get podidentityclusters -o yaml` prints it"
_EDITED = "its status is not that of its spec, which only the real cluster can tell: apply it, and export it again"
# What an export knows better than the files beside it.
_UNKNOWN_HOST = ("Waiting", "HostAbsent", "HostUnresolved")


def read_catalogue(files: tuple[Path, ...], own: Iterable[Document] = ()) -> Entries:
    """The entries of these files and, before those of the same name, of these documents.

    Raises Unreadable for what cannot be read. A refused entry is a warning: it stands in the way of those alone that name it.
    """
    written: dict[str, Document] = {}
    for file in files:
        for document in documents((file,), "default"):
            if isinstance(document, Unreadable):
                raise document
            if document.kind == KIND:
                if document.name in written:
                    raise Unreadable(f"{document.title}: {written[document.name].place} has this entry already")
                written[document.name] = document
    listed: dict[str, Document] = {}
    for each in (each for each in own if each.kind == KIND):
        if each.name in listed and listed[each.name].value.get("spec") != each.value.get("spec"):
            print_warning(f"{each.title}: is different from {listed[each.name].place}; this one counts")
        listed[each.name] = _exported(each, written.get(each.name))
    # Vclusters have the facts of their hosts, which come first; one that is named as a host is to be seen as what it is.
    some = sorted({**written, **listed}.values(), key=_of_vcluster)
    entries: dict[str, Mapping[str, Any]] = {document.name: document.xr() for document in some}
    for document in some:
        # The errors of the documents themselves are their own answers'.
        entries[document.name] = _with_status(document, entries, warned=document.name in listed)
    return entries


def ask(xr: Mapping[str, Any], observed: Observed, entries: Entries) -> tuple[Result, Fetched]:
    """Ask as Crossplane does: what an answer requires is looked up, and asked again with. The answer, and what it was."""
    fetched = NOTHING_FETCHED
    while True:
        result = compose(xr, observed, fetched)
        wanted = {each.name: each.match_name for each in result.requirements}
        if set(wanted.values()) <= fetched.entries.keys():
            return result, fetched
        found = Fetched.read({name: [entries[entry]] if entry in entries else [] for name, entry in wanted.items()})
        fetched = replace(found, others=frozenset(entries))


def _of_vcluster(document: Document) -> bool:
    spec = document.value.get("spec")
    return isinstance(spec, Mapping) and "vcluster" in spec


def _exported(document: Document, exported: Document | None) -> Document:
    """The document as it is written now, with the status of its export, if there is one."""
    if exported is None or "status" not in exported.value or "status" in document.value:
        return document
    return replace(document, value={**document.value, "status": exported.value["status"]})


def _with_status(document: Document, entries: Entries, *, warned: bool) -> Mapping[str, Any]:
    """What the status is with what is written; what only the real cluster says stays as it was exported."""
    entry = document.xr()
    result, _ = ask(entry, NOTHING_OBSERVED, entries)
    told = {c.type: {"type": c.type, "status": c.status, "reason": c.reason, "message": c.message} for c in result.conditions}
    if result.errors:
        if not warned:
            print_warning(f"{document.title}: is refused, and every PodIdentity that names it")
            list_errors(result.errors)
    elif _observed(entry) or (_of_vcluster(document) and told[FACTS_RESOLVED]["reason"] in _UNKNOWN_HOST):
        exported = entry.get("status")
        if isinstance(exported, Mapping) and ("cluster" not in exported or current(entry)):
            return entry
        if _observed(entry):
            told[FACTS_RESOLVED]["message"] = _EDITED if exported else _NOT_EXPORTED
    return {**entry, "status": {**(result.status or {}), "conditions": list(told.values())}}


def _observed(entry: Mapping[str, Any]) -> bool:
    """Whether the facts are the real cluster's."""
    sections = (entry["spec"].get(kind.KIND) for kind in KINDS)
    return any(isinstance(section, Mapping) and section.get("observe") is True for section in sections)

"""What the function answers for the documents of files, and their faults as people read them."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from function.catalogue import KIND, Required
from function.compose import Options, compose
from function.composition import CompositionResult
from function.documents import Document, Unreadable, pod_identities
from function.errors import FieldError, dotted
from function.observed import Observed

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE...")
NAMESPACE = click.option(
    "--namespace", "-n", default="default", show_default=True, help="The namespace of documents that name none."
)
CATALOGUE = click.option(
    "--catalogue",
    "-c",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="PodIdentityClusters that the documents may name: as written, or with their status, as "
    "`kubectl get podidentityclusters -o yaml` prints them. May be given several times.",
)

Entries = Mapping[str, Mapping[str, Any]]
"""PodIdentityClusters with their status, by name."""


def results(
    files: tuple[Path, ...], namespace: str, observed: Observed, entries: Entries
) -> Iterator[tuple[Document, CompositionResult] | None]:
    """Every document with its result, once its faults are printed; None for one that cannot be read."""
    for file in files:
        # With several files, those without any are other parts of the app.
        for document in pod_identities(file, namespace, needed=len(files) == 1):
            if isinstance(document, Unreadable):
                complain(str(document))
                yield None
                continue
            result = _asked(document.xr(), observed, entries)
            if result.faults:
                _print_faults(document, result.faults)
                if result.requirements and not entries:
                    click.echo("  give the platform's PodIdentityClusters with --catalogue FILE", err=True)
            yield document, result


def read_catalogue(files: tuple[Path, ...]) -> Entries:
    """The entries of these files, with the status that they would have. Ends the program at a fault of theirs."""
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
    # Vclusters have the facts of their hosts, which come first.
    entries: dict[str, Mapping[str, Any]] = {}
    for document in sorted(written.values(), key=_of_vcluster):
        entries[document.name] = _with_status(document, entries)
    return entries


def _of_vcluster(document: Document) -> bool:
    spec = document.value.get("spec")
    return isinstance(spec, Mapping) and "vcluster" in spec


def _with_status(document: Document, entries: Entries) -> Mapping[str, Any]:
    """What the status is with what is written; what only the real cluster says stays as it was exported."""
    entry = document.xr()
    result = _asked(entry, Observed({}), entries)
    if result.faults:
        _print_faults(document, result.faults)
        sys.exit(1)
    conditions = [{"type": c.type, "status": c.status, "reason": c.reason, "message": c.message} for c in result.conditions]
    if "status" in entry and any(c.type == "FactsResolved" and c.status != "True" for c in result.conditions):
        return entry
    return {**entry, "status": {**(result.status or {}), "conditions": conditions}}


def _asked(xr: Mapping[str, Any], observed: Observed, entries: Entries) -> CompositionResult:
    """Ask as Crossplane does: what an answer requires is looked up, and asked again with."""
    required: Required = {}
    while True:
        result = compose(xr, observed, required, Options())
        wanted = {each.name: each.match_name for each in result.requirements}
        if wanted.keys() <= required.keys():
            return result
        required = {name: (entries[entry],) if entry in entries else () for name, entry in wanted.items()}


def _print_faults(document: Document, faults: tuple[FieldError, ...]) -> None:
    complain(f"{document.title}: {len(faults)} error{'s' if len(faults) > 1 else ''}")
    for fault in faults:
        click.echo(f"  {click.style(dotted(fault.path), bold=True)}: {fault.message}", err=True)


def complain(line: str) -> None:
    """Print an error."""
    click.echo(click.style("error: ", fg="red", bold=True) + line, err=True)

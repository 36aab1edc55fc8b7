"""`podidentity render`: documents with their status, and the resources composed for them."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from function.cli.changes import Changes
from function.cli.files import Document
from function.cli.owners import Seen
from function.cli.results import CATALOGUE, FILES, NAMESPACE, results
from function.cli.yaml_output import print_comment, print_yaml
from function.observed import RESOURCE_NAME
from function.result import Result

_NOTHING_THERE = (
    "Rendered without --observed, as if nothing existed yet: conditions that are False because of that are no errors."
)


@click.command(
    short_help="Render documents.",
    epilog="\b\nExamples:\n  podidentity render identity.yaml --catalogue clusters.yaml\n"
    "  kubectl get managed -n data -o yaml > observed.yaml\n"
    "  podidentity render identity.yaml --catalogue clusters.yaml --observed observed.yaml",
)
@FILES
@NAMESPACE
@CATALOGUE
@click.option(
    "--observed",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Composed resources as they are: what `kubectl get managed -n NAMESPACE -o yaml` prints, or "
    "`crossplane composition render --observed-resources` takes. Those of other owners do not count.",
)
def render(files: tuple[Path, ...], namespace: str | None, catalogue: tuple[Path, ...], observed: Path | None) -> None:
    """Render documents: each with its status, then the resources composed for it, as YAML.

    A FILE can be a folder: all *.yaml and *.yml files below it are read. With --observed, also what an edit does to what is
    there: how many resources stay, which are deleted, which are new.
    """
    failed = False
    seen = Seen.read(observed)
    changes = Changes(seen)
    # The status of the first answer with resources is where people stop.
    explained = observed is not None
    for found in results(files, namespace, catalogue, seen.observed):
        if found is None or found.result.errors:
            failed = True
            continue
        if found.result.resources and not explained:
            print_comment(_NOTHING_THERE)
            explained = True
        print_yaml(_rendered(found.document, found.result))
        changes.add(found)
    if not failed:
        changes.print()
    sys.exit(1 if failed else 0)


def _rendered(document: Document, result: Result) -> Iterator[Mapping[str, Any]]:
    conditions = [{"type": c.type, "status": c.status, "reason": c.reason, "message": c.message} for c in result.conditions]
    status = dict(sorted((result.status or {}).items(), key=_reading_order))
    yield {**document.value, "status": {**status, "conditions": conditions}}
    namespace = {"namespace": document.namespace} if document.kind == "PodIdentity" else {}
    for resource in result.resources:
        manifest = resource.object()
        metadata = manifest.get("metadata", {})
        annotations = {RESOURCE_NAME: resource.name, **metadata.get("annotations", {})}
        yield {**manifest, "metadata": {**metadata, **namespace, "annotations": annotations}}


def _reading_order(field: tuple[str, object]) -> int:
    """What it is first, the long list last."""
    return {"cloud": 0, "identity": 1, "serviceAccounts": 3}.get(field[0], 2)

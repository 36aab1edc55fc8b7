"""`podidentity render`: documents with their status, and the resources composed for them."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from function.cli.files import Document, Unreadable, manifests
from function.cli.results import CATALOGUE, FILES, NAMESPACE, results
from function.cli.yaml_output import print_yaml
from function.observed import NOTHING_OBSERVED, RESOURCE_NAME, Observed
from function.result import Result


@click.command(
    short_help="Render documents.",
    epilog="\b\nExamples:\n  podidentity render identity.yaml --catalogue clusters.yaml\n"
    "  podidentity render claim.yaml --observed observed.yaml",
)
@FILES
@NAMESPACE
@CATALOGUE
@click.option(
    "--observed",
    "-o",
    type=click.Path(path_type=Path),
    help="Composed resources as they are: what `kubectl get managed -n NAMESPACE -o yaml` prints, or "
    "`crossplane composition render --observed-resources` takes.",
)
def render(files: tuple[Path, ...], namespace: str, catalogue: tuple[Path, ...], observed: Path | None) -> None:
    """Render documents: each with its status, then the resources composed for it, as YAML."""
    failed = False
    seen = _observed(observed)
    wanted: set[str] = set()
    for found in results(files, namespace, seen, catalogue):
        if found is None or found[1].errors:
            failed = True
        else:
            print_yaml(_rendered(*found))
            wanted |= {resource.name for resource in found[1].resources}
    if not failed:
        _compare(seen, wanted)
    sys.exit(1 if failed else 0)


def _compare(observed: Observed, wanted: set[str]) -> None:
    """Print which observed resources would be deleted. The rendered output does not show that."""
    if observed:
        kept = sum(name in wanted for name in observed)
        click.echo(f"{kept} of {len(observed)} observed resources stay", err=True)
    for name in observed:
        if name not in wanted:
            click.echo(click.style(f"  deleted: {observed[name].text('kind')} {name}", fg="yellow"), err=True)


def _observed(file: Path | None) -> Observed:
    """What is observed. Raises Unreadable where the file is none of Kubernetes objects."""
    if file is None:
        return NOTHING_OBSERVED
    try:
        return Observed.from_manifests(manifests(file))
    except ValueError as error:
        raise Unreadable(str(error)) from None


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

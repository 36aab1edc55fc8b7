"""The `podidentity` command: what the function would answer, with no cluster and no cloud needed."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from function.answers import CATALOGUE, FILES, NAMESPACE, results, without_host
from function.complaints import complain
from function.composition import CompositionResult
from function.documents import GROUP, Document, Unreadable, manifests
from function.observed import RESOURCE_NAME, Observed
from function.printing import print_yaml
from function.translating import translate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="function-pod-identity")
def main() -> None:
    """Look at what a PodIdentity or PodIdentityClaim comes to before it is applied."""


@main.command(
    short_help="Name every error of every document.",
    epilog="\b\nExamples:\n  podidentity validate identity.yaml\n"
    "  podidentity validate -n data --catalogue clusters.yaml app/*.yaml",
)
@FILES
@NAMESPACE
@CATALOGUE
def validate(files: tuple[Path, ...], namespace: str, catalogue: tuple[Path, ...]) -> None:
    """Name every error of every document. Exit code 1 where there is one."""
    valid = faulty = 0
    for found in results(files, namespace, Observed({}), catalogue):
        if found is None or found[1].faults or without_host(*found):
            faulty += 1
        else:
            valid += 1
    if valid + faulty == 0:
        complain(f"no document of API group {GROUP} in any of the files (a PodIdentity or PodIdentityClaim)")
        faulty = 1
    click.echo(f"{valid} valid, {faulty} with errors", err=bool(faulty))
    sys.exit(1 if faulty else 0)


@main.command(
    short_help="Print what documents come to.",
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
    """Print each document with its status, then the resources composed for it, as YAML."""
    failed = False
    seen = _observed(observed)
    wanted: set[str] = set()
    for found in results(files, namespace, seen, catalogue):
        if found is None or found[1].faults:
            failed = True
        else:
            print_yaml(_rendered(*found))
            wanted |= {resource.name for resource in found[1].resources}
    if not failed:
        _compare(seen, wanted)
    sys.exit(1 if failed else 0)


def _compare(observed: Observed, wanted: set[str]) -> None:
    """Say what of the observed resources would be deleted, which is not to be seen in what is rendered."""
    if observed:
        kept = sum(name in wanted for name in observed)
        click.echo(f"{kept} of {len(observed)} observed resources stay", err=True)
    for name in observed:
        if name not in wanted:
            click.echo(click.style(f"  deleted: {observed[name].text('kind')} {name}", fg="yellow"), err=True)


def _observed(file: Path | None) -> Observed:
    try:
        return Observed.from_manifests([] if file is None else manifests(file))
    except (Unreadable, ValueError) as unreadable:
        complain(str(unreadable))
        sys.exit(1)


def _rendered(document: Document, result: CompositionResult) -> Iterator[Mapping[str, Any]]:
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


main.add_command(translate)


if __name__ == "__main__":
    main()

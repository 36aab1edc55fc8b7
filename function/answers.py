"""What the function answers for the documents of files, and their faults as people read them."""

from collections.abc import Iterator
from pathlib import Path

import click

from function.compose import Options, compose
from function.composition import CompositionResult
from function.documents import Document, Unreadable, pod_identities
from function.errors import FieldError, dotted
from function.observed import Observed

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE...")
NAMESPACE = click.option(
    "--namespace", "-n", default="default", show_default=True, help="The namespace of documents that name none."
)


def results(files: tuple[Path, ...], namespace: str, observed: Observed) -> Iterator[tuple[Document, CompositionResult] | None]:
    """Every document with its result, once its faults are printed; None for one that cannot be read."""
    for file in files:
        # With several files, those without any are other parts of the app.
        for document in pod_identities(file, namespace, needed=len(files) == 1):
            if isinstance(document, Unreadable):
                complain(str(document))
                yield None
                continue
            result = compose(document.xr(), observed, {}, Options())
            if result.faults:
                _print_faults(document, result.faults)
            yield document, result


def _print_faults(document: Document, faults: tuple[FieldError, ...]) -> None:
    complain(f"{document.title}: {len(faults)} error{'s' if len(faults) > 1 else ''}")
    for fault in faults:
        click.echo(f"  {click.style(dotted(fault.path), bold=True)}: {fault.message}", err=True)


def complain(line: str) -> None:
    """Print an error."""
    click.echo(click.style("error: ", fg="red", bold=True) + line, err=True)

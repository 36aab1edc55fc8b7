"""What the function answers for the documents of files, and their errors as people read them."""

from collections.abc import Iterator
from pathlib import Path

import click

from function.cli.catalogue import ask, read_catalogue
from function.cli.files import Document, Unreadable, pod_identities
from function.cli.messages import print_error, print_errors
from function.conditions import FACTS_RESOLVED
from function.errors import FieldError
from function.observed import Observed
from function.result import Result

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
    help="A file with PodIdentityClusters that the documents name, beside those among the FILEs: as you wrote them, or with "
    "their status, as `kubectl get podidentityclusters -o yaml` prints them. May be given several times.",
)

_NO_CATALOGUE = "  give the platform's PodIdentityClusters with --catalogue FILE"
_NO_HOST = ("HostAbsent", "HostIsVCluster", "HostRefused")


def results(
    files: tuple[Path, ...], namespace: str, observed: Observed, catalogue: tuple[Path, ...]
) -> Iterator[tuple[Document, Result] | None]:
    """Every document with its result, once its errors are printed; None for one that cannot be read."""
    # With several files, those without any are other parts of the app.
    documents = [each for file in files for each in pod_identities(file, namespace, needed=len(files) == 1)]
    entries = read_catalogue(catalogue, (each for each in documents if isinstance(each, Document)))
    for document in documents:
        if isinstance(document, Unreadable):
            print_error(str(document))
            yield None
            continue
        result = ask(document.xr(), observed, entries)
        if result.errors:
            print_errors(document.title, result.errors)
            if any(required.match_name not in entries for required in result.requirements) and not catalogue:
                click.echo(_NO_CATALOGUE, err=True)
        yield document, result


def without_host(document: Document, result: Result) -> bool:
    """Whether this is a vcluster's entry whose host entry is missing or unusable. If so, that is printed.

    For Crossplane that is no error: the host's entry may come later.
    """
    found = next((c for c in result.conditions if c.type == FACTS_RESOLVED and c.reason in _NO_HOST), None)
    if found is None:
        return False
    print_errors(document.title, (FieldError(("spec", "vcluster", "hostCluster"), found.message),))
    return True

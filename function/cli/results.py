"""What the function answers for the documents of files, and their errors as people read them."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from function import clouds
from function.catalogue.entry import KIND, Fetched
from function.cli.catalogue import ask, read_catalogue
from function.cli.files import Document, Unreadable
from function.cli.folders import documents
from function.cli.messages import print_error, print_errors, print_line, print_note
from function.compose import Plan, plan
from function.conditions import FACTS_RESOLVED
from function.errors import FieldError
from function.observed import NOTHING_OBSERVED, Observed
from function.result import Result

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE...")
_DEFAULT = "default"
NAMESPACE = click.option("--namespace", "-n", help=f"The namespace of documents that name none. Without it, {_DEFAULT}.")
CATALOGUE = click.option(
    "--catalogue",
    "-c",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file or folder with PodIdentityClusters that the documents name, beside those among the FILEs: as you wrote them, "
    "or with their status, as `kubectl get podidentityclusters -o yaml` prints them. May be given several times.",
)

_NO_CATALOGUE = "  give the platform's PodIdentityClusters with --catalogue FILE"
_NO_HOST = ("HostAbsent", "HostIsVCluster", "HostRefused")


class Answer(NamedTuple):
    """A document, and what the function answers for it."""

    document: Document
    result: Result
    fetched: Fetched
    """The entries of the catalogue that it names."""

    def plan(self) -> Plan | None:
        """What shall exist where nothing does yet; None for what is refused, and for an entry of the catalogue."""
        if self.result.errors or self.document.kind == KIND:
            return None
        outcome = plan(self.document.xr(), clouds.previous((), NOTHING_OBSERVED), self.fetched)
        return outcome if isinstance(outcome, Plan) else None


def results(
    files: tuple[Path, ...],
    namespace: str | None,
    catalogue: tuple[Path, ...],
    observed: Callable[[Document], Observed] = lambda _: NOTHING_OBSERVED,
) -> Iterator[Answer | None]:
    """Every document with its answer, once its errors are printed; None for one that cannot be read.

    `observed` says which composed resources of a document are there.
    """
    found = list(documents(files, namespace or _DEFAULT))
    readable = [each for each in found if isinstance(each, Document)]
    if namespace is None:
        _note_namespace(readable)
    entries = read_catalogue(catalogue, readable)
    for document in found:
        if isinstance(document, Unreadable):
            print_error(str(document))
            yield None
            continue
        result, fetched = ask(document.xr(), observed(document), entries)
        if result.errors:
            print_errors(document.title, result.errors)
            if any(required.match_name not in entries for required in result.requirements) and not catalogue:
                print_line(_NO_CATALOGUE, err=True)
        yield Answer(document, result, fetched)


def _note_namespace(found: Iterable[Document]) -> None:
    """Say of documents that name no namespace where they go: a role's name and its trust policy follow from it."""
    assumed = [document for document in found if document.assumed_namespace]
    if assumed:
        more = f" (and {len(assumed) - 1} more)" if len(assumed) > 1 else ""
        print_note(f"{assumed[0].title}{more}: no metadata.namespace, so {_DEFAULT} is taken; --namespace says another")


def without_host(answer: Answer) -> bool:
    """Whether this is a vcluster's entry whose host entry is missing or unusable. If so, that is printed.

    For Crossplane that is no error: the host's entry may come later.
    """
    found = next((c for c in answer.result.conditions if c.type == FACTS_RESOLVED and c.reason in _NO_HOST), None)
    if found is None:
        return False
    print_errors(answer.document.title, (FieldError(("spec", "vcluster", "hostCluster"), found.message),))
    return True

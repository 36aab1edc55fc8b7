"""`podidentity validate`: every error of every document."""

import sys
from pathlib import Path

import click

from function.cli.files import NO_DOCUMENT
from function.cli.messages import print_error, print_errors, print_line
from function.cli.results import CATALOGUE, FILES, NAMESPACE, Answer, results, without_host
from function.cli.shared import errors_between


@click.command(
    short_help="Name every error of every document.",
    epilog="\b\nExamples:\n  podidentity validate identity.yaml\n"
    "  podidentity validate -n data --catalogue clusters.yaml app/*.yaml\n"
    "  podidentity validate deploy/   # all *.yaml and *.yml below it",
)
@FILES
@NAMESPACE
@CATALOGUE
def validate(files: tuple[Path, ...], namespace: str | None, catalogue: tuple[Path, ...]) -> None:
    """Name every error of every document, and what two documents both make. Exit code 1 where there is an error.

    A FILE can be a folder: all *.yaml and *.yml files below it are read. Documents of other API groups are passed over.
    """
    valid: list[Answer] = []
    invalid = 0
    for found in results(files, namespace, catalogue):
        if found is None or found.result.errors or without_host(found):
            invalid += 1
        else:
            valid.append(found)
    between = errors_between(valid) if len(valid) > 1 else {}
    for number, errors in between.items():
        print_errors(valid[number].document.title, tuple(errors))
    if not valid and not invalid:
        print_error(f"{NO_DOCUMENT} in any of the files")
        invalid = 1
    invalid += len(between)
    print_line(f"{len(valid) - len(between)} valid, {invalid} with errors", err=bool(invalid))
    sys.exit(1 if invalid else 0)

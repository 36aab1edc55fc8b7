"""`podidentity validate`: every error of every document."""

import sys
from pathlib import Path

import click

from function.cli.files import GROUP
from function.cli.messages import print_error
from function.cli.results import CATALOGUE, FILES, NAMESPACE, results, without_host
from function.observed import NOTHING_OBSERVED


@click.command(
    short_help="Name every error of every document.",
    epilog="\b\nExamples:\n  podidentity validate identity.yaml\n"
    "  podidentity validate -n data --catalogue clusters.yaml app/*.yaml",
)
@FILES
@NAMESPACE
@CATALOGUE
def validate(files: tuple[Path, ...], namespace: str, catalogue: tuple[Path, ...]) -> None:
    """Name every error of every document. Exit code 1 where there is one."""
    valid = invalid = 0
    for found in results(files, namespace, NOTHING_OBSERVED, catalogue):
        if found is None or found[1].errors or without_host(*found):
            invalid += 1
        else:
            valid += 1
    if valid + invalid == 0:
        print_error(f"no document of API group {GROUP} in any of the files (a PodIdentity or PodIdentityClaim)")
        invalid = 1
    click.echo(f"{valid} valid, {invalid} with errors", err=bool(invalid))
    sys.exit(1 if invalid else 0)

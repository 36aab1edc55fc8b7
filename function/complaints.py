"""Errors and warnings as people read them, on standard error."""

from collections.abc import Iterable

import click

from function.errors import FieldError, dotted


def complain(line: str) -> None:
    """Print an error."""
    click.echo(click.style("error: ", fg="red", bold=True) + line, err=True)


def warn(line: str) -> None:
    """Print a warning."""
    click.echo(click.style("warning: ", fg="yellow", bold=True) + line, err=True)


def print_faults(title: str, faults: tuple[FieldError, ...]) -> None:
    """Print the faults of a document."""
    complain(f"{title}: {len(faults)} error{'s' if len(faults) > 1 else ''}")
    list_faults(faults)


def list_faults(faults: Iterable[FieldError]) -> None:
    """Print faults, each with its field's path."""
    for fault in faults:
        click.echo(f"  {click.style(dotted(fault.path), bold=True)}: {fault.message}", err=True)

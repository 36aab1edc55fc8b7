"""Errors and warnings as people read them, on standard error."""

from collections.abc import Iterable

import click

from function.errors import FieldError, dotted


def print_error(line: str) -> None:
    """Print an error."""
    click.echo(click.style("error: ", fg="red", bold=True) + line, err=True)


def print_warning(line: str) -> None:
    """Print a warning."""
    click.echo(click.style("warning: ", fg="yellow", bold=True) + line, err=True)


def print_note(line: str) -> None:
    """Print what is no mistake, but good to know."""
    click.echo(click.style("note: ", fg="cyan", bold=True) + line, err=True)


def print_errors(title: str, errors: tuple[FieldError, ...]) -> None:
    """Print the errors of a document."""
    print_error(f"{title}: {len(errors)} error{'s' if len(errors) > 1 else ''}")
    list_errors(errors)


def list_errors(errors: Iterable[FieldError]) -> None:
    """Print errors, each with its field's path."""
    for error in errors:
        click.echo(f"  {click.style(dotted(error.path), bold=True)}: {error.message}", err=True)

"""What people read on a terminal beside YAML. Every line of it is printed here, with nothing in it that is not printable."""

from collections.abc import Iterable

import click

from function.errors import FieldError, dotted, printable


def print_line(line: str, colour: str | None = None, *, err: bool = False) -> None:
    """Print one line, whatever text of users stands in it."""
    click.echo(click.style(printable(line), fg=colour), err=err)


def print_error(line: str) -> None:
    """Print an error."""
    _print_behind("error: ", "red", line)


def print_warning(line: str) -> None:
    """Print a warning."""
    _print_behind("warning: ", "yellow", line)


def print_note(line: str) -> None:
    """Print what is no mistake, but good to know."""
    _print_behind("note: ", "cyan", line)


def _print_behind(word: str, colour: str, line: str) -> None:
    click.echo(click.style(word, fg=colour, bold=True) + printable(line), err=True)


def print_errors(title: str, errors: tuple[FieldError, ...]) -> None:
    """Print the errors of a document."""
    print_error(f"{title}: {len(errors)} error{'s' if len(errors) > 1 else ''}")
    list_errors(errors)


def list_errors(errors: Iterable[FieldError]) -> None:
    """Print errors, each with its field's path."""
    for error in errors:
        click.echo(f"  {click.style(dotted(error.path), bold=True)}: {printable(error.message)}", err=True)

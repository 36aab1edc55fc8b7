"""The `podidentity` command: the list of its subcommands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from function.cli.render import render
from function.cli.translate import translate
from function.cli.validate import validate
from function.errors import printable


class _Printable(click.Group):
    """A group of commands whose errors about arguments, in which file names can stand, are printable."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments of the group."""
        with _usage_errors_printable():
            return super().make_context(*args, **extra)

    def invoke(self, context: click.Context) -> Any:
        """Read those of a command, and run it."""
        with _usage_errors_printable():
            return super().invoke(context)


@contextmanager
def _usage_errors_printable() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        raise click.UsageError(printable(error.format_message()), error.ctx) from None


@click.group(cls=_Printable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="function-pod-identity")
def main() -> None:
    """Check and render PodIdentities and PodIdentityClaims before you apply them."""


for command in (validate, render, translate):
    main.add_command(command)


if __name__ == "__main__":
    main()

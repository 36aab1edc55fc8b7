"""The `podidentity` command: the list of its subcommands."""

import click

from function.cli.render import render
from function.cli.translate import translate
from function.cli.validate import validate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="function-pod-identity")
def main() -> None:
    """Check and render PodIdentities and PodIdentityClaims before you apply them."""


for command in (validate, render, translate):
    main.add_command(command)


if __name__ == "__main__":
    main()

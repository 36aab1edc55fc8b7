"""The `function` command: serves the composition function to Crossplane."""

from typing import Any

import click
from crossplane.function import cli

from function.fn import FunctionRunner


@click.command()
@cli.standard_options
def main(**options: Any) -> None:
    """Serve the pod identity composition function over gRPC.

    Crossplane starts it with certificates and needs no options. To try it by hand: function --insecure --debug
    """
    cli.run(FunctionRunner(), **options)


if __name__ == "__main__":
    main()

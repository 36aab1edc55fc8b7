"""The `function` command: serves the composition function to Crossplane."""

import gc
from typing import Any

import click
from crossplane.function import cli, logging, runtime

from function.fn import FunctionRunner
from function.server import serve

# One observed resource is about 3.3 kB, so the SDK's 4 MB are reached with a thousand of them.
_MAX_MESSAGE_MB = 64


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "show_default": True,
        "default_map": {"max_recv_message_size": _MAX_MESSAGE_MB},
    },
    epilog="\b\nExamples:\n"
    "  function --tls-server-certs-dir /tls/server\n"
    "  function --insecure --address 127.0.0.1:9443 --debug",
)
@cli.standard_options
def main(**options: Any) -> None:
    """Serve the pod identity composition function over gRPC.

    Crossplane starts it itself, with certificates in TLS_SERVER_CERTS_DIR, and calls it over mutual TLS.
    """
    if not options["insecure"] and not options["tls_certs_dir"]:
        raise click.UsageError("no certificates: give --tls-server-certs-dir, or --insecure to try it without")
    # What was imported lives as long as the process: the collector need not look at it again.
    gc.freeze()
    level = logging.Level.DEBUG if options["debug"] else logging.Level.INFO
    logging.configure(level=level)
    credentials = None if options["insecure"] else runtime.load_credentials(options["tls_certs_dir"])
    serve(FunctionRunner(), options["address"], credentials, options["max_recv_message_size"])


if __name__ == "__main__":
    main()

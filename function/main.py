"""The `function` command: serves the composition function to Crossplane."""

import gc
from pathlib import Path

import click
import structlog
from click.core import ParameterSource
from crossplane.function import cli

from function import logs
from function.errors import printable
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
def main(
    address: str,
    tls_certs_dir: str | None,
    max_recv_message_size: int,
    max_send_message_size: int | None,
    *,
    insecure: bool,
    debug: bool,
) -> None:
    """Serve the pod identity composition function over gRPC.

    Crossplane starts it itself, with certificates in TLS_SERVER_CERTS_DIR, and calls it over mutual TLS.
    """
    logs.configure(debug=debug)
    if not insecure and not tls_certs_dir:
        raise click.UsageError("no certificates: give --tls-server-certs-dir, or --insecure to try it without")
    if insecure and tls_certs_dir:
        _check_meant(tls_certs_dir)
    # What was imported lives as long as the process: the collector need not look at it again.
    gc.freeze()
    serve(
        FunctionRunner(),
        address,
        certificates=Path(tls_certs_dir) if tls_certs_dir and not insecure else None,
        max_received=max_recv_message_size << 20,
        max_sent=(max_recv_message_size if max_send_message_size is None else max_send_message_size) << 20,
    )


def _check_meant(certificates: str) -> None:
    """Certificates beside "insecure": Crossplane always sets the folder, so only the flag says that TLS is off on purpose."""
    source = click.get_current_context().get_parameter_source("insecure")
    if source is not ParameterSource.COMMANDLINE:
        message = f"INSECURE is set beside certificates in {certificates}: unset it, or give --insecure to serve without TLS"
        raise click.UsageError(printable(message))
    structlog.get_logger().warning("the certificates are not used, because of --insecure", certificates=certificates)


if __name__ == "__main__":
    main()

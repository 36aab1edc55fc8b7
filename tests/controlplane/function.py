"""The function as Crossplane's package manager would run it: from this checkout, with the certificates that the core issued."""

import socket
import sys
from pathlib import Path

from tests.controlplane import crossplane, processes
from tests.controlplane.places import FUNCTION_PORT, Places, function_addresses
from tests.controlplane.waiting import until

_REPLICAS = 2


def choose_addresses(places: Places) -> list[str]:
    """The loopback addresses of the function's replicas, chosen once."""
    if not places.hosts.exists():
        write_hosts(places, function_addresses(_REPLICAS)[:1])
    first = addresses(places)[0]
    return [first, *(address for address in function_addresses(_REPLICAS + 1) if address != first)][:_REPLICAS]


def write_hosts(places: Places, where: list[str]) -> None:
    """Say where the core finds the function. The file is written in place: the core has it mounted."""
    lines = Path("/etc/hosts").read_text()
    own = "".join(f"{address} {crossplane.FUNCTION}.{crossplane.NAMESPACE}\n" for address in where)
    places.hosts.write_text(f"{lines.rstrip()}\n{own}")


def addresses(places: Places) -> list[str]:
    """Where the core finds the function."""
    lines = [line.split() for line in places.hosts.read_text().splitlines()]
    return [line[0] for line in lines if line[1:] == [f"{crossplane.FUNCTION}.{crossplane.NAMESPACE}"]]


def start(
    places: Places, address: str | None = None, name: str = "function", module: str = "function.main"
) -> processes.Process:
    """Start a replica of the function, at its first address unless told otherwise; waits for its certificates.

    A module other than the function's own is one that answers in its place.
    """
    certificates = crossplane.secret_files(places, f"{crossplane.FUNCTION}-tls-server")
    at = f"{address or addresses(places)[0]}:{FUNCTION_PORT}"
    command = [sys.executable, "-m", module, f"--address={at}"]
    root = str(Path(__file__).parent.parent.parent)
    return processes.start(places, name, command, {"TLS_SERVER_CERTS_DIR": str(certificates), "PYTHONPATH": root})


def wait_answering(places: Places, address: str) -> None:
    """Wait until a replica accepts connections."""

    def accepts() -> bool:
        with socket.create_connection((address, FUNCTION_PORT), timeout=5):
            return True

    until(accepts, 30, f"the function at {address} (see {places.log('function')})")

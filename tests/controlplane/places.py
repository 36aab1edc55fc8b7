"""Where a control plane keeps its files, and the ports that were chosen for it."""

import json
import socket
from dataclasses import asdict, dataclass, fields
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
HOME = CHECKOUT / ".controlplane"
FUNCTION_PORT = 9443
"""Crossplane calls every function at this port; it is not to be changed."""


class CannotStart(RuntimeError):
    """The control plane cannot be started; the text says why, and what to do."""


@dataclass(frozen=True)
class Places:
    """The files of one control plane, below one folder."""

    root: Path

    def folder(self, *names: str) -> Path:
        """A folder of it, made if need be."""
        folder = self.root.joinpath(*names)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def log(self, process: str) -> Path:
        """What a process says."""
        return self.folder("logs") / f"{process}.log"

    def kubeconfig(self, user: str) -> Path:
        """The kubeconfig of a user: of the person at the keyboard it stands on top."""
        return self.root / "kubeconfig" if user == "admin" else self.folder("users") / f"{user}.kubeconfig"

    @property
    def hosts(self) -> Path:
        """What the core sees as /etc/hosts."""
        return self.root / "hosts"

    @property
    def discovery(self) -> Path:
        """What kubectl remembers of the kinds that are served."""
        return self.root / "kubectl"

    @property
    def audit(self) -> Path:
        """Every write that the API server was asked for, a line of JSON each."""
        return self.folder("logs") / "audit.log"

    @property
    def journal(self) -> Path:
        """Every call of the cloud's stand-in that changed something or was refused, a line of JSON each."""
        return self.root / "cloud.jsonl"


@dataclass(frozen=True)
class Ports:
    """The TCP ports of one control plane, free when they were chosen."""

    etcd: int
    etcd_peers: int
    api_server: int
    registry: int
    metrics: int
    health: int
    webhooks: int
    aws: int

    @classmethod
    def of(cls, places: Places) -> "Ports":
        """Those chosen before, so that a process that is started again is found where it was; or new ones."""
        file = places.folder() / "ports.json"
        if not file.exists():
            file.write_text(json.dumps(asdict(cls(*free_ports(len(fields(cls)))))))
        return cls(**json.loads(file.read_text()))


def free_ports(number: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens at now."""
    # All are held at once, so that no port is given out twice.
    sockets = [socket.socket() for _ in range(number)]
    try:
        for held in sockets:
            held.bind(("127.0.0.1", 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()


def function_addresses(number: int) -> list[str]:
    """Loopback addresses where port 9443 is free, so that two control planes can run side by side."""
    found: list[str] = []
    for host in range(2, 255):
        address = f"127.0.0.{host}"
        with socket.socket() as probe:
            # As the function does: a port whose last connections linger is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, FUNCTION_PORT))
            except OSError:
                continue
        found.append(address)
        if len(found) == number:
            return found
    raise CannotStart(
        f"port {FUNCTION_PORT} is taken on every loopback address, and Crossplane calls functions nowhere else: "
        f"end what listens there (ss -ltnp 'sport = :{FUNCTION_PORT}' shows it)"
    )

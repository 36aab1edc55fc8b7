"""The processes of a control plane: started so that they are found again, whoever started them and however that ended.

Each carries the folder of its control plane and its own name in its environment, where /proc shows them. No file of pids can be
out of date: neither `kill -9` of the harness nor a restart of the machine leaves a pid that means another process.
"""

import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.controlplane.places import CannotStart, Places
from tests.controlplane.waiting import until

_ROOT, _NAME = "PODIDENTITY_CONTROLPLANE", "PODIDENTITY_PROCESS"
_PATIENCE = 15.0


@dataclass(frozen=True)
class Process:
    """A running process of a control plane."""

    root: Path
    name: str
    pid: int

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send it a signal and wait until it is gone; SIGKILL follows where SIGTERM does not do."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            self.send(number)
            if not _readable(handle, _PATIENCE):
                self.send(signal.SIGKILL)
                _readable(handle, _PATIENCE)
        finally:
            os.close(handle)
        _reap(self.pid)

    def resident(self) -> float:
        """Its resident memory in MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def seconds(self) -> float:
        """The processor time that it has used."""
        ticks = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _readable(handle: int, seconds: float) -> bool:
    """Whether a process, seen through its handle, ended in time."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # another process's child


def start(
    places: Places,
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    hosts: Path | None = None,
) -> Process:
    """Start a process that outlives this one; `hosts` is what it alone sees as /etc/hosts."""
    marks = {_ROOT: str(places.root), _NAME: name}
    with places.log(name).open("ab") as log:
        process = subprocess.Popen(
            [*(_private_hosts(hosts) if hosts else ()), *command],
            env={**os.environ, **(environment or {}), **marks},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=places.root,
        )
    # While the kernel is still at loading the program, /proc shows no environment, and the process would not be found.
    until(lambda: process.poll() is not None or _marked(Path(f"/proc/{process.pid}/environ")), _PATIENCE, f"{name} started")
    # It outlives this object, which Python would warn of.
    process.returncode = process.returncode or 0
    return Process(places.root, name, process.pid)


def _private_hosts(hosts: Path) -> list[str]:
    return [*_unshare(), "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts)]


def _unshare() -> list[str]:
    # Root needs no user namespace, and would see its files owned by nobody in one.
    return ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else [])]


def check_private_hosts() -> None:
    """See that a process can be given an /etc/hosts of its own."""
    try:
        done = subprocess.run([*_unshare(), "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotStart("unshare is not installed (util-linux), which gives Crossplane an /etc/hosts of its own") from None
    if done.returncode:
        raise CannotStart(
            "Crossplane needs an /etc/hosts of its own here, which takes a mount namespace: run this as root, or allow "
            f"unprivileged user namespaces ({done.stderr.strip()})"
        )


def find(root: Path, name: str | None = None) -> list[Process]:
    """The running processes of the control planes below a folder, or those of one name."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        process = _marked(environment)
        if process and (process.root == root or root in process.root.parents) and name in (None, process.name):
            found.append(process)
    return found


def _marked(environment: Path) -> Process | None:
    try:
        facts = dict(line.partition("=")[::2] for line in environment.read_text(errors="replace").split("\0"))
    except OSError:  # gone meanwhile, or somebody else's
        return None
    if _ROOT not in facts or _NAME not in facts:
        return None
    return Process(Path(facts[_ROOT]), facts[_NAME], int(environment.parent.name))


def running(process: Process) -> bool:
    """Whether it is still there; it is reaped if it was ours."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        ended = _readable(handle, 0)
    finally:
        os.close(handle)
    if ended:
        _reap(process.pid)
    return not ended


def end_all(root: Path) -> list[Process]:
    """End all processes of the control planes below a folder, what calls others first; those that were running."""
    found = find(root)
    order = ("standin", "aws", "crossplane", "rbac", "function", "controllers", "api-server", "etcd")
    for process in sorted(found, key=lambda process: order.index(process.name) if process.name in order else 0):
        process.end()
    return found


def last_words(places: Places, name: str, lines: int = 3) -> str:
    """The end of what a process said."""
    text = places.log(name).read_text(errors="replace") if places.log(name).exists() else ""
    return "\n".join(text.strip().splitlines()[-lines:])

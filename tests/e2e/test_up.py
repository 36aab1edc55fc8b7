"""`make up` and `make down`, as people run them: one clear line where it cannot be, and nothing left behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.controlplane import processes
from tests.controlplane.places import CHECKOUT, FUNCTION_PORT

_HOSTS = Path("/etc/hosts")


def _command(action: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "tests.controlplane", action, f"--folder={folder}"]


def _run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)


def _only_programs(folder: Path, *names: str) -> str:
    """A PATH with nothing but these programs."""
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(f"/usr/bin/{name}")
    return str(folder)


@contextlib.contextmanager
def _every_address_taken() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for host in range(2, 255):
            taken = stack.enter_context(socket.socket())
            # Where somebody listens already it is taken all the same.
            with contextlib.suppress(OSError):
                taken.bind((f"127.0.0.{host}", FUNCTION_PORT))
                taken.listen()
        yield


def _refused(done: subprocess.CompletedProcess[str], folder: Path) -> str:
    """The one line that a refused start prints; nothing runs, nothing is left."""
    assert done.returncode == 1
    assert processes.find(folder) == []
    assert not folder.exists()
    (line,) = done.stderr.splitlines()
    return line


def test_up_shows_what_it_made_and_down_ends_it(tmp_path: Path) -> None:
    folder, hosts = tmp_path / "plane", _HOSTS.read_bytes()
    up = _run(_command("up", folder))
    assert up.returncode == 0, up.stderr
    assert f"export KUBECONFIG={folder}/kubeconfig" in up.stdout
    assert "arn:aws:iam::111122223333:role/data-reports-9ac6bf6d19d802b9" in up.stdout
    again = _run(_command("up", folder))
    assert again.stdout.startswith("a control plane of this checkout is running already; `make down` ends it")
    down = _run(_command("down", folder))
    assert down.stdout == f"ended 8 processes, removed {folder}\n"
    assert processes.find(folder) == []
    assert _HOSTS.read_bytes() == hosts
    assert _run(_command("down", folder)).stdout == "nothing was running\n"


def test_down_ends_what_a_killed_harness_left(tmp_path: Path) -> None:
    folder = tmp_path / "plane"
    with subprocess.Popen(_command("up", folder), cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as harness:
        assert harness.stdout
        next(line for line in harness.stdout if "installing" in line)
        harness.send_signal(signal.SIGKILL)
    assert processes.find(folder)
    assert _run(_command("down", folder)).returncode == 0
    assert processes.find(folder) == []
    assert not folder.exists()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with _every_address_taken():
        line = _refused(_run(_command("up", tmp_path / "plane")), tmp_path / "plane")
    assert line == (
        "error: port 9443 is taken on every loopback address, and Crossplane calls functions nowhere else: end what listens there "
        "(ss -ltnp 'sport = :9443' shows it)"
    )


def test_without_go_what_it_builds_is_named(tmp_path: Path) -> None:
    path = _only_programs(tmp_path / "bin", "unshare", "true")
    done = _run(_command("up", tmp_path / "plane"), PATH=path, XDG_CACHE_HOME=str(tmp_path / "cache"), KUBEBUILDER_ASSETS="")
    assert _refused(done, tmp_path / "plane").startswith("error: go is not installed, which builds etcd, kube-apiserver, ")


def test_without_mount_namespaces_it_says_so(tmp_path: Path) -> None:
    done = _run(_command("up", tmp_path / "plane"), PATH=_only_programs(tmp_path / "bin", "true"))
    assert _refused(done, tmp_path / "plane") == (
        "error: unshare is not installed (util-linux), which gives Crossplane an /etc/hosts of its own"
    )


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    # Within a mount namespace of its own, so that the mount is gone with it.
    mounted = ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else []), "sh", "-c"]
    script = f'mount -t tmpfs -o size=50m tmpfs {full} && exec "$@"'
    done = _run([*mounted, script, "sh", *_command("up", full / "plane")])
    assert _refused(done, full / "plane") == f"error: {full / 'plane'} has 52 MB of room, and this needs 1000: make room"


@pytest.fixture(autouse=True)
def audit() -> None:
    """These tests need no control plane beside their own."""

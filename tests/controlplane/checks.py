"""What can be seen to be missing before anything is started, and is fetched where it can be."""

import platform
import shutil

from tests.controlplane import processes
from tests.controlplane.places import CannotStart, Places, function_addresses
from tests.tools import crds
from tests.tools.binaries import CONTROL_PLANE, CORES, MissingTool

_SPACE = 1e9


def check(places: Places, version: str) -> None:
    """Raise CannotStart or MissingTool, with what to do, where starting cannot succeed."""
    if platform.system() != "Linux":
        raise CannotStart(
            f"this needs Linux (mount namespaces, /proc), and here is {platform.system()}: run it in a virtual machine"
        )
    _go(version)
    crds.ensure()
    processes.check_private_hosts()
    function_addresses(1)
    free = shutil.disk_usage(places.folder()).free
    if free < _SPACE:
        raise CannotStart(f"{places.root} has {free / 1e6:.0f} MB of room, and this needs {_SPACE / 1e6:.0f}: make room")


def _go(version: str) -> None:
    unbuilt = [tool.name for tool in (*CONTROL_PLANE, CORES[version]) if not tool.is_built()]
    if unbuilt and shutil.which("go") is None:
        raise MissingTool(f"go is not installed, which builds {', '.join(unbuilt)}: install Go 1.26.7 or newer")

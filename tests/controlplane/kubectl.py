"""kubectl, as users have it."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.controlplane.places import Places
from tests.tools.binaries import KUBECTL


class Refused(RuntimeError):
    """kubectl failed; the text is what it said."""


@dataclass(frozen=True)
class Kubectl:
    """kubectl as one user of a control plane."""

    places: Places
    user: str = "admin"

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        """Run it; what it prints."""
        command = [str(KUBECTL.built()), f"--kubeconfig={self.places.kubeconfig(self.user)}"]
        # Its own cache is by address, and another control plane may have been there before.
        command += [f"--cache-dir={self.places.discovery}", *arguments]
        done = subprocess.run(command, input=stdin or "", capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"kubectl {' '.join(arguments[:3])}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *objects: dict[str, Any]) -> None:
        """Apply objects as from one file."""
        self("apply", "-f", "-", stdin="\n---\n".join(map(json.dumps, objects)))

    def apply_file(self, file: Path) -> None:
        """Apply a file."""
        self("apply", "-f", str(file))

    def get(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects that `kubectl get` finds."""
        found = json.loads(self("get", *arguments, "-o", "json"))
        items: list[dict[str, Any]] = found.get("items", [found])
        return items

    def wait(self, condition: str, seconds: float, *what: str) -> None:
        """Wait for a condition, or with `delete` until it is gone."""
        wanted = condition if condition == "delete" else f"condition={condition}"
        self("wait", f"--for={wanted}", f"--timeout={seconds:.0f}s", *what)

    def patch(self, kind: str, name: str, patch: Any, *arguments: str) -> None:
        """Patch an object: a dict by merging, a list as a JSON patch."""
        form = "json" if isinstance(patch, Sequence) else "merge"
        self("patch", kind, name, f"--type={form}", f"--patch={json.dumps(patch)}", *arguments)

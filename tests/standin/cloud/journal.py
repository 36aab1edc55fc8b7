"""The journal: one JSON line for each call that changed something or was refused."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from tests.standin.cloud.calls import Entry


class Journal:
    """A file that is only ever appended to. Each line is handed to the kernel at once, so killing the process loses none."""

    def __init__(self, path: Path) -> None:
        _cut_torn_line(path)
        self._file = path.open("ab", buffering=0)

    def write(self, entry: Entry) -> None:
        """Append one line."""
        fields = {name: value for name, value in asdict(entry).items() if value is not None}
        line = json.dumps({**fields, "time": entry.time.isoformat()}, separators=(",", ":"))
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    """The entries of a journal; a torn last line is what the process was killed in, and was not done."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                fields = json.loads(line)
                yield Entry(**{**fields, "time": datetime.fromisoformat(fields["time"])})


def _cut_torn_line(path: Path) -> None:
    if path.exists():
        whole = path.read_bytes()
        end = whole.rfind(b"\n") + 1
        if end < len(whole):
            with path.open("r+b") as file:
                file.truncate(end)

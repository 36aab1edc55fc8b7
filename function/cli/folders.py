"""The documents of files and of folders."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from function.cli.files import GROUP, NO_DOCUMENT, Document, Unreadable, check_regular, pod_identities

_CHUNK = 1 << 20
_SUFFIXES = (".yaml", ".yml")


def documents(files: tuple[Path, ...], namespace: str) -> Iterator[Document | Unreadable]:
    """The documents of our API group in files and in all YAML files below folders, as `pod_identities` reads them."""
    for file in files:
        # With several files, those without any are other parts of the app.
        needed = len(files) == 1
        if file.is_dir():
            yield from _of_folder(file, namespace, needed=needed)
        else:
            yield from pod_identities(file, namespace, needed=needed)


def _of_folder(folder: Path, namespace: str, *, needed: bool) -> Iterator[Document | Unreadable]:
    found = False
    for file in _yaml_files(folder):
        if _mentions_us(file):
            for document in pod_identities(file, namespace, needed=False):
                found = True
                yield document
    if needed and not found:
        yield Unreadable(f"{folder}: {NO_DOCUMENT} in its *.yaml and *.yml files")


def _yaml_files(folder: Path) -> list[Path]:
    return sorted(Path(root) / name for root, _, names in os.walk(folder) for name in names if name.endswith(_SUFFIXES))


def _mentions_us(file: Path) -> bool:
    """Whether a file can hold a document of ours. Others, such as templates, do not have to be readable."""
    try:
        check_regular(file)
        with file.open("rb") as opened:
            return _mentions(opened, GROUP.encode())
    except (OSError, Unreadable):
        return True  # The one who reads it says why it cannot be read.


def _mentions(opened: BinaryIO, word: bytes) -> bool:
    """Whether a word stands in a file, which is never in memory as a whole."""
    end = b""
    while read := opened.read(_CHUNK):
        if word in end + read:
            return True
        end = (end + read)[-len(word) :]
    return False

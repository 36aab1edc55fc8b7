"""The documents of files and of folders."""

import os
from collections.abc import Iterator
from pathlib import Path

from function.cli.files import GROUP, NO_DOCUMENT, Document, Unreadable, pod_identities

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
        return GROUP.encode() in file.read_bytes()
    except OSError:
        return True  # The one who reads it says why it cannot be read.

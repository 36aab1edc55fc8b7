"""Plain English where a person reads: words that we do not use, and what to write instead; and paths that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

INSTEAD = {
    r"com(?:e|es|ing|ed?) to (?:a|the|be)\b": "say what it is, or what it makes",
    r"what [a-z ]* comes? to\b": "what it renders, or what it leads to",
    r"as asked for": "as the spec says",
    r"stands? (?:here )?twice": "duplicate",
    r"\btroubles?\b": "why it is not ready",
    r"\bcomplain": "print an error",
    r"\bwhilst\b|\bthereof\b|\bwherein\b|\bhereby\b": "a plain word",
    r"\bleverag|\butili[sz]e": "use",
    r"\bsimply\b|\bobviously\b|\bof course\b": "nothing",
    r"\bfault\b|\bfaulty (?:field|spec|input)": "error",
}
READ = sorted(
    path
    for pattern in ("function/**/*.py", "docs/*.md", "README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/**/*.md")
    for path in ROOT.glob(pattern)
)


def _lines() -> Iterator[tuple[Path, int, str]]:
    for path in READ:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            yield path.relative_to(ROOT), number, line


@pytest.mark.parametrize("word", INSTEAD, ids=lambda word: re.sub(r"[^a-z]+", "-", word).strip("-"))
def test_words_that_we_do_not_use(word: str) -> None:
    found = [f"{path}:{number}: {line.strip()}" for path, number, line in _lines() if re.search(word, line, re.IGNORECASE)]
    assert not found, f"write {INSTEAD[word]}:\n" + "\n".join(found)


_PATH = re.compile(r"(?<![\w/.-])(?:function|tests|docs|package|examples)/[A-Za-z0-9_./*-]*[A-Za-z0-9_*]")
# Made by a target, or in a module of somebody else's.
_ELSEWHERE = ("tests/oracle/node_modules", "package/crds")


def test_every_path_that_is_named_exists() -> None:
    """In pages, docstrings and comments; `*` stands for any name."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    missing = {
        f"{path.relative_to(ROOT)}: {named}"
        for path in [*READ, *tests, ROOT / "pyproject.toml", ROOT / "Makefile"]
        for named in _PATH.findall(path.read_text())
        # In tests such a text can be one of a package's own files.
        if named.startswith(("tests/", "docs/")) or path not in tests
        if not named.startswith(_ELSEWHERE) and not list(ROOT.glob(named.rstrip(".")))
    }
    assert not missing, "\n".join(sorted(missing))

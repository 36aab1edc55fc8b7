"""What is wrong with the input: every error, each at its field path, as one sorted line of text."""

import difflib
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, Self, TypeVar

Path = tuple[str | int, ...]
"""Where a field stands: names and list indices from the document's root, `("spec", "tags", "team")`."""

# A condition's message may hold 32,768 characters; what does not fit is counted instead of cut.
_MAX_MESSAGE = 30_000
_MAX_ERROR = 2_000
_MAX_QUOTED = 80

MOST_ERRORS = 250
"""So many errors are looked for in one reading: more fit into no message, and making them would keep others waiting."""

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class FieldError(NamedTuple):
    """One error: the field it is in, and what is wrong with it and how to mend it."""

    path: Path
    message: str
    mismatch: str = ""
    """The type of the condition that says so, too, where the spec contradicts what exists in the cloud."""

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {printable(self.message)}"


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What was read of a part of the input, as far as it could be, and its errors."""

    value: T
    errors: tuple[FieldError, ...] = ()


class TooManyErrors(Exception):
    """More errors than are looked for. `errors` are those that were found, one more than MOST_ERRORS."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__()


class Found(list[FieldError]):
    """The errors that a reader has found so far. Raises TooManyErrors for one beyond MOST_ERRORS, so that the reader stops.

    What makes errors one by one, as a generator does, makes no more of them then.
    """

    def __init__(self, errors: Iterable[FieldError] = ()) -> None:
        super().__init__()
        self.extend(errors)

    def append(self, error: FieldError) -> None:
        """Put an error down."""
        super().append(error)
        if len(self) > MOST_ERRORS:
            raise TooManyErrors(self)

    def extend(self, errors: Iterable[FieldError]) -> None:
        """Put errors down, one by one as they are made."""
        for error in errors:
            self.append(error)

    def __iadd__(self, errors: Iterable[FieldError]) -> Self:  # type: ignore[misc, override]  # takes more than +
        self.extend(errors)
        return self


STOPPED = FieldError(("spec",), "has so many errors that reading stopped; these were found first")
"""What is said where reading stopped."""


class InvalidSpec(Exception):
    """The input cannot be rendered. `errors` are distinct and sorted by path, list indices in number order.

    They are at most MOST_ERRORS. Of more, the first ones are kept, and STOPPED says so.
    """

    def __init__(self, errors: Iterable[FieldError]) -> None:
        taken = list(itertools.islice(errors, MOST_ERRORS + 1))
        if len(taken) > MOST_ERRORS:
            taken = [STOPPED, *taken[: MOST_ERRORS - 1]]
        self.errors = tuple(sorted(set(map(_cut, taken)), key=_order))
        super().__init__(one_line(self.errors))


def _cut(error: FieldError) -> FieldError:
    """The error without the end of an endless message: errors are kept as long as the object is not changed."""
    return error if len(error.message) <= _MAX_ERROR else error._replace(message=f"{error.message[: _MAX_ERROR - 3]}...")


def one_line(errors: tuple[FieldError, ...]) -> str:
    """All errors as one line of at most 30,000 characters, the overflow counted at its end."""
    line: list[str] = []
    room = _MAX_MESSAGE - len("; and 1000000 more")
    for error in errors:
        text = str(error)
        text = text if len(text) <= _MAX_ERROR else f"{text[: _MAX_ERROR - 3]}..."
        room -= len(text) + 2
        if room < 0:
            return f"{'; '.join(line)}; and {len(errors) - len(line)} more"
        line.append(text)
    return "; ".join(line)


def dotted(path: Path) -> str:
    """The path as users write it: `spec.clusters[0].eks.region`, `spec.tags["a b"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif len(part) <= _MAX_QUOTED and _PLAIN_NAME.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text


def printable(text: str) -> str:
    r"""The text with `\u202e` in place of what is not printable: line breaks, ESC, marks that reorder or are invisible.

    Whatever leaves for people goes through it: on a terminal, in a condition or in a log, users' text can then neither begin a
    line nor hide one. Letters of every language stay. What is printable already is returned as it is.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" if c <= "\uffff" else f"\\U{ord(c):08x}" for c in text)


def quoted(value: object) -> str:
    """User text made safe for a message: JSON's escapes, on one line, at most about 80 characters."""
    # Escapes only lengthen a text, so that nothing of what is behind can be shown.
    value = value[:_MAX_QUOTED] if isinstance(value, str) else value
    try:
        # A file has its own order of fields, a call none: both are quoted alike.
        whole = value[: _MAX_QUOTED + 1] if isinstance(value, str) else value
        # Only the beginning is shown, and what follows can be long.
        text = json.dumps(whole, ensure_ascii=False, default=str, sort_keys=True)[: _MAX_QUOTED + 1]
    except (TypeError, ValueError, RecursionError):
        # A number beyond what Python prints, an object within itself, keys of two types: none reaches us but by hand.
        text = f"a {type(value).__name__} that cannot be shown"
    text = printable(text)
    return text if len(text) <= _MAX_QUOTED else f"{text[: _MAX_QUOTED - 4]}..." + ('"' if text[0] == '"' else "")


def listed(names: Iterable[object]) -> str:
    """Names as prose: `a, b and c`."""
    words = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


_LONGEST_NAME = 60


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Which of the known names a misspelt one is meant to be, whatever its case; empty where none is like it."""
    # Comparing is slow, and no misspelt name is that long: a tenant's nonsense must not keep others waiting.
    if len(name) > _LONGEST_NAME:
        return ""
    alike = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), alike, n=1, cutoff=cutoff) if alike else []
    return alike[close[0]] if close else ""


def _order(error: FieldError) -> tuple[list[tuple[int, int, str]], str]:
    keys = [(0, part, "") if isinstance(part, int) else (1, 0, part) for part in error.path]
    return keys, error.message

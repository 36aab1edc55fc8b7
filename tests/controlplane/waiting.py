"""Waiting for what has no event of its own: a server that answers, a program that succeeds."""

import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeVar

_PAUSE = 0.1
_LOOKS = 3
T = TypeVar("T")


class Late(RuntimeError):
    """Something did not come about in time; the text says what was seen last."""


def until(found: Callable[[], T | None], seconds: float, what: str) -> T:
    """The first answer that is not None, False or empty; `found` may give up for good by raising anything but OSError."""
    end = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < end:
        try:
            answer = found()
        except OSError as error:
            last = error
        else:
            if answer:
                return answer
            last = answer
        time.sleep(_PAUSE)
    raise Late(f"{what}: not within {seconds:.0f} s; last seen: {last}")


def steadily(found: Callable[[], object]) -> Callable[[], bool]:
    """Whether something is so on three looks in a row: Crossplane may take back for a moment what it has just written."""
    row = 0

    def seen() -> bool:
        nonlocal row
        row = row + 1 if found() else 0
        return row >= _LOOKS

    return seen


def answers(url: str) -> bool:
    """Whether something answers there, and says that it is well."""
    # The certificate was made by the server itself a moment ago; only whether it answers is asked.
    trusting = ssl._create_unverified_context()  # noqa: S323
    try:
        with urllib.request.urlopen(url, timeout=5, context=trusting) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False


def listens(port: int) -> bool:
    """Whether somebody accepts connections at a port of 127.0.0.1."""
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return True

"""Waiting for what has no event of its own: a server that answers, a program that succeeds."""

import time
from collections.abc import Callable
from typing import TypeVar

_PAUSE = 0.1
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

"""What is said of an API server that does not answer: one line when it begins, however many notice."""

import sys


def log(line: str) -> None:
    """One line on standard error."""
    print(line, file=sys.stderr, flush=True)


class Outage:
    """Whether there is one now."""

    def __init__(self) -> None:
        self._now = False

    def begins(self, why: object) -> None:
        """Somebody could not reach the API server."""
        if not self._now:
            self._now = True
            log(f"the API server does not answer, trying until it does: {why!r}")

    def is_over(self) -> None:
        """Somebody could."""
        self._now = False

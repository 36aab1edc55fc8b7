"""A thing that an option names."""

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.refusal import CloudError


class Thing(Protocol):
    """Something that can be put into a cloud."""

    def make(self, cloud: Cloud) -> None:
        """Make it, if it is not there."""
        ...


def parts(text: str, form: str, pattern: str) -> tuple[str, ...]:
    """What the groups of a pattern match, empty where one matches nothing. Raises ArgumentTypeError with the form."""
    found = re.fullmatch(pattern, text)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be {form}")
    return found.groups("")


def call(cloud: Cloud, name: str, account: str = "", ago: timedelta = timedelta(), /, **arguments: Any) -> Any:
    """Make a call for nobody."""
    return cloud.call(name, account, "", datetime.now(UTC) - ago, arguments)


def find(cloud: Cloud, name: str, account: str = "", /, **arguments: Any) -> Any:
    """Make a call that reads; None where it is refused."""
    try:
        return call(cloud, name, account, **arguments)
    except CloudError:
        return None

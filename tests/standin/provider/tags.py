"""Tags of AWS."""

from typing import Any

from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change


def align(aws: Session, noun: str, change: Change, **whose: str) -> None:
    """Untag and Tag, by the noun that their names end with."""
    old: dict[str, Any] = change.old
    new: dict[str, Any] = change.new
    if gone := sorted(old.keys() - new.keys()):
        aws.call(f"Untag{noun}", **whose, tag_keys=gone)
    if added := dict(sorted(new.items() - old.items())):
        aws.call(f"Tag{noun}", **whose, tags=added)

"""Tags, which are exclusive: what the spec does not name is taken off."""

from typing import Any

from tests.standin.provider.kind import Fields
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change


def changed(desired: Fields, state: Fields) -> list[Change]:
    """One change for all."""
    old, new = dict(state.get("tags") or {}), dict(desired.get("tags") or {})
    return [] if old == new else [Change("tags", old, new)]


def align(aws: Session, noun: str, change: Change, **whose: str) -> None:
    """Untag and Tag, by the noun that their names end with."""
    old: dict[str, Any] = change.old
    new: dict[str, Any] = change.new
    if gone := sorted(old.keys() - new.keys()):
        aws.call(f"Untag{noun}", **whose, tag_keys=gone)
    if added := dict(sorted(new.items() - old.items())):
        aws.call(f"Tag{noun}", **whose, tags=added)

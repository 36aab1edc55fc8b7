"""When two IAM policy documents say the same, and how Terraform writes them."""

import json
from typing import Any


def equivalent(one: str, other: str) -> bool:
    """Whether they differ only in the order of keys and of lists, or in a string for a list of one."""
    if one == other:
        return True
    try:
        return _canonical(json.loads(one)) == _canonical(json.loads(other))
    except ValueError:
        return False


def shown(desired: str | None, actual: str) -> str:
    """What status.atProvider has of a document: the spec's where it says the same, keys in order and without spaces."""
    document = desired if desired is not None and equivalent(desired, actual) else actual
    return json.dumps(json.loads(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _canonical(value: Any) -> str:
    """One text for all that say the same; IAM reads no order out of any list, that of statements included."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_canonical(item)}" for key, item in sorted(value.items())) + "}"
    if isinstance(value, list):
        items = sorted({_canonical(item) for item in value})
        return items[0] if len(items) == 1 else f"[{','.join(items)}]"
    return json.dumps(str(value).lower() if isinstance(value, bool) else str(value))

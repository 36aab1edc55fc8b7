"""What is larger, or longer, than anything that IAM holds, and the one error that says so."""

import json
from typing import Any

from function.errors import Path

INLINE: Path = ("aws", "permissions", "inlinePolicies", 0)
TRUST: Path = ("aws", "trust")
CONDITIONS: Path = (*TRUST, "conditions")
STATEMENTS: Path = (*TRUST, "statements")

_ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
_LONG = "s3:" + "a" * 126
_SHOWN = f'"s3:{"a" * 72}..."'
_MOST = 2048
_TOO_LARGE_TRUST = "are larger than 32 kB; a trust policy holds at most 8,192 characters"
TOO_LARGE = (
    "is larger than 256 kB, which is the most that is read: split it over several PodIdentities, with fewer clusters, service "
    "accounts, policies or roles each"
)


def _short(**fields: Any) -> dict[str, Any]:
    return {"name": "p", "statements": [{"actions": ["s3:GetObject"], "resources": ["*"], **fields}]}


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _trusting(action: Any) -> list[dict[str, Any]]:
    return [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": action}]


# What is set and where, where the error is named, and in which words.
_ROWS: list[tuple[str, Path, Any, Path, str]] = [
    ("a spec that is too large", INLINE, {"name": "p", "documentJSON": "x" * 256_000}, (), TOO_LARGE),
    ("a spec of many small parts", STATEMENTS, [{f"a{i}": [{}] * 100 for i in range(50)}] * 50, (), TOO_LARGE),
    ("trust statements that are too large", STATEMENTS, _trusting(["sts:AssumeRole"] * 1900), STATEMENTS, _TOO_LARGE_TRUST),
    ("actions without end", INLINE, _short(actions=["x"] * (_MOST + 1)), (*INLINE, "statements", 0, "actions"), "has 2049 items; at most 2048 are allowed"),
    ("resources without end", INLINE, _short(resources=["x"] * (_MOST + 1)), (*INLINE, "statements", 0, "resources"), "has 2049 items; at most 2048 are allowed"),
    ("statements without end", INLINE, {"name": "p", "statements": [1] * 257}, (*INLINE, "statements"), "has 257 items; at most 256 are allowed"),
    ("operators without end", CONDITIONS, {f"Strng{i}": {} for i in range(257)}, CONDITIONS, "has 257 fields; at most 256 are allowed"),
    ("condition keys without end", CONDITIONS, {"StringLike": {f"a:{i}": "x" for i in range(257)}}, CONDITIONS, "has 257 condition keys; at most 256 are read"),
    ("tags without end", ("tags",), {f"aws:{i}": 1 for i in range(129)}, ("tags",), "has 129 fields; at most 128 are allowed"),
    ("tags of associations without end", ("aws", "association", "tags"), {f"{i}": "x" for i in range(129)}, ("aws", "association", "tags"), "has 129 fields; at most 128 are allowed"),
    ("a statement of many elements", STATEMENTS, [{f"E{i}": 1 for i in range(65)}], (*STATEMENTS, 0), "has 65 fields; at most 64 are allowed"),
    ("a document of many elements", INLINE, {"name": "p", "document": {f"E{i}": 1 for i in range(65)}}, (*INLINE, "document"), "has 65 fields; at most 64 are allowed"),
    ("management policies without end", ("managementPolicies",), ["?"] * 7, ("managementPolicies",), "has 7 items; at most 6 are allowed"),
    ("credentials without end", ("aws", "credentials"), ["?"] * 3, ("aws", "credentials"), "has 3 items; at most 2 are allowed"),
    ("statements of a document without end", INLINE, {"name": "p", "document": _document(*([_ALLOW] * 257))}, (*INLINE, "document", "Statement"), "has 257 statements; at most 256 are read"),
    ("statements of JSON without end", INLINE, {"name": "p", "documentJSON": json.dumps(_document(*([_ALLOW] * 257)))}, (*INLINE, "documentJSON", "Statement"), "has 257 statements; at most 256 are read"),
    ("actions of a document without end", INLINE, {"name": "p", "document": _document({**_ALLOW, "Action": ["x"] * (_MOST + 1)})}, (*INLINE, "document", "Statement", 0, "Action"), "has 2,049 items; at most 2,048 are read"),
    ("trust actions without end", STATEMENTS, _trusting(["x"] * (_MOST + 1)), (*STATEMENTS, 0, "Action"), "has 2,049 items; at most 2,048 are read"),
    ("an action that is too long", INLINE, _short(actions=[_LONG]), (*INLINE, "statements", 0, "actions", 0), f"{_SHOWN} is 129 characters; an action has at most 128"),
    ("a trust action that is too long", STATEMENTS, _trusting(_LONG), (*STATEMENTS, 0, "Action"), f"{_SHOWN} is 129 characters; an action has at most 128"),
    ("an action of wildcards", STATEMENTS, _trusting("sts:" + "*a" * 10_000), (*STATEMENTS, 0, "Action"), '"sts:*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*..." is 20,004 characters; an action has at most 128'),
]  # fmt: skip

CASES = [(name, [(path, value)], [(at, message)]) for name, path, value, at, message in _ROWS]

BEYOND_SCHEMA = {
    "a spec that is too large",
    "a spec of many small parts",
    "trust statements that are too large",
    "condition keys without end",
    "statements of a document without end",
    "statements of JSON without end",
    "actions of a document without end",
    "trust actions without end",
    "an action that is too long",
    "a trust action that is too long",
    "an action of wildcards",
}
"""What no schema says: it does not reach into documents and conditions, and knows no size of the whole."""

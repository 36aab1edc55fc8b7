"""Bindings of an IAM policy as Terraform merges and subtracts them (tpgiamresource/iam.go)."""

from collections.abc import Iterable, Sequence
from typing import Any

Binding = dict[str, Any]

_PARTS = ("title", "description", "expression")
_SENSITIVE = ("principalSet:", "principal:", "principalHierarchy:")


def condition_key(condition: Any) -> tuple[str, ...]:
    """By which conditions are told apart; all empty where there is none."""
    return tuple((condition or {}).get(part) or "" for part in _PARTS)


def is_case_sensitive(member: str) -> bool:
    """Whether Terraform leaves the member's case alone."""
    return "allAuthenticatedUsers" in member or "allUsers" in member or member.startswith(_SENSITIVE)


def normal(member: str) -> str:
    """The member as Terraform writes it: what stands behind the type in lower case."""
    if is_case_sensitive(member.removeprefix("deleted:")):
        return member
    parts = member.split(":", 2 if member.startswith(("deleted:", "iamMember:")) else 1)
    return ":".join((*parts[:-1], parts[-1].lower())) if len(parts) > 1 else member


def find(bindings: Iterable[Binding], wanted: Binding) -> str:
    """The member as the policy has it, in the binding of the same role and condition; empty where it is not there."""
    (asked,) = wanted["members"]
    key = _key(wanted)
    members = next((binding["members"] for binding in bindings if _key(binding) == key), ())
    return next((member for member in members if member.lower() == asked.lower()), "")


def merge(bindings: Sequence[Binding], added: Binding) -> list[Binding]:
    """One binding for each role and condition, the added one among them, sorted."""
    return _listed([*bindings, added], frozenset(), _key(added))


def subtract(bindings: Sequence[Binding], removed: Binding) -> list[Binding]:
    """The same without the members of one; a binding that has none left is none."""
    return _listed(bindings, frozenset(map(normal, removed["members"])), _key(removed))


def _listed(bindings: Iterable[Binding], without: frozenset[str], key: tuple[str, ...]) -> list[Binding]:
    found: dict[tuple[str, ...], set[str]] = {}
    for binding in bindings:
        found.setdefault(_key(binding), set()).update(map(normal, binding["members"]))
    if key in found:
        found[key] -= without
    return [_binding(each, members) for each, members in sorted(found.items()) if members]


def _binding(key: tuple[str, ...], members: set[str]) -> Binding:
    role, *parts = key
    condition = {name: part for name, part in zip(_PARTS, parts, strict=True) if part}
    return {"role": role, "members": sorted(members)} | ({"condition": condition} if condition else {})


def _key(binding: Binding) -> tuple[str, ...]:
    return binding["role"], *condition_key(binding.get("condition"))

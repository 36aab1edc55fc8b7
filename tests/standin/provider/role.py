"""iam Role."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.standin.cloud import iam
from tests.standin.provider.kind import Asked, Fields, Kind, changed_tags
from tests.standin.provider.policy_documents import equivalent
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK

_DEFAULTS = {"description": "", "maxSessionDuration": 3600, "path": "/", "permissionsBoundary": ""}
_TERRAFORM = {
    "description": "description",
    "maxSessionDuration": "max_session_duration",
    "path": "path",
    "permissionsBoundary": "permissions_boundary",
}


class Role(Kind):
    """A role is called as the external name says; one that exists by that name is taken over."""

    name, plural, service = "Role", "roles", "iam"
    make, what = PluginSDK(), "IAM Role"
    parameters = frozenset(
        {
            "assumeRolePolicy",
            "description",
            "forceDetachPolicies",
            "inlinePolicy",
            "managedPolicyArns",
            "maxSessionDuration",
            "path",
            "permissionsBoundary",
            "tags",
        }
    )
    never_late_initialised = frozenset({"inlinePolicy", "managedPolicyArns"})
    named_after_itself = True

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """The role, its inline policies and its attachments; documents as the spec has them where they say the same."""
        role: iam.Role | None = aws.find("GetRole", role_name=asked.name)
        if role is None:
            return None
        state = {
            "arn": role.arn,
            "assumeRolePolicy": _as_written(asked.desired.get("assumeRolePolicy"), role.trust),
            "createDate": role.created,
            "description": role.description,
            "forceDetachPolicies": bool(asked.desired.get("forceDetachPolicies", False)),
            "id": role.name,
            "inlinePolicy": [{"name": name, "policy": policy} for name, policy in sorted(role.inline.items())],
            "managedPolicyArns": sorted(role.attached),
            "maxSessionDuration": role.max_session_duration,
            "path": role.path,
            "permissionsBoundary": role.boundary,
            "tags": dict(role.tags),
            "tagsAll": dict(role.tags),
            "uniqueId": role.unique_id,
        }
        return {field: value for field, value in state.items() if value not in ("", [], {})}

    def create(self, aws: Session, asked: Asked) -> str:
        """CreateRole, and what is to hang on it."""
        name, desired = asked.name, asked.desired
        aws.call(
            "CreateRole",
            role_name=name,
            assume_role_policy=desired.get("assumeRolePolicy", ""),
            path=desired.get("path") or "/",
            description=desired.get("description", ""),
            max_session_duration=int(desired.get("maxSessionDuration", 3600)),
            permissions_boundary=desired.get("permissionsBoundary", ""),
            tags=dict(desired.get("tags") or {}),
        )
        _align_inline(aws, name, {}, _inline(desired))
        _align_attached(aws, name, set(), set(desired.get("managedPolicyArns") or ()))
        return name

    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """A policy list that is absent or empty says nothing; `[{}]` says that there is no inline policy."""
        desired = asked.desired
        found = [Change("name", state["id"], asked.name, replaces=True)] if asked.name != state["id"] else []
        for field, default in _DEFAULTS.items():
            new, old = desired.get(field, default), state.get(field, default)
            if new != old:
                found.append(Change(_TERRAFORM[field], old, new, replaces=field == "path"))
        trust = desired.get("assumeRolePolicy")
        if trust is not None and not equivalent(trust, state["assumeRolePolicy"]):
            found.append(Change("assume_role_policy", state["assumeRolePolicy"], trust))
        return [*found, *_changed_inline(desired, state), *_changed_attached(desired, state), *changed_tags(desired, state)]

    def update(self, aws: Session, asked: Asked, state: Fields, changes: Sequence[Change]) -> None:
        """One call for each thing that changed."""
        desired = asked.desired
        role, changed = state["id"], {change.field: change for change in changes}
        if "assume_role_policy" in changed:
            aws.call("UpdateAssumeRolePolicy", role_name=role, policy_document=desired["assumeRolePolicy"])
        if {"description", "max_session_duration"} & changed.keys():
            aws.call(
                "UpdateRole",
                role_name=role,
                description=desired.get("description", ""),
                max_session_duration=int(desired.get("maxSessionDuration", 3600)),
            )
        if "permissions_boundary" in changed:
            _set_boundary(aws, role, changed["permissions_boundary"].new)
        if "inline_policy" in changed:
            _align_inline(aws, role, changed["inline_policy"].old, changed["inline_policy"].new)
        if "managed_policy_arns" in changed:
            _align_attached(aws, role, changed["managed_policy_arns"].old, changed["managed_policy_arns"].new)
        if "tags" in changed:
            _align_tags(aws, role, changed["tags"].old, changed["tags"].new)

    def delete(self, aws: Session, state: Fields) -> None:
        """Whatever hangs on it goes first: IAM deletes no role that has policies."""
        role = state["id"]
        for arn in state.get("managedPolicyArns", ()):
            aws.unless_gone("DetachRolePolicy", role_name=role, policy_arn=arn)
        for policy in state.get("inlinePolicy", ()):
            aws.unless_gone("DeleteRolePolicy", role_name=role, policy_name=policy["name"])
        aws.unless_gone("DeleteRole", role_name=role)


def _as_written(desired: str | None, actual: str) -> str:
    return desired if desired is not None and equivalent(desired, actual) else actual


def _inline(fields: Fields) -> dict[str, str]:
    """Policies by name; the empty entry, which says that there is none, counts as none."""
    listed = fields.get("inlinePolicy") or ()
    return {policy["name"]: policy["policy"] for policy in listed if policy.get("name") and policy.get("policy")}


def _changed_inline(desired: Fields, state: Fields) -> list[Change]:
    if not desired.get("inlinePolicy"):
        return []
    old, new = _inline(state), _inline(desired)
    same = old.keys() == new.keys() and all(equivalent(old[name], new[name]) for name in old)
    return [] if same else [Change("inline_policy", old, new)]


def _changed_attached(desired: Fields, state: Fields) -> list[Change]:
    if not desired.get("managedPolicyArns"):
        return []
    old, new = set(state.get("managedPolicyArns", ())), set(desired["managedPolicyArns"])
    return [] if old == new else [Change("managed_policy_arns", old, new)]


def _set_boundary(aws: Session, role: str, arn: str) -> None:
    if arn:
        aws.call("PutRolePermissionsBoundary", role_name=role, permissions_boundary=arn)
    else:
        aws.call("DeleteRolePermissionsBoundary", role_name=role)


def _align_inline(aws: Session, role: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for name in sorted(old.keys() - new.keys()):
        aws.unless_gone("DeleteRolePolicy", role_name=role, policy_name=name)
    for name, policy in sorted(new.items()):
        if name not in old or not equivalent(old[name], policy):
            aws.call("PutRolePolicy", role_name=role, policy_name=name, policy_document=policy)


def _align_attached(aws: Session, role: str, old: set[str], new: set[str]) -> None:
    for arn in sorted(old - new):
        aws.unless_gone("DetachRolePolicy", role_name=role, policy_arn=arn)
    for arn in sorted(new - old):
        aws.call("AttachRolePolicy", role_name=role, policy_arn=arn)


def _align_tags(aws: Session, role: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    if gone := sorted(old.keys() - new.keys()):
        aws.call("UntagRole", role_name=role, tag_keys=gone)
    if added := dict(sorted(new.items() - old.items())):
        aws.call("TagRole", role_name=role, tags=added)

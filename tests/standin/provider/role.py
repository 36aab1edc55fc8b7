"""iam Role."""

from collections.abc import Sequence

from tests.standin.cloud import iam
from tests.standin.provider import role_policies, tags
from tests.standin.provider.kind import Asked, Fields, Kind
from tests.standin.provider.policy_documents import equivalent, shown
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
        """The role, its inline policies and its attachments."""
        role: iam.Role | None = aws.find("GetRole", role_name=asked.name)
        if role is None:
            return None
        state = {
            "arn": role.arn,
            "assumeRolePolicy": shown(asked.desired.get("assumeRolePolicy"), role.trust),
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
        """CreateRole, and what is to hang on it. Where attaching is refused the role stays, and is found the next time."""
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
        role_policies.put_first(aws, name, role_policies.inline(desired))
        role_policies.align_attached(aws, name, set(), set(desired.get("managedPolicyArns") or ()))
        return name

    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """In any field, or in what hangs on it."""
        desired = asked.desired
        found = [Change("name", state["id"], asked.name, replaces=True)] if asked.name != state["id"] else []
        for field, default in _DEFAULTS.items():
            new, old = desired.get(field, default), state.get(field, default)
            if new != old:
                found.append(Change(_TERRAFORM[field], old, new, replaces=field == "path"))
        trust = desired.get("assumeRolePolicy")
        if trust is not None and not equivalent(trust, state["assumeRolePolicy"]):
            found.append(Change("assume_role_policy", state["assumeRolePolicy"], trust))
        found += [*role_policies.changed_inline(desired, state), *role_policies.changed_attached(desired, state)]
        return [*found, *tags.changed(desired, state)]

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
            role_policies.align_inline(aws, role, changed["inline_policy"].old, changed["inline_policy"].new)
        if "managed_policy_arns" in changed:
            role_policies.align_attached(aws, role, changed["managed_policy_arns"].old, changed["managed_policy_arns"].new)
        if "tags" in changed:
            tags.align(aws, "Role", changed["tags"], role_name=role)

    def delete(self, aws: Session, state: Fields) -> None:
        """Whatever hangs on it goes first: IAM deletes no role that has policies."""
        role = state["id"]
        for arn in state.get("managedPolicyArns", ()):
            aws.unless_gone("DetachRolePolicy", role_name=role, policy_arn=arn)
        for policy in state.get("inlinePolicy", ()):
            aws.unless_gone("DeleteRolePolicy", role_name=role, policy_name=policy["name"])
        aws.unless_gone("DeleteRole", role_name=role)


def _set_boundary(aws: Session, role: str, arn: str) -> None:
    if arn:
        aws.call("PutRolePermissionsBoundary", role_name=role, permissions_boundary=arn)
    else:
        aws.call("DeleteRolePermissionsBoundary", role_name=role)

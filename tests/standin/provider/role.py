"""iam Role."""

from collections.abc import Mapping

from tests.standin.cloud import iam
from tests.standin.provider import role_policies, tags
from tests.standin.provider.kind import FREE, TAGS, Asked, Field, Fields, Kind, planned
from tests.standin.provider.policy_documents import equivalent, shown
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK


class Role(Kind):
    """A role is called as the external name says; one that exists by that name is taken over."""

    name, plural, service = "Role", "roles", "iam"
    make, what = PluginSDK(), "IAM Role"
    fields = planned(
        description=Field(""),
        maxSessionDuration=Field(3600),
        path=Field("/", replaces=True),
        permissionsBoundary=Field(""),
        assumeRolePolicy=Field(same=equivalent),
        inlinePolicy=Field(same=role_policies.same_inline),
        managedPolicyArns=Field(same=role_policies.same_attached),
        forceDetachPolicies=FREE,
        tags=TAGS,
    )
    name_argument = "name"
    never_late_initialised = frozenset({"inlinePolicy", "managedPolicyArns"})
    named_after_itself = True

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """The role, its inline policies and its attachments."""
        role: iam.Role | None = aws.find("GetRole", role_name=asked.name)
        if role is None:
            return None
        return {
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

    def update(self, aws: Session, asked: Asked, state: Fields, changed: Mapping[str, Change]) -> None:
        """One call for each thing that changed."""
        desired = asked.desired
        role = state["id"]
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
            role_policies.align_inline(aws, role, role_policies.inline(state), role_policies.inline(desired))
        if "managed_policy_arns" in changed:
            change = changed["managed_policy_arns"]
            role_policies.align_attached(aws, role, set(change.old or ()), set(change.new))
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

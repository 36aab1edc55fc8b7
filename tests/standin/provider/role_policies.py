"""What a Role says of the policies on the role.

A list that is absent or empty says nothing; `[{}]` says that there is no inline policy.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from tests.standin.provider.kind import Fields, same_set
from tests.standin.provider.policy_documents import equivalent
from tests.standin.provider.session import Refused, Session, all_of

Listed = Sequence[Mapping[str, str]] | None


def inline(fields: Fields) -> dict[str, str]:
    """Policies by name; the empty entry, which says that there is none, counts as none."""
    return _by_name(fields.get("inlinePolicy"))


def _by_name(listed: Listed) -> dict[str, str]:
    return {policy["name"]: policy["policy"] for policy in listed or () if policy.get("name") and policy.get("policy")}


def same_inline(old: Listed, new: Listed) -> bool:
    """By name and by what they say."""
    if not new:
        return True
    there, asked = _by_name(old), _by_name(new)
    return there.keys() == asked.keys() and all(equivalent(there[name], asked[name]) for name in there)


def same_attached(old: Sequence[str] | None, new: Sequence[str]) -> bool:
    """By ARN."""
    return not new or same_set(old, new)


def align_inline(aws: Session, role: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Delete, then put. Raises Refused when all that could be put has been."""
    for name in sorted(old.keys() - new.keys()):
        aws.unless_gone("DeleteRolePolicy", role_name=role, policy_name=name)
    all_of(
        (
            f"adding inline policy ({name})",
            partial(aws.call, "PutRolePolicy", role_name=role, policy_name=name, policy_document=policy),
        )
        for name, policy in sorted(new.items())
        if name not in old or not equivalent(old[name], policy)
    )


def align_attached(aws: Session, role: str, old: set[str], new: set[str]) -> None:
    """Detach, then attach. Raises Refused when all that could be attached has been."""
    for arn in sorted(old - new):
        aws.unless_gone("DetachRolePolicy", role_name=role, policy_arn=arn)
    all_of(
        (
            f"attaching IAM Policy ({arn}) to IAM Role ({role})",
            partial(aws.call, "AttachRolePolicy", role_name=role, policy_arn=arn),
        )
        for arn in sorted(new - old)
    )


def put_first(aws: Session, role: str, policies: Mapping[str, str]) -> None:
    """Put the inline policies of a role that was just created; where one is refused the role is deleted again."""
    try:
        align_inline(aws, role, {}, policies)
    except Refused:
        for name in sorted(aws.call("GetRole", role_name=role).inline):
            aws.unless_gone("DeleteRolePolicy", role_name=role, policy_name=name)
        aws.unless_gone("DeleteRole", role_name=role)
        raise

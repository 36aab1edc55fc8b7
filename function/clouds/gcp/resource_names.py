"""Composition resource names of the resources in Google Cloud: everything in them that cannot be changed in place."""

from collections.abc import Mapping

from function.naming import resource_name

ACCOUNT, MEMBER = "service-account-", "member-"
"""What the names of each kind begin with."""

PART = "service-account"
"""The only part of an identity in Google Cloud that a name is derived for."""


def account_key(project: str, account_id: str) -> str:
    """Of an IAM service account."""
    return resource_name("service-account", project, account_id)


def member_key(kind: str, fields: Mapping[str, str], role: str, member: str, condition: Mapping[str, str]) -> str:
    """Of an IAM member: nothing in one can be changed in place.

    One that is edited is never deleted by the provider (crossplane-contrib/provider-upjet-gcp#936), so none is.
    """
    facts = [f"{name}={value}" for name, value in sorted(fields.items())]
    facts += [f"{name}?{value}" for name, value in sorted(condition.items())]
    return resource_name("member", kind, role, member, *facts)

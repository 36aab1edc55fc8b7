"""Composition resource names of the AWS resources, and the annotations by which later calls know what earlier ones made."""

from function.naming import resource_name

IMPORTED = "podidentity.dev/imported"
"""On an association that was taken over by its id. Without its external name the provider would try to create it again."""

ADOPTED = "adopted"
"""The annotation's value where EKS named the id, because of `association.onConflict: Adopt`; else it is `true`."""

ROLE, POLICY, INLINE, ATTACHMENT = "role-", "policy-", "inline-", "attachment-"
ASSOCIATION = "association-"
"""What the names of each kind begin with."""


def role_key(account: str, name: str) -> str:
    """Of a role. IAM ignores case in names, so names that differ only in case are one role."""
    return resource_name("role", account, name.lower())


def policy_key(account: str, name: str) -> str:
    """Of a customer managed policy. Here, too, IAM ignores case."""
    return resource_name("policy", account, name.lower())


def inline_key(account: str, role: str, name: str) -> str:
    """Of an inline policy that is a resource of its own."""
    return resource_name("inline", account, role.lower(), name)


def attachment_key(account: str, role: str, policy_arn: str) -> str:
    """Of a managed policy's attachment to a role."""
    return resource_name("attachment", account, role.lower(), policy_arn)


def association_key(cluster_arn: str, namespace: str, service_account: str, *, chained: bool) -> str:
    """Of an association.

    It hashes what EKS cannot change, and whether there is a target role: a target role that is removed from the spec would stay
    set.
    """
    return resource_name("association", cluster_arn, namespace, service_account, *(["target"] if chained else []))

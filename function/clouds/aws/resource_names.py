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
    """A role's; IAM's names are unique ignoring case, so two that differ in it are one role."""
    return resource_name("role", account, name.lower())


def policy_key(account: str, name: str) -> str:
    """A customer managed policy's; its names, too, are unique ignoring case."""
    return resource_name("policy", account, name.lower())


def inline_key(account: str, role: str, name: str) -> str:
    """An inline policy's that is an object of its own."""
    return resource_name("inline", account, role.lower(), name)


def attachment_key(account: str, role: str, policy_arn: str) -> str:
    """A managed policy's attachment to a role."""
    return resource_name("attachment", account, role.lower(), policy_arn)


def association_key(cluster_arn: str, namespace: str, service_account: str, *, chained: bool) -> str:
    """An association's, by what EKS cannot change in it, and whether it has a target role: one that is taken out stays set."""
    return resource_name("association", cluster_arn, namespace, service_account, *(["target"] if chained else []))

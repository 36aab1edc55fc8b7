"""The managed resources of a role's permissions.

Exclusive: the Role carries inline policies and the list of ARNs, and beside it stands an attachment for each ARN, since only a
deleted attachment detaches the last one. Without ARNs the Role has no list: the provider cannot hold an empty one and takes it
away at every reconcile, and Crossplane would put it back for ever. Additive: every policy and attachment stands by itself, and
the Role says nothing of either.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from function.clouds.aws import resources
from function.clouds.aws.keys import attachment_key, inline_key, policy_key
from function.clouds.aws.permissions.request import ComposedPolicy, Permissions
from function.composition import EXTERNAL_NAME, ManagedResource, managed_resource
from function.subjects import Identity


def inline_fields(permissions: Permissions) -> resources.ExclusiveFields:
    """What a Role itself says of its permissions."""
    if permissions.additive:
        return {}
    # Left out or empty, the provider would leave the last inline policy in place.
    fields: resources.ExclusiveFields = {
        "inlinePolicy": [{"name": p.name, "policy": p.document} for p in permissions.inline] or [{}]
    }
    if permissions.attached:
        fields["managedPolicyArns"] = list(permissions.attached)
    return fields


def render_permissions(
    identity: Identity, permissions: Permissions, account: str, role: str, provider_config: Mapping[str, str]
) -> Iterator[ManagedResource]:
    """What stands beside a Role, of this name in this account, for its permissions."""
    version = f"{identity.flavour.group('iam', 'aws')}/v1beta1"

    def resource(key: str, kind: str, for_provider: Mapping[str, Any], external_name: str | None = None) -> ManagedResource:
        spec = {
            "forProvider": for_provider,
            "managementPolicies": list(identity.management_policies),
            "providerConfigRef": dict(provider_config),
        }
        return managed_resource(key, version, kind, spec, {EXTERNAL_NAME: external_name} if external_name else None)

    for policy in permissions.composed:
        yield resource(policy_key(account, policy.name), "Policy", _policy(identity, policy), policy.name)
    for inline in permissions.inline if permissions.additive else ():
        fields: resources.RolePolicy = {"policy": inline.document, "role": role}
        key = inline_key(account, role, inline.name)
        yield resource(key, "RolePolicy", fields, inline.name)
    for arn in permissions.attached:
        attachment: resources.RolePolicyAttachment = {"policyArn": arn, "role": role}
        yield resource(attachment_key(account, role, arn), "RolePolicyAttachment", attachment)


def _policy(identity: Identity, policy: ComposedPolicy) -> resources.Policy:
    fields: resources.Policy = {"description": policy.description or "", "path": policy.path, "policy": policy.document}
    if identity.tags:
        fields["tags"] = dict(identity.tags)
    return fields

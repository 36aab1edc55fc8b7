"""The AWS resources of a PodIdentity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws import resources
from function.clouds.aws.eks import cluster_arn_of, cluster_name_of
from function.clouds.aws.keys import DERIVED_NAME, IMPORTED, association_key, attachment_key, role_key
from function.clouds.aws.request import AWSRequest, ComposedRole
from function.clusters import Cluster
from function.composition import EXTERNAL_NAME, ManagedResource, Manifest, managed_resource
from function.subjects import Identity, Subject

_AN_HOUR = 3600
"""IAM's default for a session, in seconds."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """All composed resources."""

    role: list[ManagedResource]
    """The role and what is attached to it; empty where an existing role is associated."""
    associations: dict[Subject, ManagedResource]


def render(identity: Identity, request: AWSRequest) -> Rendered:
    """Render what was asked for."""
    return Rendered(
        role=[] if request.role is None else [*_role(identity, request, request.role)],
        associations=dict(_associations(identity, request)) if request.associate else {},
    )


def _spec(identity: Identity, request: AWSRequest, for_provider: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "forProvider": for_provider,
        "managementPolicies": list(identity.management_policies),
        "providerConfigRef": dict(request.provider_config_ref),
    }


def _role(identity: Identity, request: AWSRequest, role: ComposedRole) -> Iterator[ManagedResource]:
    version = f"{identity.flavour.group('iam', 'aws')}/v1beta1"
    annotations = {EXTERNAL_NAME: role.name} | ({DERIVED_NAME: "role"} if role.derived else {})
    key = role_key(request.account, role.name)
    yield managed_resource(key, version, "Role", _spec(identity, request, _for_role(identity, role)), annotations)
    # The list on the Role is exclusive, but only a deleted attachment detaches the last policy.
    for arn in role.managed_policy_arns:
        attachment: resources.RolePolicyAttachment = {"policyArn": arn, "role": role.name}
        key = attachment_key(request.account, role.name, arn)
        yield managed_resource(key, version, "RolePolicyAttachment", _spec(identity, request, attachment))


def _for_role(identity: Identity, role: ComposedRole) -> resources.Role:
    for_provider: resources.Role = {
        "assumeRolePolicy": role.trust_policy,
        # Left out or empty, the provider would leave the last inline policy in place.
        "inlinePolicy": [{"name": p.name, "policy": p.document} for p in role.inline_policies] or [{}],
        "managedPolicyArns": list(role.managed_policy_arns),
        "path": role.path,
        # Left out, what they were comes back: the provider initialises a missing field late, from what AWS still has.
        "description": role.description or "",
        "maxSessionDuration": role.max_session_duration or _AN_HOUR,
        "permissionsBoundary": role.permissions_boundary_arn or "",
    }
    if identity.tags:
        for_provider["tags"] = dict(identity.tags)
    return for_provider


def _associations(identity: Identity, request: AWSRequest) -> Iterator[tuple[Subject, ManagedResource]]:
    shared = {cluster.name: _association(identity, request, cluster) for cluster in identity.clusters}
    for subject in identity.subjects:
        handle, namespace, service_account = subject
        arn, manifest = shared[handle]
        name = association_key(arn, namespace, service_account)
        imported = request.existing.get(subject) or request.imported.get(name)
        if imported:
            manifest = {**manifest, "metadata": {"annotations": {EXTERNAL_NAME: imported, IMPORTED: "true"}}}
        yield subject, ManagedResource(name, manifest, {"namespace": namespace, "serviceAccount": service_account})


def _association(identity: Identity, request: AWSRequest, cluster: Cluster) -> tuple[str, Manifest]:
    """The cluster's ARN, and what its associations have in common."""
    for_provider: resources.PodIdentityAssociation = {
        "clusterName": cluster_name_of(cluster),
        "disableSessionTags": request.disable_session_tags,
        "region": cluster.eks.region,
        "roleArn": request.role_arn,
    }
    tags = {**identity.tags, **request.association_tags}
    if tags:
        for_provider["tags"] = tags
    manifest = {
        "apiVersion": f"{identity.flavour.group('eks', 'aws')}/v1beta1",
        "kind": "PodIdentityAssociation",
        "spec": _spec(identity, request, for_provider),
    }
    return cluster_arn_of(cluster, request.partition), manifest

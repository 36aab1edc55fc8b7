"""The resources on which members are granted roles: what Terraform calls them, and what Google does.

Each row is one google/services/SERVICE/iam_*.go of terraform-provider-google: GetResourceId, DescribeResource, and the fields that
its updater writes into the state.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """One resource."""

    resource: str
    """Its name in Google's API."""
    id: str
    """Its id in Terraform."""
    described: str
    """Terraform's words for it."""
    values: Mapping[str, str]
    """The fields of the spec that name it, each without what others say."""


@dataclass(frozen=True)
class Target:
    """One kind of resource. Templates name fields of the spec as the CRD does; the field named last is the narrowest."""

    kind: str
    """The kind of its members."""
    service: str
    resource: str
    described: str
    """A template in which {id} is Terraform's id."""
    id: str = ""
    """A template, where it is not the resource's name."""
    qualified: bool = False
    """Whether the state has Terraform's id in the narrowest field; the spec may have it there, too."""
    tells_project: bool = True
    """Whether the state has a project that the spec leaves out."""
    batched: bool = False
    """Whether changes are collected, and errors worded accordingly."""
    access_list: bool = False
    """Whether it has no IAM policy in truth: no conditions, and no etag."""
    templated: str = ""
    """What the provider takes for the id before it has created anything."""
    cluster_version: str = "v1beta2"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the spec that name the resource."""
        return tuple(re.findall(r"{(\w+)}", self.resource))

    def place(self, given: Mapping[str, Any], project: str) -> Place:
        """The resource that fields name, in a project where they name none."""
        values = {field: str(given.get(field) or "") for field in self.fields}
        if "project" in values:
            values["project"] = values["project"] or project
        for template in (self.resource, self.id):
            # Either name may stand in the narrowest field, and then counts for all of them.
            if found := re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template), values[self.fields[-1]]):
                values |= found.groupdict()
        identity = (self.id or self.resource).format(**values)
        return Place(self.resource.format(**values), identity, self.described.format(id=identity, **values), values)


_PROJECT, _LOCATION = "projects/{project}", "projects/{project}/locations/{location}"
_DATASET = "projects/{project}/datasets/{datasetId}"
_SPANNER = "projects/{project}/instances/{instance}"

TARGETS = (
    Target("ProjectIAMMember", "cloudplatform", _PROJECT, 'project "{id}"', id="{project}", batched=True),
    Target("FolderIAMMember", "cloudplatform", "folders/{folder}", 'folder "{id}"'),
    Target("OrganizationIAMMember", "cloudplatform", "organizations/{orgId}", 'organization "{id}"', id="{orgId}"),
    Target("ServiceAccountIAMMember", "cloudplatform", "{serviceAccountId}", "service account '{id}'"),
    Target("BucketIAMMember", "storage", "b/{bucket}", 'storage bucket "{id}"', qualified=True),
    Target(
        "ManagedFolderIAMMember",
        "storage",
        "b/{bucket}/managedFolders/{managedFolder}",
        'storage managedfolder "{id}"',
        cluster_version="v1beta1",
    ),
    Target("SecretIAMMember", "secretmanager", _PROJECT + "/secrets/{secretId}", 'secretmanager secret "{id}"', qualified=True),
    Target("TopicIAMMember", "pubsub", _PROJECT + "/topics/{topic}", 'pubsub topic "{id}"', qualified=True),
    Target(
        "SubscriptionIAMMember",
        "pubsub",
        _PROJECT + "/subscriptions/{subscription}",
        'pubsub subscription "{id}"',
        qualified=True,
    ),
    Target("ManagedZoneIAMMember", "dns", _PROJECT + "/managedZones/{managedZone}", 'dns managedzone "{id}"', qualified=True),
    Target(
        "DatasetIAMMember",
        "bigquery",
        _DATASET,
        "Bigquery Dataset {project}/{datasetId}",
        access_list=True,
        templated="{datasetId} {role} {member}",
    ),
    Target(
        "TableIAMMember",
        "bigquery",
        _DATASET + "/tables/{tableId}",
        'bigquery table "{id}"',
        qualified=True,
        templated="projects/{project}/datasets/{datasetId}/tables/{tableId} {member}",
    ),
    Target("KeyRingIAMMember", "kms", "{keyRingId}", 'KMS KeyRing "{id}"'),
    Target("CryptoKeyIAMMember", "kms", "{cryptoKeyId}", 'KMS CryptoKey "{id}"'),
    Target(
        "InstanceIAMMember",
        "spanner",
        _SPANNER,
        "Spanner Instance: {id}",
        id="{project}/{instance}",
        tells_project=False,
    ),
    Target(
        "DatabaseIAMMember",
        "spanner",
        _SPANNER + "/databases/{database}",
        "Spanner Database: {id}",
        id="{project}/{instance}/{database}",
        tells_project=False,
    ),
    Target(
        "RegistryRepositoryIAMMember",
        "artifact",
        _LOCATION + "/repositories/{repository}",
        'artifactregistry repository "{id}"',
        qualified=True,
    ),
    Target(
        "ServiceIAMMember",
        "cloudrun",
        _LOCATION + "/services/{service}",
        'cloudrun service "{id}"',
        id="v1/" + _LOCATION + "/services/{service}",
        qualified=True,
    ),
)

"""What a role is granted on: the `on` of `spec.gcp.roles`, and the IAM member of provider-gcp that each leads to.

A new target is a row of the table, a field of `On`, and a model if it takes more than one text to name it.
Source: the CRDs of provider-upjet-gcp v3.0.0; for the forms of identifiers, Terraform's google provider behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from function.clouds.gcp.accounts import path_of, project_of
from function.clouds.gcp.names import (
    BucketName,
    DatabaseId,
    DatasetId,
    Email,
    InstanceId,
    KeyName,
    ManagedFolderPath,
    Number,
    PubSubId,
    RepositoryName,
    SecretId,
    ServiceName,
    TableId,
    ZoneName,
)
from function.spec.model import Exclusive, Exclusively, Maybe, Strict
from function.spec.patterns import Location, ProjectId


@dataclass(frozen=True, slots=True)
class Target:
    """A resource with an allow policy of its own."""

    service: str
    """The first part of the API group of its IAM members."""
    kind: str
    fields: Mapping[str, str]
    """What names it in `spec.forProvider`."""
    project: str | None
    """The project that it belongs to, where that can be told."""
    words: str
    """What to call it in a message."""
    conditional: bool = True
    """Whether a condition can be granted on it, and provider-gcp sees that it was.

    It sees a condition only where it asks for policies of version 3. Without that it would never find the binding again:
    neither to say that it is there, nor to take it away. Source: Terraform's google provider; for each kind of resource, the
    file google/services/SERVICE/iam_RESOURCE.go. Managed zones and datasets have it in provider-gcp 3.0.0 (google 7.39.0) and
    not in 2.6.0 (6.47.0), so that here they have it not: what an older one granted would stay.
    """


class _Row(NamedTuple):
    """How a target is granted. In braces stand the fields of its model; `value` is what names it without one."""

    service: str
    kind: str
    fields: Mapping[str, str]
    words: str
    conditional: bool = True


_TARGETS = {
    "project_id": _Row("cloudplatform", "ProjectIAMMember", {"project": "{project}"}, "project {project}"),
    "folder_id": _Row("cloudplatform", "FolderIAMMember", {"folder": "folders/{value}"}, "folder {value}"),
    "organization_id": _Row("cloudplatform", "OrganizationIAMMember", {"orgId": "{value}"}, "organization {value}"),
    "bucket": _Row("storage", "BucketIAMMember", {"bucket": "{value}"}, "bucket {value}"),
    "managed_folder": _Row(
        "storage",
        "ManagedFolderIAMMember",
        {"bucket": "{bucket}", "managedFolder": "{folder}"},
        "managed folder {folder} of bucket {bucket}",
    ),
    "service_account": _Row(
        "cloudplatform", "ServiceAccountIAMMember", {"serviceAccountId": "{path}"}, "service account {email}"
    ),
    "secret": _Row("secretmanager", "SecretIAMMember", {"project": "{project}", "secretId": "{name}"}, "secret {name}"),
    "topic": _Row("pubsub", "TopicIAMMember", {"project": "{project}", "topic": "{name}"}, "topic {name}", conditional=False),
    "subscription": _Row(
        "pubsub",
        "SubscriptionIAMMember",
        {"project": "{project}", "subscription": "{name}"},
        "subscription {name}",
        conditional=False,
    ),
    "managed_zone": _Row(
        "dns",
        "ManagedZoneIAMMember",
        {"project": "{project}", "managedZone": "{name}"},
        "managed zone {name}",
        conditional=False,
    ),
    "dataset": _Row(
        "bigquery",
        "DatasetIAMMember",
        {"project": "{project}", "datasetId": "{dataset_id}"},
        "dataset {dataset_id}",
        conditional=False,
    ),
    "table": _Row(
        "bigquery",
        "TableIAMMember",
        {"project": "{project}", "datasetId": "{dataset_id}", "tableId": "{table_id}"},
        "table {dataset_id}.{table_id}",
        conditional=False,
    ),
    "key_ring": _Row("kms", "KeyRingIAMMember", {"keyRingId": "{project}/{location}/{name}"}, "key ring {name}"),
    "crypto_key": _Row(
        "kms",
        "CryptoKeyIAMMember",
        {"cryptoKeyId": "{project}/{location}/{key_ring}/{name}"},
        "key {key_ring}/{name}",
    ),
    "spanner_instance": _Row(
        "spanner",
        "InstanceIAMMember",
        {"project": "{project}", "instance": "{instance}"},
        "Spanner instance {instance}",
    ),
    "spanner_database": _Row(
        "spanner",
        "DatabaseIAMMember",
        {"project": "{project}", "instance": "{instance}", "database": "{database}"},
        "Spanner database {instance}/{database}",
    ),
    "repository": _Row(
        "artifact",
        "RegistryRepositoryIAMMember",
        {"project": "{project}", "location": "{location}", "repository": "{name}"},
        "repository {name}",
        conditional=False,
    ),
    "cloud_run_service": _Row(
        "cloudrun",
        "ServiceIAMMember",
        {"project": "{project}", "location": "{location}", "service": "{name}"},
        "Cloud Run service {name}",
        conditional=False,
    ),
}
"""By the field of `On`."""


class _OfProject(Strict):
    """A resource of a project."""

    project_id: Maybe[ProjectId] = None
    """The project that it belongs to. Default: `spec.gcp.projectId`. Example: `customer-project`."""


class ManagedFolder(Strict):
    """A managed folder of a bucket."""

    bucket: BucketName
    """The bucket. Example: `customer-reports`."""
    folder: ManagedFolderPath
    """The folder. Example: `monthly/`."""


class OnServiceAccount(Strict):
    """An IAM service account."""

    HINTS: ClassVar[Mapping[str, str]] = {"self": "write {} for the one that the pods act as"}

    email: Maybe[Email] = None
    """Its email. Default: the one that the pods act as. Example: `tasks@customer-project.iam.gserviceaccount.com`."""


class Secret(_OfProject):
    """A secret of Secret Manager."""

    name: SecretId
    """Its name. Example: `reports-api-key`."""


class Topic(_OfProject):
    """A topic of Pub/Sub."""

    name: PubSubId
    """Its name. Example: `reports`."""


class Subscription(_OfProject):
    """A subscription of Pub/Sub."""

    name: PubSubId
    """Its name. Example: `reports-worker`."""


class ManagedZone(_OfProject):
    """A managed zone of Cloud DNS."""

    name: ZoneName
    """Its name. Example: `example-com`."""


class Dataset(_OfProject):
    """A dataset of BigQuery."""

    dataset_id: DatasetId
    """Its id. Example: `sales`."""


class Table(_OfProject):
    """A table or view of BigQuery."""

    dataset_id: DatasetId
    """The dataset. Example: `sales`."""
    table_id: TableId
    """Its id. Example: `orders`."""


class KeyRing(_OfProject):
    """A key ring of Cloud KMS."""

    location: Location
    """Its location. Example: `europe-west1`."""
    name: KeyName
    """Its name. Example: `reports`."""


class CryptoKey(_OfProject):
    """A key of Cloud KMS."""

    location: Location
    """The key ring's location. Example: `europe-west1`."""
    key_ring: KeyName
    """The key ring. Example: `reports`."""
    name: KeyName
    """Its name. Example: `at-rest`."""


class SpannerInstance(_OfProject):
    """An instance of Spanner."""

    instance: InstanceId
    """Its id. Example: `orders`."""


class SpannerDatabase(_OfProject):
    """A database of Spanner."""

    instance: InstanceId
    """The instance. Example: `orders`."""
    database: DatabaseId
    """Its id. Example: `main`."""


class Repository(_OfProject):
    """A repository of Artifact Registry."""

    location: Location
    """Its location. Example: `europe`."""
    name: RepositoryName
    """Its name. Example: `images`."""


class CloudRunService(_OfProject):
    """A service of Cloud Run."""

    location: Location
    """Its region. Example: `europe-west1`."""
    name: ServiceName
    """Its name. Example: `render`."""


class On(Exclusively):
    """What a role is granted on; exactly one."""

    RULES = (Exclusive(tuple(_TARGETS), needed=True),)

    project_id: Maybe[ProjectId] = None
    """A project and all that is in it. Default: none. Example: `customer-project`."""
    folder_id: Maybe[Number] = None
    """A folder's number, in quotes, and all that is in it. Default: none. Example: `"123456789012"`."""
    organization_id: Maybe[Number] = None
    """An organization's number, in quotes, and all that is in it. Default: none. Example: `"123456789012"`."""
    bucket: Maybe[BucketName] = None
    """A bucket of Cloud Storage. Default: none. Example: `customer-reports`."""
    managed_folder: Maybe[ManagedFolder] = None
    """A managed folder of a bucket. Default: none. Example: `{bucket: customer-reports, folder: monthly/}`."""
    service_account: Maybe[OnServiceAccount] = None
    """An IAM service account; `{}` is the one that the pods act as, on which they need roles/iam.serviceAccountTokenCreator to
    sign URLs. Default: none. Example: `{email: tasks@customer-project.iam.gserviceaccount.com}`."""
    secret: Maybe[Secret] = None
    """A secret of Secret Manager. Default: none. Example: `{name: reports-api-key}`."""
    topic: Maybe[Topic] = None
    """A topic of Pub/Sub, without a condition. Default: none. Example: `{name: reports}`."""
    subscription: Maybe[Subscription] = None
    """A subscription of Pub/Sub, without a condition. Default: none. Example: `{name: reports-worker}`."""
    managed_zone: Maybe[ManagedZone] = None
    """A managed zone of Cloud DNS. Default: none. Example: `{name: example-com}`."""
    dataset: Maybe[Dataset] = None
    """A dataset of BigQuery, without a condition. Default: none. Example: `{datasetId: sales}`."""
    table: Maybe[Table] = None
    """A table of BigQuery, without a condition. Default: none. Example: `{datasetId: sales, tableId: orders}`."""
    key_ring: Maybe[KeyRing] = None
    """A key ring of Cloud KMS. Default: none. Example: `{location: europe-west1, name: reports}`."""
    crypto_key: Maybe[CryptoKey] = None
    """A key of Cloud KMS. Default: none. Example: `{location: europe-west1, keyRing: reports, name: at-rest}`."""
    spanner_instance: Maybe[SpannerInstance] = None
    """An instance of Spanner. Default: none. Example: `{instance: orders}`."""
    spanner_database: Maybe[SpannerDatabase] = None
    """A database of Spanner. Default: none. Example: `{instance: orders, database: main}`."""
    repository: Maybe[Repository] = None
    """A repository of Artifact Registry, without a condition. Default: none. Example: `{location: europe, name: images}`."""
    cloud_run_service: Maybe[CloudRunService] = None
    """A service of Cloud Run. Default: none. Example: `{location: europe-west1, name: render}`."""

    def target(self, project: str, own: str) -> Target:
        """What it is; `project` is that of resources which name none, `own` the email of what the pods act as."""
        if self.service_account is not None:
            return of_service_account(self.service_account.email or own, project)
        for name, row in _TARGETS.items():
            written = getattr(self, name)
            if isinstance(written, _OfProject):
                here = written.project_id or project
                return _target(row, {**dict(written), "project": here}, here)
            if written is not None and name != "project_id":
                return _target(row, dict(written) if isinstance(written, Strict) else {"value": written}, None)
        return of_project(self.project_id or project)


def of_service_account(email: str, project: str) -> Target:
    """An IAM service account; `project` is said for one whose email says none."""
    here = project_of(email) or project
    return _target(_TARGETS["service_account"], {"path": path_of(email, here), "email": email}, here)


def of_project(project: str) -> Target:
    """A project and all that is in it."""
    return _target(_TARGETS["project_id"], {"project": project}, project)


def _target(row: _Row, values: Mapping[str, str], project: str | None) -> Target:
    fields = {field: template.format_map(values) for field, template in row.fields.items()}
    return Target(row.service, row.kind, fields, project, row.words.format_map(values), row.conditional)

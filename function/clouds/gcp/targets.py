"""What a role is granted on: the `on` of `spec.gcp.roles`, and the IAM member of provider-gcp that each comes to.

Source: the CRDs of provider-upjet-gcp v3.0.0; for the forms of identifiers, Terraform's google provider behind it.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from function.clouds.gcp.names import (
    BucketName,
    DatabaseId,
    DatasetId,
    FolderPath,
    InstanceId,
    KeyName,
    Number,
    PubSubId,
    RepositoryName,
    SecretId,
    ServiceName,
    TableId,
    ZoneName,
)
from function.clusters import Location, ProjectId
from function.schema import Exclusive, Exclusively, Maybe, Strict


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

    It does not ask for conditions of datasets and tables, topics and subscriptions, and repositories (magic-modules: no
    `iam_conditions_request_type`), most of which refuse them, too.
    """


class _OfProject(Strict):
    """A resource of a project."""

    project_id: Maybe[ProjectId] = None
    """The project that it belongs to. Default: `spec.gcp.projectId`. Example: `customer-project`."""

    @abstractmethod
    def target(self, project: str) -> Target:
        """What it is, in this project."""


class ManagedFolder(Strict):
    """A managed folder of a bucket."""

    bucket: BucketName
    """The bucket. Example: `customer-reports`."""
    folder: FolderPath
    """The folder. Example: `monthly/`."""

    def target(self) -> Target:
        """What it is."""
        folder = f"{self.folder.removesuffix('/')}/"
        fields = {"bucket": self.bucket, "managedFolder": folder}
        return Target("storage", "ManagedFolderIAMMember", fields, None, f"managed folder {folder} of bucket {self.bucket}")


class Secret(_OfProject):
    """A secret of Secret Manager."""

    name: SecretId
    """Its name. Example: `reports-api-key`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "secretId": self.name}
        return Target("secretmanager", "SecretIAMMember", fields, project, f"secret {self.name}")


class Topic(_OfProject):
    """A topic of Pub/Sub."""

    name: PubSubId
    """Its name. Example: `reports`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "topic": self.name}
        return Target("pubsub", "TopicIAMMember", fields, project, f"topic {self.name}", conditional=False)


class Subscription(_OfProject):
    """A subscription of Pub/Sub."""

    name: PubSubId
    """Its name. Example: `reports-worker`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "subscription": self.name}
        return Target("pubsub", "SubscriptionIAMMember", fields, project, f"subscription {self.name}", conditional=False)


class ManagedZone(_OfProject):
    """A managed zone of Cloud DNS."""

    name: ZoneName
    """Its name. Example: `example-com`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "managedZone": self.name}
        return Target("dns", "ManagedZoneIAMMember", fields, project, f"managed zone {self.name}")


class Dataset(_OfProject):
    """A dataset of BigQuery."""

    dataset_id: DatasetId
    """Its id. Example: `sales`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "datasetId": self.dataset_id}
        return Target("bigquery", "DatasetIAMMember", fields, project, f"dataset {self.dataset_id}", conditional=False)


class Table(_OfProject):
    """A table or view of BigQuery."""

    dataset_id: DatasetId
    """The dataset. Example: `sales`."""
    table_id: TableId
    """Its id. Example: `orders`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "datasetId": self.dataset_id, "tableId": self.table_id}
        return Target(
            "bigquery", "TableIAMMember", fields, project, f"table {self.dataset_id}.{self.table_id}", conditional=False
        )


class KeyRing(_OfProject):
    """A key ring of Cloud KMS."""

    location: Location
    """Its location. Example: `europe-west1`."""
    name: KeyName
    """Its name. Example: `reports`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"keyRingId": f"{project}/{self.location}/{self.name}"}
        return Target("kms", "KeyRingIAMMember", fields, project, f"key ring {self.name}")


class CryptoKey(_OfProject):
    """A key of Cloud KMS."""

    location: Location
    """The key ring's location. Example: `europe-west1`."""
    key_ring: KeyName
    """The key ring. Example: `reports`."""
    name: KeyName
    """Its name. Example: `at-rest`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"cryptoKeyId": f"{project}/{self.location}/{self.key_ring}/{self.name}"}
        return Target("kms", "CryptoKeyIAMMember", fields, project, f"key {self.key_ring}/{self.name}")


class SpannerInstance(_OfProject):
    """An instance of Spanner."""

    instance: InstanceId
    """Its id. Example: `orders`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "instance": self.instance}
        return Target("spanner", "InstanceIAMMember", fields, project, f"Spanner instance {self.instance}")


class SpannerDatabase(_OfProject):
    """A database of Spanner."""

    instance: InstanceId
    """The instance. Example: `orders`."""
    database: DatabaseId
    """Its id. Example: `main`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "instance": self.instance, "database": self.database}
        return Target("spanner", "DatabaseIAMMember", fields, project, f"Spanner database {self.instance}/{self.database}")


class Repository(_OfProject):
    """A repository of Artifact Registry."""

    location: Location
    """Its location. Example: `europe`."""
    name: RepositoryName
    """Its name. Example: `images`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "location": self.location, "repository": self.name}
        return Target("artifact", "RegistryRepositoryIAMMember", fields, project, f"repository {self.name}", conditional=False)


class CloudRunService(_OfProject):
    """A service of Cloud Run."""

    location: Location
    """Its region. Example: `europe-west1`."""
    name: ServiceName
    """Its name. Example: `render`."""

    def target(self, project: str) -> Target:
        """What it is, in this project."""
        fields = {"project": project, "location": self.location, "service": self.name}
        return Target("cloudrun", "ServiceIAMMember", fields, project, f"Cloud Run service {self.name}")


_FIELDS = (
    "project_id",
    "folder_id",
    "organization_id",
    "bucket",
    "managed_folder",
    "secret",
    "topic",
    "subscription",
    "managed_zone",
    "dataset",
    "table",
    "key_ring",
    "crypto_key",
    "spanner_instance",
    "spanner_database",
    "repository",
    "cloud_run_service",
)


class On(Exclusively):
    """What a role is granted on; exactly one."""

    RULES = (Exclusive(_FIELDS, needed=True),)

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

    def target(self, project: str) -> Target:
        """What it is; `project` is that of resources which name none."""
        if self.folder_id is not None:
            fields = {"folder": f"folders/{self.folder_id}"}
            return Target("cloudplatform", "FolderIAMMember", fields, None, f"folder {self.folder_id}")
        if self.organization_id is not None:
            fields = {"orgId": self.organization_id}
            return Target("cloudplatform", "OrganizationIAMMember", fields, None, f"organization {self.organization_id}")
        if self.bucket is not None:
            return Target("storage", "BucketIAMMember", {"bucket": self.bucket}, None, f"bucket {self.bucket}")
        if self.managed_folder is not None:
            return self.managed_folder.target()
        for name in _FIELDS:
            resource = getattr(self, name)
            if isinstance(resource, _OfProject):
                return resource.target(resource.project_id or project)
        return of_project(self.project_id or project)


def of_project(project: str) -> Target:
    """A project and all that is in it."""
    return Target("cloudplatform", "ProjectIAMMember", {"project": project}, project, f"project {project}")

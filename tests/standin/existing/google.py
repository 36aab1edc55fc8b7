"""Service accounts, members of IAM policies, and clusters of Google Cloud."""

from datetime import timedelta
from typing import NamedTuple

from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.google import service_accounts
from tests.standin.cloud.google.policies import Policy
from tests.standin.existing.thing import call, find, parts

ACCOUNT = "PROJECT/ACCOUNT_ID"
MEMBER = "RESOURCE=ROLE=MEMBER"
CLUSTER = "PROJECT/LOCATION/NAME[,no-workload-identity]"

_AGE = timedelta(days=1)
"""Of what is there already, and so known to all of Google."""


class Account(NamedTuple):
    """A service account."""

    project: str
    account_id: str

    @classmethod
    def read(cls, text: str) -> "Account":
        """As ACCOUNT says."""
        return cls(*parts(text, f"{ACCOUNT}, and the id have 6 to 30 characters", "([^/]+)/(.{6,30})"))

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        name = f"projects/{self.project}/serviceAccounts/{service_accounts.email(self.project, self.account_id)}"
        if not find(cloud, "GetServiceAccount", name=name):
            call(cloud, "CreateServiceAccount", "", _AGE, project=self.project, account_id=self.account_id)


class Member(NamedTuple):
    """A member of a resource's policy; a service account is made too where it is missing."""

    resource: str
    role: str
    member: str

    @classmethod
    def read(cls, text: str) -> "Member":
        """As MEMBER says; a member may have = in its name."""
        return cls(*parts(text, f"{MEMBER}, as in b/BUCKET=roles/storage.admin=user:x@example.com", "([^=]+)=([^=]+)=(.+)"))

    def make(self, cloud: Cloud) -> None:
        """Add it."""
        kind, _, address = self.member.partition(":")
        account = service_accounts.parse(address) if kind == "serviceAccount" else None
        if account:
            Account(*account).make(cloud)
        policy: Policy = call(cloud, "GetIamPolicy", resource=self.resource)
        if not any(binding["role"] == self.role and self.member in binding["members"] for binding in policy.bindings):
            bindings = [*policy.bindings, {"role": self.role, "members": [self.member]}]
            call(cloud, "SetIamPolicy", resource=self.resource, bindings=bindings)


class Cluster(NamedTuple):
    """A cluster of GKE."""

    project: str
    location: str
    name: str
    workload_identity: bool = True

    @classmethod
    def read(cls, text: str) -> "Cluster":
        """As CLUSTER says."""
        project, location, name, without = parts(text, CLUSTER, "([^/]+)/([^/]+)/([^/,]+)(,no-workload-identity)?")
        return cls(project, location, name, not without)

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        name = f"projects/{self.project}/locations/{self.location}/clusters/{self.name}"
        pool = f"{self.project}.svc.id.goog" if self.workload_identity else ""
        if not find(cloud, "GetContainerCluster", name=name):
            call(cloud, "CreateContainerCluster", name=name, workload_pool=pool)

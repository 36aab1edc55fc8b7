"""What is in Google Cloud before anybody asks for anything, and nobody in the control plane manages."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.google import service_accounts
from tests.standin.cloud.google.errors import GoogleError
from tests.standin.cloud.google.policies import Policy

_AGE = timedelta(days=1)
"""Of what is there already, and so known to all of Google."""


class Account(NamedTuple):
    """A service account."""

    project: str
    account_id: str

    @classmethod
    def read(cls, text: str) -> "Account":
        """Of PROJECT/ACCOUNT_ID."""
        project, _, account_id = text.partition("/")
        if not project or not 6 <= len(account_id) <= 30:
            raise argparse.ArgumentTypeError("must be PROJECT/ACCOUNT_ID, and the id have 6 to 30 characters")
        return cls(project, account_id)

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        name = f"projects/{self.project}/serviceAccounts/{service_accounts.email(self.project, self.account_id)}"
        try:
            _call(cloud, "GetServiceAccount", name=name)
        except GoogleError:
            _call(cloud, "CreateServiceAccount", _AGE, project=self.project, account_id=self.account_id)


class Member(NamedTuple):
    """A member of a resource's policy; a service account is made too where it is missing."""

    resource: str
    role: str
    member: str

    @classmethod
    def read(cls, text: str) -> "Member":
        """Of RESOURCE=ROLE=MEMBER; a member may have = in its name."""
        resource, role, member = (*text.split("=", 2), "", "")[:3]
        if not resource or not role or not member:
            raise argparse.ArgumentTypeError(
                "must be RESOURCE=ROLE=MEMBER, as in b/BUCKET=roles/storage.admin=user:x@example.com"
            )
        return cls(resource, role, member)

    def make(self, cloud: Cloud) -> None:
        """Add it."""
        kind, _, address = self.member.partition(":")
        account = service_accounts.parse(address) if kind == "serviceAccount" else None
        if account:
            Account(*account).make(cloud)
        policy: Policy = _call(cloud, "GetIamPolicy", resource=self.resource)
        if not any(binding["role"] == self.role and self.member in binding["members"] for binding in policy.bindings):
            bindings = [*policy.bindings, {"role": self.role, "members": [self.member]}]
            _call(cloud, "SetIamPolicy", resource=self.resource, bindings=bindings)


class Cluster(NamedTuple):
    """A cluster of GKE."""

    project: str
    location: str
    name: str
    workload_identity: bool = True

    @classmethod
    def read(cls, text: str) -> "Cluster":
        """Of PROJECT/LOCATION/NAME[,no-workload-identity]."""
        place, _, more = text.partition(",")
        project, location, name = (*place.split("/", 2), "", "")[:3]
        if not name or "/" in name or more not in ("", "no-workload-identity"):
            raise argparse.ArgumentTypeError("must be PROJECT/LOCATION/NAME[,no-workload-identity]")
        return cls(project, location, name, not more)

    def make(self, cloud: Cloud) -> None:
        """Make it."""
        name = f"projects/{self.project}/locations/{self.location}/clusters/{self.name}"
        pool = f"{self.project}.svc.id.goog" if self.workload_identity else ""
        try:
            _call(cloud, "GetContainerCluster", name=name)
        except GoogleError:
            _call(cloud, "CreateContainerCluster", name=name, workload_pool=pool)


def make(cloud: Cloud, options: argparse.Namespace) -> None:
    """Make all that the options name, but what is there already."""
    for account in options.existing_service_account:
        account.make(cloud)
    for member in options.existing_member:
        member.make(cloud)
    for cluster in options.existing_gke_cluster:
        cluster.make(cloud)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that `make` reads; each may be given more than once."""
    parser.add_argument(
        "--existing-service-account",
        type=Account.read,
        action="append",
        default=[],
        metavar="PROJECT/ACCOUNT_ID",
        help="a service account that is there already",
    )
    parser.add_argument(
        "--existing-member",
        type=Member.read,
        action="append",
        default=[],
        metavar="RESOURCE=ROLE=MEMBER",
        help="a member of the policy of projects/P, b/BUCKET, ... that is there already; a service account is too",
    )
    parser.add_argument(
        "--existing-gke-cluster",
        type=Cluster.read,
        action="append",
        default=[],
        metavar="PROJECT/LOCATION/NAME[,no-workload-identity]",
        help="a cluster of GKE that is there already",
    )


def _call(cloud: Cloud, call: str, ago: timedelta = timedelta(), **arguments: Any) -> Any:
    return cloud.call(call, "", "", datetime.now(UTC) - ago, arguments)

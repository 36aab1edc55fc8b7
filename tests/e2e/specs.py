"""The specs of the end-to-end tests. The account is the one that the stand-in of AWS plays."""

from pathlib import Path
from typing import Any

import yaml

from function.catalogue.entry import Fetched
from function.catalogue.merge import merge
from tests.standin.cloud.clusters import default_issuer
from tests.test_examples import required

Spec = dict[str, Any]
ACCOUNT = "111122223333"
CUSTOMER = "340605141517"
HOST = "678801588313"
"""The account of the cluster that vclusters run in."""
HOST_ROLE = f"arn:aws:iam::{HOST}:role/dx-eks-podidentity-sandbox-prd-apne2-primary-role"
"""The role that its platform gives all pods, which nobody in the control plane manages."""
GIVEN = f"arn:aws:iam::{ACCOUNT}:role/team/given"
"""A role that nobody in the control plane manages."""
EXISTING_TRUST = Path(__file__).parent / "existing_trust.json"
"""Its trust policy."""
FOUND = "found"
"""The namespace of service accounts with associations that nobody in the control plane manages."""
CLUSTER = {"name": "prod", "eks": {"region": "eu-central-1", "accountId": ACCOUNT}}
SECOND_CLUSTER = {"name": "stage", "eks": {"region": "eu-west-1", "accountId": ACCOUNT}}
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/tenant"
QUEUES = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
GKE = {"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1"}}
WORKLOAD_IDENTITY_USER = "roles/iam.workloadIdentityUser"
SPANNER_VIEWER = "roles/spanner.viewer"
_EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def accounts(name: str) -> tuple[str, str]:
    """Two service accounts that no other identity of the namespace names."""
    return f"{name}-reader", f"{name}-writer"


def inline_policy(name: str = "read-bucket", action: str = "s3:GetObject") -> dict[str, Any]:
    """An inline policy with one statement."""
    return {"name": name, "statements": [{"actions": [action], "resources": ["arn:aws:s3:::acme-reports/*"]}]}


def spec(*accounts: str, clusters: tuple[dict[str, Any], ...] = (CLUSTER,), **aws: Any) -> Spec:
    """A spec for some service accounts (two by default); `aws` are fields of spec.aws."""
    return {
        "clusters": list(clusters),
        "serviceAccounts": [{"name": name} for name in accounts or ("reader", "writer")],
        "aws": {"permissions": {"inlinePolicies": [inline_policy()]}} | aws,
    }


def google_spec(project: str, *accounts: str, **gcp: Any) -> Spec:
    """A spec for some service accounts (one by default) of a cluster in another project; `gcp` are fields of spec.gcp."""
    return {
        "clusters": [GKE],
        "serviceAccounts": [{"name": name} for name in accounts or ("reader",)],
        "gcp": {"projectId": project} | gcp,
    }


def example(name: str) -> Spec:
    """The spec of an example, which its PodIdentity and its claim share, with the facts of its catalogue in it."""
    written = yaml.safe_load((_EXAMPLES / name / "xr.yaml").read_text())
    found = merge(written["spec"], Fetched.read(required(_EXAMPLES / name)), written["metadata"]["namespace"], claim=True)
    assert not found.errors
    return dict(found.spec)


def customers_project(flavour: str) -> str:
    """A project of Google Cloud in which others have been granted roles before."""
    return f"customer-{flavour}"


def existing_service_account(flavour: str) -> str:
    """A service account, as PROJECT/ID; others have been granted roles on it and in its project."""
    return f"existing-{flavour}/existing"


def existing_members(flavour: str) -> list[tuple[str, str, str]]:
    """Who was granted which roles before: resource, role and member."""
    project, _, account_id = existing_service_account(flavour).partition("/")
    account = f"projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com"
    return [
        (f"projects/{customers_project(flavour)}", "roles/owner", "group:platform@example.com"),
        (f"projects/{customers_project(flavour)}", SPANNER_VIEWER, "user:dba@example.com"),
        (f"projects/{project}", SPANNER_VIEWER, "user:dba@example.com"),
        (account, WORKLOAD_IDENTITY_USER, "serviceAccount:other-436507.svc.id.goog[apps/other]"),
    ]


REGION = "eu-central-1"
AGENT = "eks-pod-identity-agent"
AUTO = "auto"
"""A cluster in EKS Auto Mode."""


def bare(scope: str) -> str:
    """A cluster that is there, with nothing in it; for entries of a scope, so that two do not work on one cluster."""
    return f"bare-{scope.lower()}"


def furnished(scope: str) -> str:
    """A cluster that is there, with the agent's add-on and an OIDC provider that others made."""
    return f"furnished-{scope.lower()}"


def issuer(cluster: str) -> str:
    """The issuer of a cluster that is there."""
    return default_issuer(REGION, ACCOUNT, cluster)


def edge_issuer(scope: str) -> str:
    """The issuer of a cluster outside EKS, with an OIDC provider that others made."""
    return f"https://oidc.example.com/edge-{scope.lower()}"


def existing_clusters(scope: str) -> list[str]:
    """The options of the stand-in that make them."""
    hosts = [url.removeprefix("https://") for url in (issuer(furnished(scope)), edge_issuer(scope))]
    return [
        f"--existing-cluster={REGION}/{ACCOUNT}/{bare(scope)}",
        f"--existing-cluster={REGION}/{ACCOUNT}/{AUTO},auto-mode",
        f"--existing-addon={REGION}/{ACCOUNT}/{furnished(scope)}/{AGENT}=v1.2.0-eksbuild.1",
        *(f"--existing-oidc-provider={ACCOUNT}/{host}" for host in hosts),
    ]

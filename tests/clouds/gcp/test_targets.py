"""On what a condition can be granted, by what the provider does with it, and which roles there are."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import googleapiclient  # type: ignore[import-untyped]
import pytest

from tests.support.profile import THOROUGH
from tests.support.random_gcp import ON, on_kinds
from tests.support.xrs import composed


class Fact(NamedTuple):
    """How Terraform's google provider, which provider-gcp runs, reads the policy of a kind of resource."""

    file: str
    """Below google/services; read in v6.47.0 (provider-gcp 2.6.0) and v7.39.0 (provider-gcp 3.0.0)."""
    sees_conditions: bool
    """Whether both ask for a policy of version 3. Without it they find no binding that has a condition."""


FACTS = {
    "projectId": Fact("resourcemanager/iam_project.go", True),
    "folderId": Fact("resourcemanager/iam_folder.go", True),
    "organizationId": Fact("resourcemanager/iam_organization.go", True),
    "serviceAccount": Fact("resourcemanager/iam_service_account.go", True),
    "bucket": Fact("storage/iam_storage_bucket.go", True),
    "managedFolder": Fact("storage/iam_storage_managed_folder.go", True),
    "secret": Fact("secretmanager/iam_secret_manager_secret.go", True),
    "topic": Fact("pubsub/iam_pubsub_topic.go", False),
    "subscription": Fact("pubsub/iam_pubsub_subscription.go", False),
    # Since v7.30.0 (April 2026), so in provider-gcp 3.0.0, and not in 2.6.0.
    "managedZone": Fact("dns/iam_dns_managed_zone.go", False),
    # Since v7.9.0 (October 2025), so in provider-gcp 3.0.0, and not in 2.6.0.
    "dataset": Fact("bigquery/iam_bigquery_member_dataset.go", False),
    "table": Fact("bigquery/iam_bigquery_table.go", False),
    "keyRing": Fact("kms/iam_kms_key_ring.go", True),
    "cryptoKey": Fact("kms/iam_kms_crypto_key.go", True),
    "spannerInstance": Fact("spanner/iam_spanner_instance.go", True),
    "spannerDatabase": Fact("spanner/iam_spanner_database.go", True),
    "repository": Fact("artifactregistry/iam_artifact_registry_repository.go", False),
    "cloudRunService": Fact("cloudrun/iam_cloud_run_service.go", False),
}

CONDITION = {"title": "until 2027", "expression": 'request.time < timestamp("2027-01-01T00:00:00Z")'}


def fatal(role: dict[str, Any]) -> str | None:
    gcp = {"projectId": "customer-project", "serviceAccount": {"accountId": "reports"}, "roles": [role]}
    cluster = {"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1"}}
    return composed({"clusters": [cluster], "serviceAccounts": [{"name": "api"}], "gcp": gcp}).fatal


def test_every_target_has_a_fact() -> None:
    assert sorted(FACTS) == sorted(on_kinds())


@pytest.mark.parametrize("on", ON, ids=on_kinds())
def test_a_condition_is_granted_where_the_provider_sees_it(on: dict[str, Any]) -> None:
    (kind,) = on
    role = {"role": "roles/custom.reader", "on": on}
    assert fatal(role) is None
    said = fatal({**role, "condition": CONDITION})
    if FACTS[kind].sees_conditions:
        assert said is None
    else:
        assert said is not None
        assert re.match(r"spec\.gcp\.roles\[0\]\.condition: cannot be set on .*: conditions on it are not supported", said)


WITHOUT_DOT = ("owner", "editor", "viewer", "browser", "admin", "writer", "reader")
"""Google Cloud, "IAM basic and predefined roles reference": the only ones without a dot."""


def documented() -> list[str]:
    """The predefined roles that Google's discovery documents speak of; no package has all 2,390."""
    documents = Path(next(iter(googleapiclient.__path__))) / "discovery_cache" / "documents"
    texts = (file.read_text() for file in documents.glob("*.json" if THOROUGH else "[bcdils]*[ceghsw].v[12].json"))
    return sorted({role for text in texts for role in re.findall(r"\broles/[a-z][A-Za-z]+\.[A-Za-z]+", text)})


def test_predefined_roles_are_taken() -> None:
    assert len(documented()) > 30
    for role in (*documented(), *(f"roles/{name}" for name in WITHOUT_DOT)):
        assert fatal({"role": role}) is None, role


@pytest.mark.parametrize("name", ["myCustomRole", "externalDns", "Viewer", "storage_reader", "readers"])
def test_a_custom_role_is_written_with_its_project(name: str) -> None:
    said = fatal({"role": f"roles/{name}"})
    assert said == (
        f'spec.gcp.roles[0].role: "roles/{name}" is no predefined role; a custom role of the project is '
        f"projects/customer-project/roles/{name}"
    )
    assert fatal({"role": f"projects/customer-project/roles/{name}"}) is None
    assert fatal({"role": f"organizations/210987654321/roles/{name}"}) is None


@pytest.mark.parametrize("basic", [name for name in WITHOUT_DOT if name != "browser"])
def test_basic_roles_have_no_conditions(basic: str) -> None:
    assert fatal({"role": f"roles/{basic}", "condition": CONDITION}) is not None

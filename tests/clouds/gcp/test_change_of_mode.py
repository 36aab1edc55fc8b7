"""The README's way from mode Impersonate to mode Direct: at each step the pods have what they need, as whoever they are then."""

from typing import Any

from tests.support.xrs import composed

CLUSTER = {
    "name": "prod",
    "gke": {"projectId": "prod-436507", "location": "europe-west1", "projectNumber": "123456789012"},
    "kubernetesProviderConfigRef": {"name": "prod"},
}
ROLES = [{"role": "roles/storage.objectViewer", "on": {"bucket": "customer-reports"}}]
PRINCIPAL = (
    "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/prod-436507.svc.id.goog"
    "/subject/ns/data/sa/api"
)
ACCOUNT = "serviceAccount:reports@customer-project.iam.gserviceaccount.com"


def _spec(gcp: dict[str, Any], **fields: Any) -> dict[str, Any]:
    shared = {"clusters": [CLUSTER], "serviceAccounts": [{"name": "api"}]}
    return {**shared, "gcp": {"projectId": "customer-project", "roles": ROLES, **gcp}, **fields}


def _made(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in composed(spec).resources:
        found.setdefault(resource.kind, []).append(resource.object())
    return found


def _granted(made: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [grant["spec"]["forProvider"]["member"] for grant in made["BucketIAMMember"]]


def test_the_second_podidentity_grants_and_annotates_nothing() -> None:
    second = _made(_spec({"mode": "Direct"}))
    assert set(second) == {"BucketIAMMember"}
    assert _granted(second) == [PRINCIPAL]


def test_the_first_keeps_its_grants_when_it_lets_go_of_the_service_accounts() -> None:
    impersonate = {"serviceAccount": {"accountId": "reports"}}
    before, after = _made(_spec(impersonate, serviceAccountManagement="Annotate")), _made(_spec(impersonate))
    assert set(before) - set(after) == {"Object"}
    assert _granted(before) == _granted(after) == [ACCOUNT]
    assert before["ServiceAccountIAMMember"] == after["ServiceAccountIAMMember"]

"""Google Cloud as the stand-in plays it: provider-gcp's real kinds, and what comes of them."""

import itertools
from typing import Any

import pytest

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.controlplane.waiting import until
from tests.e2e.api import Api, Object
from tests.e2e.cloud import GoogleSnapshot

PROJECT = "provider-project"
USER, ADMIN = "roles/iam.workloadIdentityUser", "roles/storage.objectAdmin"
POOL = f"serviceAccount:{PROJECT}.svc.id.goog[apps/web]"
CONDITION = {"title": "reports", "expression": 'resource.name.startsWith("projects/_/buckets/acme/objects/reports/")'}
_PATIENCE = 30.0
_NUMBERS = itertools.count(1)


class Google:
    """Managed resources of one flavour in a namespace of their own, and the service account that they are about."""

    def __init__(self, plane: ControlPlane, api: Api, namespaced: bool) -> None:
        self._plane, self._api, self._namespaced = plane, api, namespaced
        self.account_id = f"reports-{next(_NUMBERS)}"
        self.email = f"{self.account_id}@{PROJECT}.iam.gserviceaccount.com"
        self.id = f"projects/{PROJECT}/serviceAccounts/{self.email}"
        self._namespace = self.account_id if namespaced else ""
        if namespaced:
            Kubectl(plane.places)("create", "namespace", self._namespace)

    def apply(self, service: str, kind: str, version: str = "", **for_provider: Any) -> None:
        """Apply one."""
        group = f"{service}.gcp.{'m.' if self._namespaced else ''}upbound.io"
        metadata = {"name": self.account_id} | ({"namespace": self._namespace} if self._namespaced else {})
        config = {"name": "default"} | ({"kind": "ClusterProviderConfig"} if self._namespaced else {})
        spec = {"forProvider": for_provider, "providerConfigRef": config}
        api_version = f"{group}/{'v1beta1' if self._namespaced else version or 'v1beta2'}"
        Kubectl(self._plane.places).apply({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec})

    def delete(self, service: str, plural: str) -> None:
        """Delete one, and wait until it is gone."""
        group = f"{service}.gcp.{'m.' if self._namespaced else ''}upbound.io"
        where = [f"--namespace={self._namespace}"] if self._namespaced else []
        Kubectl(self._plane.places)("delete", f"{plural}.{group}", self.account_id, *where)

    def until(self, service: str, plural: str, *conditions: str, version: str = "") -> Object:
        """Wait until conditions are True; the object."""
        group = f"{service}.gcp.{'m.' if self._namespaced else ''}upbound.io"
        at = (group, "v1beta1" if self._namespaced else version or "v1beta2", plural, self._namespace, self.account_id)

        def true() -> bool:
            told = (self._api.get(*at) or {}).get("status", {}).get("conditions", [])
            return set(conditions) <= {each["type"] for each in told if each["status"] == "True"}

        until(true, _PATIENCE, f"{plural} {self.account_id}: {', '.join(conditions)}")
        return self._api.get(*at) or {}

    def cloud(self) -> GoogleSnapshot:
        """What is there."""
        return GoogleSnapshot(self._plane.places)


@pytest.fixture(params=["namespaced", "cluster"])
def here(google: ControlPlane, api: Api, request: pytest.FixtureRequest) -> Google:
    """One flavour."""
    return Google(google, api, request.param == "namespaced")


def test_an_account_and_what_it_may_do(here: Google) -> None:
    """Members may be there first; each goes without the others."""
    member = f"serviceAccount:{here.email}"
    here.apply("storage", "BucketIAMMember", bucket="acme", role=ADMIN, member=member, condition=CONDITION)
    here.apply("cloudplatform", "ServiceAccountIAMMember", serviceAccountId=here.id, role=USER, member=POOL)
    here.apply("cloudplatform", "ServiceAccount", "v1beta1", displayName="Reports")
    account = here.until("cloudplatform", "serviceaccounts", "Ready", "Synced", version="v1beta1")
    assert account["metadata"]["annotations"]["crossplane.io/external-name"] == here.account_id
    assert account["status"]["atProvider"]["email"] == here.email
    assert account["spec"]["forProvider"]["project"] == PROJECT
    bound = here.until("storage", "bucketiammembers", "Ready", "Synced")
    assert bound["status"]["atProvider"]["bucket"] == "b/acme"
    here.until("cloudplatform", "serviceaccountiammembers", "Ready", "Synced")
    cloud = here.cloud()
    assert cloud.account_ids(PROJECT).count(here.account_id) == 1
    assert cloud.members(here.id, USER) == [POOL]
    assert cloud.roles(member) == {"b/acme": [ADMIN]}
    here.delete("storage", "bucketiammembers")
    assert here.cloud().roles(member) == {}
    assert here.cloud().members(here.id, USER) == [POOL]
    here.delete("cloudplatform", "serviceaccounts")
    here.delete("cloudplatform", "serviceaccountiammembers")
    assert here.account_id not in here.cloud().account_ids(PROJECT)

"""Clusters of GKE."""

from typing import Any

from tests.standin.existing.google import Cluster
from tests.standin.scenarios.world import GOOD, PROJECT, Thing, World, exercises


def observed(world: World, external_name: str = "prod", config: str = "default", **for_provider: Any) -> Thing:
    """A Cluster that is only looked at."""
    more: dict[str, Any] = {"managementPolicies": ["Observe"], "providerConfigRef": {"name": config}}
    return world.apply("Cluster.container", {"location": "europe-west1", **for_provider}, external_name, **more)


def make(world: World, *options: str) -> None:
    """Clusters that are there."""
    for option in options:
        Cluster.read(option).make(world.cloud)
    world.calls()


@exercises("gke-cluster-observed")
def gke_cluster_observed() -> None:
    """One whose pods have identities, and one whose pods have none."""
    world = World()
    make(world, "data/europe-west1/prod", "data/europe-west1/bare,no-workload-identity")
    cluster, bare = observed(world, project="data"), observed(world, "bare", project="data")
    assert (cluster.state, cluster.for_provider) == (GOOD, {"location": "europe-west1", "project": "data"})
    name = "projects/data/locations/europe-west1/clusters/prod"
    assert cluster.at_provider == {
        "id": name,
        "location": "europe-west1",
        "project": "data",
        "selfLink": f"https://container.googleapis.com/v1/{name}",
        "workloadIdentityConfig": {"workloadPool": "data.svc.id.goog"},
    }
    assert bare.state == GOOD
    assert bare.at_provider.keys() == cluster.at_provider.keys() - {"workloadIdentityConfig"}
    assert cluster.wait(3600).again is None
    assert cluster.delete().gone
    assert world.calls() == []


@exercises("gke-cluster-named")
def gke_cluster_named() -> None:
    """Which must be a cluster's."""
    world = World()
    make(world, f"{PROJECT}/europe-west1/cluster.container-1")
    cluster = observed(world, "")
    assert (cluster.state, cluster.external_name) == (GOOD, "cluster.container-1")


@exercises("gke-cluster-project")
def gke_cluster_project() -> None:
    """Nothing is written into the spec, for it is only looked at."""
    world = World()
    make(world, f"{PROJECT}/europe-west1/prod", "other-project/europe-west1/prod")
    for config, project in {"default": PROJECT, "other": "other-project"}.items():
        cluster = observed(world, config=config)
        assert (cluster.at_provider["project"], cluster.for_provider) == (project, {"location": "europe-west1"})
        assert cluster.wait().state == GOOD


@exercises("gke-cluster-zonal")
def gke_cluster_zonal() -> None:
    """The id has it among the locations all the same."""
    world = World()
    make(world, "data/europe-west1-b/prod")
    seen = observed(world, project="data", location="europe-west1-b").at_provider
    assert seen["id"] == "projects/data/locations/europe-west1-b/clusters/prod"
    assert seen["selfLink"] == "https://container.googleapis.com/v1/projects/data/zones/europe-west1-b/clusters/prod"


@exercises("gke-cluster-missing")
def gke_cluster_missing() -> None:
    """A cluster of the region's zone is not it; then it is there."""
    world = World()
    make(world, f"{PROJECT}/europe-west1-b/prod")
    cluster = observed(world)
    assert (cluster.state, cluster.message) == (
        ("absent", "ReconcileError"),
        "observe failed: external resource does not exist",
    )
    assert cluster.again is not None
    make(world, f"{PROJECT}/europe-west1/prod")
    assert cluster.wait().state == GOOD


@exercises("gke-cluster-denied")
def gke_cluster_denied() -> None:
    """Be it there or not."""
    world = World(denied={"default": ["projects/closed"]})
    make(world, "closed/europe-west1/prod")
    for name in ("prod", "other"):
        cluster = observed(world, name, project="closed")
        assert cluster.state == ("absent", "ReconcileError")
        resource = f"projects/closed/locations/europe-west1/clusters/{name}"
        assert cluster.message == (
            f'observe failed: failed to observe the resource: [{{0 Error when reading or editing Container Cluster "{name}": '
            f'googleapi: Error 403: Required "container.clusters.get" permission(s) for "{resource}"., forbidden  []}}]'
        )
    assert observed(world, project="closed", config="other").state == GOOD

"""Clusters of EKS, and their add-ons."""

import pytest

from tests.standin.cloud import clusters
from tests.standin.cloud.clusters import DEFAULT_VERSION, default_issuer
from tests.standin.cloud.errors import AWSError
from tests.standin.existing.aws import Cluster
from tests.standin.scenarios.world import ACCOUNT, GOOD, NEVER_MADE, REFUSED, Thing, World, exercises

REGION = "eu-central-1"
AGENT = {"region": REGION, "cluster_name": "prod", "addon_name": "eks-pod-identity-agent"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cni"


def world_with(*options: str) -> World:
    """Clusters that are there, `prod` if no other is named."""
    world = World()
    for option in options or (f"{REGION}/{ACCOUNT}/prod",):
        Cluster.read(option).make(world.cloud)
    world.calls()
    return world


def observed(world: World, external_name: str = "prod", region: str = REGION) -> Thing:
    """A Cluster that is only looked at."""
    return world.apply("Cluster.eks", {"region": region}, external_name, managementPolicies=["Observe"])


def addon(world: World, external_name: str = "", **for_provider: str | dict[str, str]) -> Thing:
    """Apply an Addon, of the agent on `prod` if nothing else is said."""
    fields = {"region": REGION, "clusterName": "prod", "addonName": "eks-pod-identity-agent"}
    return world.apply("Addon", {**fields, **for_provider}, external_name)


def there(world: World, name: str = "eks-pod-identity-agent") -> clusters.Addon:
    """An add-on of `prod` as EKS has it."""
    found: clusters.Addon = world.cloud.call("DescribeAddon", ACCOUNT, "", world.now, {**AGENT, "addon_name": name})
    return found


@exercises("cluster-observed")
def cluster_observed() -> None:
    """All that there is to see."""
    world = world_with(f"{REGION}/{ACCOUNT}/prod,issuer=https://issuer.example.com/x")
    cluster = observed(world)
    assert (cluster.state, cluster.for_provider) == (GOOD, {"region": REGION})
    created = cluster.at_provider["createdAt"]
    assert len(created) == len("2026-01-02T03:04:05Z")
    assert cluster.at_provider == {
        "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/prod",
        "computeConfig": {"enabled": False},
        "createdAt": created,
        "id": "prod",
        "identity": [{"oidc": [{"issuer": "https://issuer.example.com/x"}]}],
        "region": REGION,
        "status": "ACTIVE",
    }
    assert cluster.wait(3600).again is None
    assert cluster.delete().gone
    assert world.calls() == []


@exercises("cluster-named")
def cluster_named() -> None:
    """Which must be a cluster's."""
    world = world_with(f"{REGION}/{ACCOUNT}/cluster.eks-1")
    assert observed(world, "").external_name == "cluster.eks-1"


@exercises("cluster-missing")
def cluster_missing() -> None:
    """Then somebody makes it."""
    world = world_with(f"eu-west-1/{ACCOUNT}/prod", f"{REGION}/444455556666/prod")
    cluster = observed(world)
    assert cluster.state == ("absent", "ReconcileError")
    assert cluster.message == "observe failed: external resource does not exist"
    assert cluster.again is not None
    assert observed(world, region="eu-west-1").state == GOOD
    fields = {"region": REGION}
    other = world.apply("Cluster.eks", fields, "prod", managementPolicies=["Observe"], providerConfigRef={"name": "other"})
    assert other.at_provider["arn"] == f"arn:aws:eks:{REGION}:444455556666:cluster/prod"
    Cluster.read(f"{REGION}/{ACCOUNT}/prod").make(world.cloud)
    assert cluster.wait().state == GOOD


@exercises("cluster-auto-mode")
def cluster_auto_mode() -> None:
    """One that is, one that is not."""
    world = world_with(f"{REGION}/{ACCOUNT}/prod,auto-mode", f"{REGION}/{ACCOUNT}/stage")
    auto = {"enabled": True, "nodePools": ["general-purpose", "system"]}
    auto["nodeRoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/AmazonEKSAutoNodeRole"
    assert observed(world).at_provider["computeConfig"] == auto
    assert observed(world, "stage").at_provider["computeConfig"] == {"enabled": False}


@exercises("cluster-remade")
def cluster_remade() -> None:
    """What is described as it is, is left alone."""
    world = world_with()
    cluster, agent = observed(world), addon(world)
    issuer = default_issuer(REGION, ACCOUNT, "prod")
    assert cluster.at_provider["identity"] == [{"oidc": [{"issuer": issuer}]}]
    world.calls()
    Cluster.read(f"{REGION}/{ACCOUNT}/prod,issuer={issuer}").make(world.cloud)
    assert world.calls() == []
    Cluster.read(f"{REGION}/{ACCOUNT}/prod,issuer=https://issuer.example.com/y").make(world.cloud)
    assert world.calls() == ["DeleteCluster", "CreateCluster"]
    assert cluster.wait().at_provider["identity"] == [{"oidc": [{"issuer": "https://issuer.example.com/y"}]}]
    arn = agent.at_provider["arn"]
    assert agent.wait().state == GOOD
    assert world.calls() == ["CreateAddon"]
    assert agent.at_provider["arn"] != arn


@exercises("addon-created")
def addon_created() -> None:
    """All that there is to see."""
    world = world_with()
    agent = addon(world, addonVersion="v1.3.8-eksbuild.2", resolveConflictsOnCreate="OVERWRITE")
    assert (agent.state, agent.external_name) == (GOOD, "prod:eks-pod-identity-agent")
    tags = agent.for_provider["tags"]
    assert tags["crossplane-kind"] == "addon.eks.aws.m.upbound.io"
    arn = agent.at_provider["arn"]
    assert arn.startswith(f"arn:aws:eks:{REGION}:{ACCOUNT}:addon/prod/eks-pod-identity-agent/")
    assert agent.at_provider == {
        "addonName": "eks-pod-identity-agent",
        "addonVersion": "v1.3.8-eksbuild.2",
        "arn": arn,
        "clusterName": "prod",
        "createdAt": "2026-01-02T03:04:05Z",
        "id": "prod:eks-pod-identity-agent",
        "modifiedAt": "2026-01-02T03:04:05Z",
        "region": REGION,
        "resolveConflictsOnCreate": "OVERWRITE",
        "tags": tags,
        "tagsAll": tags,
    }
    assert world.calls() == ["CreateAddon"]
    assert agent.wait(3600).again is None
    assert world.calls() == []


@exercises("addon-version")
def addon_version() -> None:
    """So whoever composes one finds a version in it."""
    world = world_with()
    agent = addon(world)
    assert agent.for_provider["addonVersion"] == DEFAULT_VERSION
    world.calls()
    assert agent.edit("addonVersion").state == GOOD
    assert agent.for_provider["addonVersion"] == DEFAULT_VERSION
    assert world.calls() == []


@exercises("addon-taken-over")
def addon_taken_over() -> None:
    """Its version is kept, or changed where the spec has another; whoever comes later takes it over as well."""
    world = world_with()
    world.cloud.call("CreateAddon", ACCOUNT, "", world.now, {**AGENT, "addon_version": "v1.2.0-eksbuild.1"})
    world.calls()
    agent = addon(world, external_name="whatever")
    assert (agent.state, agent.external_name) == (GOOD, "prod:eks-pod-identity-agent")
    assert agent.for_provider["addonVersion"] == "v1.2.0-eksbuild.1"
    assert world.calls() == ["TagResource"]
    other = addon(world, addonVersion="v1.3.8-eksbuild.2")
    assert other.state == GOOD
    assert world.calls() == ["UpdateAddon", "TagResource"]
    watching = world.apply("Addon", other.for_provider, managementPolicies=["Observe"])
    assert watching.at_provider["addonVersion"] == "v1.3.8-eksbuild.2"


@exercises("addon-exists")
def addon_exists() -> None:
    """In AWS's words."""
    world = world_with()
    world.cloud.call("CreateAddon", ACCOUNT, "", world.now, AGENT)
    with pytest.raises(AWSError, match=r"^ResourceInUseException: Addon already exists\.$") as refused:
        world.cloud.call("CreateAddon", ACCOUNT, "", world.now, AGENT)
    assert refused.value.status == 409


@exercises("addon-early")
def addon_early() -> None:
    """The cluster of another region is not it."""
    world = world_with(f"eu-west-1/{ACCOUNT}/prod")
    agent = addon(world)
    assert agent.state == NEVER_MADE
    assert agent.message.startswith(
        "create failed: async create failed: failed to create the resource: [{0 creating EKS Add-On "
        "(prod:eks-pod-identity-agent): operation error EKS: CreateAddon, https response error StatusCode: 404, RequestID: "
    )
    assert agent.message.endswith(", ResourceNotFoundException: No cluster found for name: prod.  []}]")
    assert agent.external_name is None
    Cluster.read(f"{REGION}/{ACCOUNT}/prod").make(world.cloud)
    assert agent.wait().state == GOOD
    assert world.calls() == ["CreateAddon ResourceNotFoundException", "CreateCluster", "CreateAddon"]


@exercises("addon-updated")
def addon_updated() -> None:
    """Two calls, for tags have their own. A role that is taken out comes back, as all that is no more than optional."""
    world = world_with()
    agent = addon(world)
    world.tick(60)
    world.calls()
    tags = {**agent.for_provider["tags"], "a": "b"}
    fields = {"addonVersion": "v1.3.8-eksbuild.2", "configurationValues": "{}", "serviceAccountRoleArn": ROLE}
    agent.edit(**fields, tags=tags)
    assert agent.state == GOOD
    assert world.calls() == ["UpdateAddon", "TagResource"]
    found = there(world)
    assert (found.version, found.configuration, found.role_arn, found.tags) == ("v1.3.8-eksbuild.2", "{}", ROLE, tags)
    assert agent.at_provider["createdAt"] < agent.at_provider["modifiedAt"]
    agent.edit("serviceAccountRoleArn")
    assert agent.for_provider["serviceAccountRoleArn"] == ROLE
    assert world.calls() == ["UpdateAddon", "UpdateAddon"]
    assert "serviceAccountRoleArn" not in agent.edit(serviceAccountRoleArn="").at_provider


@exercises("addon-fixed")
def addon_fixed() -> None:
    """Each of the three."""
    world = world_with()
    agent = addon(world)
    world.calls()
    for field, terraform in {"addonName": "addon_name", "clusterName": "cluster_name", "region": "region"}.items():
        before = agent.for_provider[field]
        assert agent.edit(**{field: "eu-west-1"}).state == REFUSED
        assert f'cannot change the value of the argument "{terraform}" from "{before}" to "eu-west-1"' in agent.message
        assert agent.edit(**{field: before}).state == GOOD
    assert world.calls() == []


@exercises("addon-gone")
def addon_gone() -> None:
    """With the version that the spec has by now."""
    world = world_with()
    agent = addon(world, addonVersion="v1.3.8-eksbuild.2")
    world.cloud.call("DeleteAddon", ACCOUNT, "", world.now, AGENT)
    with pytest.raises(AWSError, match="No addon: eks-pod-identity-agent found in cluster: prod"):
        there(world)
    world.calls()
    assert agent.wait().state == GOOD
    assert world.calls() == ["CreateAddon"]
    assert there(world).version == "v1.3.8-eksbuild.2"


@exercises("addon-deleted")
def addon_deleted() -> None:
    """The one that was made, not the one that the spec names by then."""
    world = world_with()
    agent, cni = addon(world), addon(world, addonName="vpc-cni")
    world.calls()
    assert agent.edit(addonName="vpc-cni").delete().gone
    assert world.calls() == ["DeleteAddon"]
    assert cni.wait().state == GOOD
    assert cni.delete().gone
    listing = {"region": REGION, "cluster_name": "prod"}
    assert world.cloud.call("ListAddons", ACCOUNT, "", world.now, listing) == []

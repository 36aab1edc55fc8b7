"""Pod identity associations."""

from typing import Any

from tests.standin.cloud.eks import Association
from tests.standin.scenarios.world import ACCOUNT, CREATING, GOOD, NEVER_MADE, REFUSED, World, exercises


def world_with_roles(**settings: Any) -> World:
    """Two roles are there."""
    world = World(**settings)
    world.role()
    world.role("other-role")
    world.calls()
    return world


def found(world: World, name: str) -> Association:
    """An association as EKS has it."""
    arguments = {"region": "eu-central-1", "cluster_name": "prod", "association_id": name}
    association: Association = world.cloud.call("DescribePodIdentityAssociation", ACCOUNT, "", world.now, arguments)
    return association


@exercises("association-created")
def association_created() -> None:
    """The stub is asked for once, by the first pass."""
    world = world_with_roles()
    association = world.association()
    asked = [read["association_id"] for read in world.reads if read["call"] == "DescribePodIdentityAssociation"]
    name = association.external_name
    assert asked[0] == "a-stubassocid123456"
    assert set(asked[1:]) == {name}
    assert association.state == GOOD
    assert name is not None
    assert len(name) == 19
    assert {"associationId": name, "id": name}.items() <= association.at_provider.items()
    arn = f"arn:aws:eks:eu-central-1:{ACCOUNT}:podidentityassociation/prod/{name}"
    assert association.at_provider["associationArn"] == arn
    assert found(world, name).arn == arn


@exercises("association-fixed")
def association_fixed() -> None:
    """Each of the four."""
    world = world_with_roles()
    association = world.association()
    world.calls()
    fixed = {"serviceAccount": "service_account", "namespace": "namespace", "clusterName": "cluster_name", "region": "region"}
    for field, terraform in fixed.items():
        before = association.for_provider[field]
        assert association.edit(**{field: "eu-west-1"}).state == REFUSED
        assert f'diff contains fields that require resource replacement: AttributeName("{terraform}"), ' in association.message
        assert association.wait(60).state == REFUSED
        assert association.edit(**{field: before}).state == GOOD
    assert world.calls() == []


@exercises("association-updated")
def association_updated() -> None:
    """Two calls, for tags have their own."""
    world = world_with_roles()
    association = world.association()
    world.calls()
    target = "arn:aws:iam::999999999999:role/target"
    role = f"arn:aws:iam::{ACCOUNT}:role/other-role"
    tags = {**association.for_provider["tags"], "a": "b"}
    association.edit(roleArn=role, targetRoleArn=target, disableSessionTags=True, tags=tags)
    assert association.state == GOOD
    assert world.calls() == ["UpdatePodIdentityAssociation", "TagResource"]
    there = found(world, association.external_name or "")
    assert (there.role_arn, there.target_role_arn, there.disable_session_tags, there.tags) == (role, target, True, tags)


@exercises("target-role-stays")
def target_role_stays() -> None:
    """Late initialisation brings it back."""
    world = world_with_roles()
    target = "arn:aws:iam::999999999999:role/target"
    association = world.association(targetRoleArn=target)
    world.calls()
    assert association.edit("targetRoleArn").state == GOOD
    assert association.for_provider["targetRoleArn"] == target
    assert found(world, association.external_name or "").target_role_arn == target
    assert world.calls() == []


@exercises("association-exists")
def association_exists() -> None:
    """The message does not change, so it is written once."""
    world = world_with_roles()
    first = world.association()
    world.calls()
    second = world.association()
    assert second.state == NEVER_MADE
    assert second.message.endswith(f", ResourceInUseException: Association already exists: {first.external_name}")
    assert "StatusCode: 409" in second.message
    writes = second.writes
    for _ in range(3):
        assert second.wait(60).again is not None
    assert second.writes == writes
    assert world.calls() == ["CreatePodIdentityAssociation ResourceInUseException"]


@exercises("association-adopted")
def association_adopted() -> None:
    """And is deleted with the one that took it over."""
    world = world_with_roles()
    first = world.association()
    second = world.association(disableSessionTags=True)
    world.calls()
    second.annotate("crossplane.io/external-name", first.external_name or "")
    assert second.state == GOOD
    assert "UpdatePodIdentityAssociation" in world.calls()
    assert second.delete().gone
    assert world.calls() == ["DeletePodIdentityAssociation"]


@exercises("role-awaited")
def role_awaited() -> None:
    """The first second is not shown, the rest of the wait is."""
    world = World(propagation=5)
    association = world.association()
    assert association.writes == 0
    assert association.wait().state == CREATING
    assert association.wait(3).state == CREATING
    assert association.wait(1).state == NEVER_MADE
    assert association.message.endswith(", InvalidParameterException: Role provided in the request does not exist.")
    assert world.calls() == ["CreatePodIdentityAssociation InvalidParameterException"]
    world.role()
    assert association.wait().state == GOOD


@exercises("external-id")
def external_id() -> None:
    """None without a target role; one that comes later brings it."""
    world = world_with_roles()
    association = world.association()
    assert "externalId" not in association.at_provider
    association.edit(targetRoleArn="arn:aws:iam::999999999999:role/target")
    assert association.at_provider["externalId"] == f"eu-central-1/{ACCOUNT}/prod/data/demo"
    assert "externalId" not in association.for_provider


@exercises("association-of-add-on")
def association_of_add_on() -> None:
    """Taken over or not, nothing in the managed resource tells whose it is."""
    world = world_with_roles()
    arguments = {"region": "eu-central-1", "cluster_name": "prod", "namespace": "data", "service_account": "demo"}
    arguments["role_arn"] = f"arn:aws:iam::{ACCOUNT}:role/other-role"
    arguments["addon_name"] = "vpc-cni"
    name = world.cloud.call("CreateAddonAssociation", ACCOUNT, "", world.now, arguments)["association_id"]
    association = world.association()
    assert association.message.endswith(f", ResourceInUseException: Association already exists: {name}")
    association.annotate("crossplane.io/external-name", name)
    assert association.state == GOOD
    owner = found(world, name).owner_arn
    assert owner.startswith(f"arn:aws:eks:eu-central-1:{ACCOUNT}:addon/prod/vpc-cni/")
    assert owner not in str(association.object)


@exercises("association-role-gone")
def association_role_gone() -> None:
    """EKS does not look again."""
    world = World()
    role = world.role()
    association = world.association()
    assert role.delete().gone
    assert association.wait(60).state == GOOD
    assert association.delete().gone


@exercises("arn-compared-whole")
def arn_compared_whole() -> None:
    """The name is the same."""
    world = world_with_roles(propagation=0)
    for arn in ("arn:aws:iam::999999999999:role/my-role", f"arn:aws:iam::{ACCOUNT}:role/path/my-role"):
        association = world.association(roleArn=arn).wait()
        assert association.state == NEVER_MADE
        assert "Role provided in the request does not exist" in association.message

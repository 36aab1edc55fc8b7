"""Roles and what is attached to them."""

import pytest

from tests.standin.cloud.errors import AWSError
from tests.standin.scenarios.world import ACCOUNT, ADMIN, GOOD, NEVER_MADE, READ_ONLY, REFUSED, TRUST, Thing, World, exercises

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def with_both(world: World) -> Thing:
    """A role that has one inline and one managed policy."""
    role = world.role(inlinePolicy=[{"name": "a", "policy": POLICY}], managedPolicyArns=[READ_ONLY])
    assert has(world) == (["a"], [READ_ONLY])
    world.calls()
    return role


def has(world: World) -> tuple[list[str], list[str]]:
    """The names of its inline policies, and what is attached."""
    role = world.cloud_role()
    return sorted(role.inline), sorted(role.attached)


@exercises("role-created")
def role_created() -> None:
    """In the account of its provider config."""
    world = World()
    role = world.role(path="/team/")
    assert role.state == GOOD
    assert role.external_name == "my-role"
    assert role.at_provider["arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/my-role"
    assert role.at_provider["id"] == "my-role"
    assert role.at_provider["uniqueId"].startswith("AROA")
    assert len(role.at_provider["uniqueId"]) == 21
    assert role.at_provider["createDate"] == "2026-01-02T03:04:05Z"
    other = world.role(policies={"providerConfigRef": {"name": "other"}})
    assert other.at_provider["arn"] == "arn:aws:iam::444455556666:role/my-role"


@exercises("role-named")
def role_named() -> None:
    """As Crossplane names it, where nothing else does."""
    role = World().role(external_name="")
    assert role.external_name == role.object["metadata"]["name"]


@exercises("role-taken-over")
def role_taken_over() -> None:
    """What hung on it is aligned where the spec says something of it."""
    world = World()
    world.role(
        policies={"deletionPolicy": "Orphan"}, description="old", inlinePolicy=[{"name": "a", "policy": POLICY}]
    ).delete()
    world.calls()
    assert world.role(description="new").state == GOOD
    assert world.calls() == ["UpdateRole", "TagRole"]
    assert world.cloud_role().inline == {"a": POLICY}


@exercises("role-path")
def role_path() -> None:
    """It stays so, and nothing is called."""
    world = World()
    role = world.role(path="/a/")
    world.calls()
    assert role.edit(path="/b/").state == REFUSED
    assert role.message == (
        "update failed: async update failed: refuse to update the external resource because the following update "
        'requires replacing it: cannot change the value of the argument "path" from "/a/" to "/b/"'
    )
    assert role.wait(60).state == REFUSED
    assert role.at_provider["path"] == "/a/"
    assert role.edit(path="/a/").state == GOOD
    assert world.calls() == []


@exercises("role-name")
def role_name() -> None:
    """One pass says so, the next finds that all is well."""
    world = World()
    role = world.role()
    world.calls()
    role.object["metadata"]["annotations"]["crossplane.io/external-name"] = "other"
    assert role.step()
    assert role.state == REFUSED
    assert 'the argument "name" from "my-role" to "other"' in role.message
    assert role.external_name == "my-role"
    assert role.wait().state == GOOD
    assert world.calls() == []


@exercises("role-path-deleted")
def role_path_deleted() -> None:
    """Until somebody notices."""
    world = World()
    role = world.role(path="/a/").edit(path="/b/")
    world.calls()
    assert not role.delete().gone
    assert not role.wait().gone
    assert set(world.calls()) == {"DeleteRole", "CreateRole"}
    assert role.edit(path="/a/").gone
    assert world.calls() == ["DeleteRole"]


@exercises("trust-same")
def trust_same() -> None:
    """All three at once."""
    world = World()
    role = world.role(assumeRolePolicy='{"Version":"1","Statement":[{"Action":["a","b"],"Effect":"Allow"}]}')
    world.calls()
    same = '{"Statement": {"Effect": ["Allow"], "Action": ["b", "a"]}, "Version": "1"}'
    assert role.edit(assumeRolePolicy=same).state == GOOD
    assert world.calls() == []
    shown = '{"Statement":{"Action":["b","a"],"Effect":["Allow"]},"Version":"1"}'
    assert role.at_provider["assumeRolePolicy"] == shown


@exercises("trust-changed")
def trust_changed() -> None:
    """And nothing beside it."""
    world = World()
    role = world.role()
    world.calls()
    assert role.edit(assumeRolePolicy=POLICY).state == GOOD
    assert world.calls() == ["UpdateAssumeRolePolicy"]
    assert world.cloud_role().trust == POLICY


@exercises("policies-left-out")
def policies_left_out() -> None:
    """Nobody manages them any more."""
    world = World()
    assert with_both(world).edit("inlinePolicy", "managedPolicyArns").state == GOOD
    assert has(world) == (["a"], [READ_ONLY])
    assert world.calls() == []


@exercises("policies-empty")
def policies_empty() -> None:
    """The same as left out."""
    world = World()
    assert with_both(world).edit(inlinePolicy=[], managedPolicyArns=[]).state == GOOD
    assert has(world) == (["a"], [READ_ONLY])
    assert world.calls() == []


@exercises("inline-none")
def inline_none() -> None:
    """One empty entry."""
    world = World()
    assert with_both(world).edit(inlinePolicy=[{}]).state == GOOD
    assert has(world) == ([], [READ_ONLY])


@exercises("attached-stay")
def attached_stay() -> None:
    """Only attachments of their own take the last one away."""
    world = World()
    assert with_both(world).edit(inlinePolicy=[{}], managedPolicyArns=[]).state == GOOD
    assert has(world) == ([], [READ_ONLY])


@exercises("lists-exclusive")
def lists_exclusive() -> None:
    """Both lists."""
    world = World()
    role = with_both(world)
    world.attachment(policy=ADMIN)
    assert role.edit(inlinePolicy=[{"name": "b", "policy": POLICY}], managedPolicyArns=[ADMIN]).state == GOOD
    assert has(world) == (["b"], [ADMIN])


@exercises("attachments-beside-the-list")
def attachments_beside_the_list() -> None:
    """No call is made twice."""
    world = World()
    role = world.role(managedPolicyArns=[READ_ONLY, ADMIN])
    attachments = [world.attachment(policy=policy) for policy in (READ_ONLY, ADMIN)]
    assert [thing.state for thing in (role, *attachments)] == [GOOD] * 3
    assert has(world) == ([], [ADMIN, READ_ONLY])
    role.edit(managedPolicyArns=[ADMIN])
    attachments[0].delete()
    assert has(world) == ([], [ADMIN])
    role.edit(managedPolicyArns=[])
    attachments[1].delete()
    assert has(world) == ([], [])
    assert role.wait(60).state == GOOD
    assert has(world) == ([], [])


@exercises("tags-left-out")
def tags_left_out() -> None:
    """As server-side apply takes them out: key by key, the provider's are its own."""
    world = World()
    role = world.role(tags={"team": "x"})
    world.calls()
    own = {name: value for name, value in role.for_provider["tags"].items() if name.startswith("crossplane-")}
    assert role.edit(tags=own).state == GOOD
    assert world.cloud_role().tags == own
    assert world.calls() == ["UntagRole"]


@exercises("role-deleted")
def role_deleted() -> None:
    """In this order."""
    world = World()
    assert with_both(world).delete().gone
    assert world.calls() == ["DetachRolePolicy", "DeleteRolePolicy", "DeleteRole"]


def refused(world: World, call: str, **arguments: object) -> str:
    """With what code AWS refuses a call."""
    with pytest.raises(AWSError) as caught:
        world.cloud.call(call, ACCOUNT, "", world.now, arguments)
    return caught.value.code


@exercises("role-exists")
def role_exists() -> None:
    """The provider never comes to it, for it looks first."""
    world = World()
    world.role()
    assert refused(world, "CreateRole", role_name="My-Role", assume_role_policy=TRUST) == "EntityAlreadyExists"


@exercises("role-conflict")
def role_conflict() -> None:
    """Nor to this one, for it detaches first."""
    world = World()
    with_both(world)
    assert refused(world, "DeleteRole", role_name="my-role") == "DeleteConflict"


@exercises("policy-malformed")
def policy_malformed() -> None:
    """The whole chain of wrappings is in the message."""
    role = World().role(assumeRolePolicy="{")
    assert role.state == NEVER_MADE
    assert role.message.startswith(
        "create failed: async create failed: failed to create the resource: [{0 creating IAM Role (my-role): "
        "operation error IAM: CreateRole, https response error StatusCode: 400, RequestID: "
    )
    assert role.message.endswith(", MalformedPolicyDocument: This policy contains invalid Json  []}]")


@exercises("attachment-early")
def attachment_early() -> None:
    """Trying again writes nothing as long as it fails alike."""
    world = World()
    attachment = world.attachment()
    assert attachment.state == NEVER_MADE
    assert "NoSuchEntity: The role with name my-role cannot be found." in attachment.message
    writes = attachment.writes
    assert attachment.wait().wait().writes == writes
    assert world.calls() == ["AttachRolePolicy NoSuchEntity"]
    world.role()
    assert attachment.wait().state == GOOD
    assert attachment.at_provider["id"] == attachment.external_name
    assert has(world) == ([], [READ_ONLY])


@exercises("attachment-fixed")
def attachment_fixed() -> None:
    """Its policy cannot be changed."""
    world = World()
    world.role()
    attachment = world.attachment()
    assert attachment.edit(policyArn=ADMIN).state == REFUSED
    assert '"policy_arn" from' in attachment.message
    assert attachment.edit(policyArn=READ_ONLY).state == GOOD

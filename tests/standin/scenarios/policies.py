"""Managed policies of the account's own, and inline policies beside their role."""

from tests.standin.cloud.managed_policies import Policy
from tests.standin.scenarios.roles import POLICY, has, refused
from tests.standin.scenarios.world import (
    ACCOUNT,
    GOOD,
    NEVER_MADE,
    READ_ONLY,
    REFUSED,
    TRUST,
    Thing,
    World,
    exercises,
)

ARN = f"arn:aws:iam::{ACCOUNT}:policy/team/reader"


def document(action: str) -> str:
    """A policy that allows one action."""
    return POLICY.replace("s3:GetObject", action)


def managed(world: World, name: str = "reader", **for_provider: object) -> Thing:
    """Apply a Policy."""
    return world.apply("Policy", {"policy": POLICY, "path": "/team/", **for_provider}, name)


def inline(world: World, name: str = "reader", **for_provider: object) -> Thing:
    """Apply a RolePolicy."""
    return world.apply("RolePolicy", {"policy": POLICY, "role": "my-role", **for_provider}, name)


def found(world: World, arn: str = ARN) -> Policy:
    """A policy as IAM has it."""
    policy: Policy = world.cloud.call("GetPolicy", ACCOUNT, "", world.now, {"policy_arn": arn})
    return policy


@exercises("policy-created")
def policy_created() -> None:
    """With a path and without."""
    world = World()
    policy = managed(world, description="reads")
    assert policy.state == GOOD
    assert policy.external_name == "reader"
    assert {"arn": ARN, "id": ARN, "path": "/team/", "attachmentCount": 0}.items() <= policy.at_provider.items()
    assert policy.at_provider["policyId"].startswith("ANPA")
    assert policy.at_provider["tags"]["crossplane-kind"] == "policy.iam.aws.m.upbound.io"
    plain = world.apply("Policy", {"policy": POLICY}, "plain")
    assert plain.at_provider["arn"] == f"arn:aws:iam::{ACCOUNT}:policy/plain"
    assert plain.for_provider["path"] == "/"
    assert world.calls() == ["CreatePolicy", "CreatePolicy"]


@exercises("policy-path-in-name")
def policy_path_in_name() -> None:
    """Until the path is where it belongs."""
    world = World()
    policy = world.apply("Policy", {"policy": POLICY}, "team/reader")
    assert policy.state == NEVER_MADE
    assert "ValidationError: The specified value for policyName is invalid." in policy.message
    assert policy.edit(path="/team/").state == NEVER_MADE
    assert policy.annotate("crossplane.io/external-name", "reader").state == GOOD
    assert policy.at_provider["arn"] == ARN


@exercises("policy-taken-over")
def policy_taken_over() -> None:
    """Its document is aligned."""
    world = World()
    before = {"policy": document("s3:PutObject"), "path": "/team/"}
    world.apply("Policy", before, "reader", deletionPolicy="Orphan").delete()
    world.calls()
    assert managed(world).state == GOOD
    assert world.calls() == ["CreatePolicyVersion", "TagPolicy"]
    assert found(world).document == POLICY


@exercises("policy-elsewhere")
def policy_elsewhere() -> None:
    """Another path, and another case."""
    world = World()
    managed(world)
    for other in (managed(world, path="/"), managed(world, "Reader")):
        assert other.wait().wait(60).state == NEVER_MADE
        assert other.message.startswith(
            "create failed: async create failed: failed to create the resource: [{0 creating IAM Policy ("
        )
        assert f"EntityAlreadyExists: A policy called {other.external_name} already exists." in other.message


@exercises("policy-fixed")
def policy_fixed() -> None:
    """Each of the three."""
    world = World()
    policy = managed(world, description="reads")
    world.calls()
    for field, old, new in (("path", "/team/", "/other/"), ("description", "reads", "")):
        assert policy.edit(**{field: new}).wait(60).state == REFUSED
        assert f'the argument "{field}" from "{old}" to "{new}"' in policy.message
        assert policy.edit(**{field: old}).state == GOOD
    policy.object["metadata"]["annotations"]["crossplane.io/external-name"] = "other"
    assert policy.step()
    assert policy.state == REFUSED
    assert policy.wait().state == GOOD
    assert policy.external_name == "reader"
    assert world.calls() == []


@exercises("policy-version")
def policy_version() -> None:
    """The old one stays, and does not count."""
    world = World()
    policy = managed(world, policy=document("s3:GetObject"))
    world.calls()
    assert policy.edit(policy=POLICY.replace('"s3:GetObject"', '[ "s3:GetObject" ]')).state == GOOD
    assert world.calls() == []
    assert policy.edit(policy=document("s3:PutObject")).state == GOOD
    assert world.calls() == ["CreatePolicyVersion"]
    assert (list(found(world).versions), found(world).default) == (["v1", "v2"], "v2")
    assert found(world).document == document("s3:PutObject")


@exercises("policy-pruned")
def policy_pruned() -> None:
    """The oldest goes before the sixth comes."""
    world = World()
    policy = managed(world)
    for number in range(5):
        policy.edit(policy=document(f"s3:Get{number}"))
    assert policy.state == GOOD
    assert list(found(world).versions) == ["v2", "v3", "v4", "v5", "v6"]
    assert world.calls()[-2:] == ["DeletePolicyVersion", "CreatePolicyVersion"]
    full = {"policy_arn": ARN, "policy_document": POLICY}
    assert refused(world, "CreatePolicyVersion", **full) == "LimitExceeded"


@exercises("policy-attached")
def policy_attached() -> None:
    """Until the role lets go of it."""
    world = World()
    world.role()
    policy = managed(world).edit(policy=document("s3:PutObject"))
    attachment = world.attachment(policy=ARN)
    world.calls()
    assert not policy.delete().gone
    assert policy.state == ("Deleting", "ReconcileError")
    assert policy.message.startswith(
        f"delete failed: async delete failed: failed to delete the resource: [{{0 deleting IAM Policy ({ARN}): "
        "operation error IAM: DeletePolicy, https response error StatusCode: 409, RequestID: "
    )
    assert "DeleteConflict: Cannot delete a policy attached to entities." in policy.message
    assert list(found(world).versions) == ["v2"]
    assert attachment.delete().gone
    assert policy.wait().gone
    assert world.calls() == ["DeletePolicyVersion", "DeletePolicy DeleteConflict", "DetachRolePolicy", "DeletePolicy"]


@exercises("policy-syntax")
def policy_syntax() -> None:
    """In a new policy and in a new version."""
    world = World()
    assert managed(world, "other", policy="{}").state == NEVER_MADE
    policy = managed(world).edit(policy="{}")
    assert policy.state == REFUSED
    assert policy.message.endswith(", MalformedPolicyDocument: Syntax errors in policy.  []}]")
    assert found(world).document == POLICY


@exercises("role-policy-created")
def role_policy_created() -> None:
    """One that is there by that name is taken over."""
    world = World()
    world.role()
    policy = inline(world)
    assert policy.state == GOOD
    assert policy.external_name == "reader"
    assert (policy.at_provider["id"], policy.at_provider["role"]) == ("my-role:reader", "my-role")
    assert "tags" not in policy.for_provider
    again = inline(world, policy=document("s3:PutObject"))
    assert again.state == GOOD
    assert world.cloud_role().inline == {"reader": document("s3:PutObject")}


@exercises("role-policy-full-name")
def role_policy_full_name() -> None:
    """The id is not the name."""
    world = World()
    world.role()
    policy = inline(world, "my-role:reader")
    assert policy.wait(60).state == NEVER_MADE
    assert "ValidationError: The specified value for policyName is invalid." in policy.message


@exercises("role-policy-early")
def role_policy_early() -> None:
    """It waits for its role."""
    world = World()
    policy = inline(world)
    assert policy.state == NEVER_MADE
    assert "[{0 putting IAM Role (my-role) Policy (reader): operation error IAM: PutRolePolicy, " in policy.message
    assert "NoSuchEntity: The role with name my-role cannot be found." in policy.message
    world.role()
    assert policy.wait().state == GOOD
    assert has(world) == (["reader"], [])


@exercises("role-policy-fixed")
def role_policy_fixed() -> None:
    """Its role cannot be changed."""
    world = World()
    world.role()
    policy = inline(world)
    assert policy.edit(role="other-role").state == REFUSED
    assert 'the argument "role" from "my-role" to "other-role"' in policy.message
    assert policy.edit(role="my-role").state == GOOD


@exercises("role-policy-updated")
def role_policy_updated() -> None:
    """Put anew as a whole, where it says something else."""
    world = World()
    world.role()
    policy = inline(world)
    world.calls()
    assert policy.edit(policy=POLICY.replace(",", ", ")).state == GOOD
    assert world.calls() == []
    assert policy.edit(policy=document("s3:PutObject")).state == GOOD
    assert world.calls() == ["PutRolePolicy"]
    assert world.cloud_role().inline == {"reader": document("s3:PutObject")}


@exercises("role-policy-deleted")
def role_policy_deleted() -> None:
    """And one whose role is gone just goes."""
    world = World()
    role = world.role(inlinePolicy=[{"name": "a", "policy": POLICY}]).edit("inlinePolicy")
    policies = [inline(world), inline(world, "writer")]
    world.calls()
    assert policies[0].delete().gone
    assert world.calls() == ["DeleteRolePolicy"]
    assert has(world) == (["a", "writer"], [])
    assert role.delete().gone
    assert policies[1].delete().gone


@exercises("role-policy-beside-list")
def role_policy_beside_list() -> None:
    """Whoever looks last wins."""
    world = World()
    role = world.role(inlinePolicy=[{"name": "a", "policy": POLICY}])
    policy = inline(world)
    assert has(world) == (["a", "reader"], [])
    for _ in range(2):
        assert role.wait().state == GOOD
        assert has(world) == (["a"], [])
        assert policy.wait().state == GOOD
        assert has(world) == (["a", "reader"], [])


@exercises("role-policy-beside-none")
def role_policy_beside_none() -> None:
    """Nothing of it appears in the Role's spec, and everybody else's policies stay."""
    world = World()
    world.role(policies={"deletionPolicy": "Orphan"}, inlinePolicy=[{"name": "a", "policy": POLICY}]).delete()
    role = world.role()
    things = [inline(world), world.attachment()]
    world.calls()
    assert [thing.wait(60).state for thing in (role, *things)] == [GOOD] * 3
    assert not role.for_provider.keys() & {"inlinePolicy", "managedPolicyArns"}
    assert has(world) == (["a", "reader"], [READ_ONLY])
    assert [thing.delete().gone for thing in things] == [True, True]
    assert has(world) == (["a"], [])
    assert world.calls() == ["DeleteRolePolicy", "DetachRolePolicy"]


@exercises("attachment-of-nothing")
def attachment_of_nothing() -> None:
    """Of AWS's own policies every one exists."""
    world = World()
    world.role()
    attachment = world.attachment(policy=ARN)
    assert attachment.state == NEVER_MADE
    assert (
        f"[{{0 attaching IAM Policy ({ARN}) to IAM Role (my-role): operation error IAM: AttachRolePolicy, "
        in attachment.message
    )
    assert f"NoSuchEntity: Policy {ARN} does not exist or is not attachable." in attachment.message
    policy = managed(world)
    assert attachment.wait().state == GOOD
    assert attachment.external_name == f"my-role/{ARN}"
    assert policy.wait(60).at_provider["attachmentCount"] == 1


@exercises("role-attaches-nothing")
def role_attaches_nothing() -> None:
    """Two lines for two policies; what can be attached is."""
    world = World(lag=3)
    role = world.role(managedPolicyArns=[READ_ONLY, ARN, ARN + "s"])
    world.tick(3)
    role.step()
    assert role.state == NEVER_MADE
    assert f"[{{0 creating IAM Role (my-role): attaching IAM Policy ({ARN}) to IAM Role (my-role): operation" in role.message
    assert f"\nattaching IAM Policy ({ARN}s) to IAM Role (my-role): operation" in role.message
    refusals = ["AttachRolePolicy NoSuchEntity"] * 2
    assert world.calls() == ["CreateRole", *refusals, "AttachRolePolicy"]
    assert role.wait().state == REFUSED
    assert world.calls() == refusals
    assert role.wait(60).state == REFUSED
    assert "[{0 updating IAM Role (my-role): attaching IAM Policy" in role.message
    assert has(world) == ([], [READ_ONLY])
    assert world.calls() == []
    for name in ("reader", "readers"):
        managed(world, name).wait(3)
    world.calls()
    assert role.wait().state == GOOD
    assert world.calls() == ["AttachRolePolicy", "AttachRolePolicy"]


@exercises("role-puts-nothing")
def role_puts_nothing() -> None:
    """Nothing is left of it until the document is one."""
    world = World()
    role = world.role(
        inlinePolicy=[{"name": "a", "policy": "{}"}, {"name": "b", "policy": POLICY}], managedPolicyArns=[READ_ONLY]
    )
    assert role.state == NEVER_MADE
    assert "[{0 creating IAM Role (my-role): adding inline policy (a): operation error IAM: PutRolePolicy, " in role.message
    calls = ["CreateRole", "PutRolePolicy MalformedPolicyDocument", "PutRolePolicy", "DeleteRolePolicy", "DeleteRole"]
    assert world.calls()[:5] == calls
    assert refused(world, "GetRole", role_name="my-role") == "NoSuchEntity"
    assert role.edit(inlinePolicy=[{"name": "a", "policy": TRUST}]).state == GOOD

"""The managed reconciler, for all kinds."""

from typing import Any

from tests.standin.provider.resource import FINALIZER
from tests.standin.scenarios.world import CREATING, GOOD, TRUST, Thing, World, exercises


def _but_for_synced(thing: Thing) -> dict[str, Any]:
    """The object without the time of Synced, and what counts every write of it."""
    status = thing.object["status"]
    conditions = [each if each["type"] != "Synced" else {**each, "lastTransitionTime": ""} for each in status["conditions"]]
    return {**thing.object, "status": {**status, "conditions": conditions}}


@exercises("held-before-shown")
def held_before_shown() -> None:
    """Whatever is shown as ready has all of it."""
    role = World().role(path="/", maxSessionDuration=3600)
    ready = next(each for each in role.history if "Available" in str(each.get("status")))
    assert ready["metadata"]["finalizers"] == [FINALIZER]
    assert {name.partition("/")[2] for name in ready["metadata"]["annotations"]} == {
        "external-name",
        "external-create-pending",
        "external-create-succeeded",
    }
    assert role.state == GOOD


@exercises("steady")
def steady() -> None:
    """However much time passes: Synced has the time of the last look, and says the same."""
    world = World()
    things = [world.role(managedPolicyArns=[], inlinePolicy=[{}], tags={"a": "b"}), world.attachment(), world.association()]
    things[0].wait()
    world.calls()
    before = [(thing.writes, _but_for_synced(thing)) for thing in things]
    assert [thing.wait(3600).again for thing in things] == [None] * 3
    assert [(thing.writes - 1, _but_for_synced(thing)) for thing in things] == before
    assert world.calls() == []


@exercises("transition-time")
def transition_time() -> None:
    """What a paused resource says stays as old as it is; an edit that is taken up makes it newer, but for Ready."""
    world = World()
    role = world.role().annotate("crossplane.io/paused", "true")
    before = role.times()
    role.wait(60)
    assert role.times() == before
    role.annotate("crossplane.io/paused", "false").edit(description="x")
    assert {name for name, time in role.times().items() if time != before[name]} == {"Synced"}


@exercises("paused")
def paused() -> None:
    """Either way."""
    world = World()
    role = world.role()
    world.calls()
    role.annotate("crossplane.io/paused", "true").edit(description="x")
    assert role.state == ("True", "ReconcilePaused")
    assert world.role("other", {"managementPolicies": []}).state == ("absent", "ReconcilePaused")
    assert world.calls() == []
    assert role.annotate("crossplane.io/paused", "false").state == GOOD
    assert world.calls() == ["UpdateRole"]


@exercises("unsupported-policies")
def unsupported_policies() -> None:
    """Nothing is called."""
    world = World()
    role = world.role(policies={"managementPolicies": ["Create"]})
    assert role.state == ("absent", "ReconcileError")
    assert "[Create]) which is not supported" in role.message
    assert world.calls() == []


@exercises("observe-only")
def observe_only() -> None:
    """First it is not there; then somebody else makes it."""
    world = World()
    watching = world.role(policies={"managementPolicies": ["Observe"]})
    assert watching.state == ("absent", "ReconcileError")
    assert watching.message == "observe failed: external resource does not exist"
    assert watching.again is not None
    assert "finalizers" not in watching.object["metadata"]
    world.role(path="/x/")
    assert watching.wait().state == GOOD
    assert watching.at_provider["path"] == "/x/"
    assert watching.for_provider.keys() == {"assumeRolePolicy"}
    world.calls()
    assert watching.edit(description="x").state == GOOD
    assert watching.delete().gone
    assert world.calls() == []


@exercises("observe-empty")
def observe_empty() -> None:
    """All there is to know of it, and nothing in the spec."""
    world = World()
    trust = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]}'
    world.role(assumeRolePolicy=trust, path="/x/", managedPolicyArns=["arn:aws:iam::aws:policy/x"])
    world.calls()
    watching = world.apply("Role", {}, "my-role", managementPolicies=["Observe"])
    assert watching.state == GOOD
    assert watching.for_provider == {}
    seen = watching.at_provider
    assert seen["assumeRolePolicy"] == '{"Statement":[{"Effect":"Deny"}],"Version":"2012-10-17"}'
    assert seen["arn"] == "arn:aws:iam::111122223333:role/x/my-role"
    assert seen["managedPolicyArns"] == ["arn:aws:iam::aws:policy/x"]
    assert world.calls() == []


@exercises("no-create")
def no_create() -> None:
    """Synced all the same."""
    world = World()
    role = world.role(policies={"managementPolicies": ["Observe", "Update"]})
    assert role.state == ("absent", "True")
    assert world.calls() == []


@exercises("no-update")
def no_update() -> None:
    """The difference can be seen in atProvider only."""
    world = World()
    role = world.role(description="x", policies={"managementPolicies": ["Observe", "Create", "Delete", "LateInitialize"]})
    world.calls()
    assert role.edit(description="y", path="/new/").state == GOOD
    assert role.at_provider["description"] == "x"
    assert world.calls() == []


@exercises("no-delete")
def no_delete() -> None:
    """Both ways of saying so."""
    world = World()
    assert world.role("a", {"managementPolicies": ["Observe", "Create", "Update", "LateInitialize"]}).delete().gone
    assert world.role("b", {"deletionPolicy": "Orphan"}).delete().gone
    assert world.calls() == ["CreateRole", "CreateRole"]
    assert [world.cloud_role(name).name for name in "ab"] == ["a", "b"]


@exercises("deleting")
def deleting() -> None:
    """With a lag there is something to be seen."""
    world = World(lag=3)
    role = world.role().wait(3)
    world.calls()
    role.delete()
    assert (role.state, role.gone, role.again) == (("Deleting", "True"), False, 3)
    assert not role.wait(2).gone
    assert role.wait(1).gone
    assert world.calls() == ["DeleteRole"]


@exercises("other-finalizers")
def other_finalizers() -> None:
    """A foreground deletion's, say."""
    world = World()
    role = world.role()
    role.object["metadata"]["finalizers"].append("foregroundDeletion")
    world.calls()
    assert role.delete().state == GOOD
    assert world.calls() == []
    role.object["metadata"]["finalizers"].remove("foregroundDeletion")
    assert role.settle().gone
    assert world.calls() == ["DeleteRole"]


@exercises("creating")
def creating() -> None:
    """The finalizer is there from the beginning."""
    world = World(lag=3)
    role = world.role()
    assert (role.state, role.again, world.calls()) == (CREATING, 3, [])
    assert role.object["metadata"]["finalizers"] == [FINALIZER]
    assert role.wait(3).state == GOOD


@exercises("own-tags")
def own_tags() -> None:
    """In the spec, and so in the cloud; they win over the user's."""
    world = World()
    role = world.role(tags={"team": "x", "crossplane-name": "mine"})
    tags = {
        "team": "x",
        "crossplane-kind": "role.iam.aws.m.upbound.io",
        "crossplane-name": role.object["metadata"]["name"],
        "crossplane-providerconfig": "default",
    }
    assert role.for_provider["tags"] == tags
    assert world.cloud_role().tags == tags
    assert "tags" not in world.attachment().for_provider


@exercises("late-init")
def late_init() -> None:
    """What was given stays as it was."""
    role = World().role(inlinePolicy=[{"name": "a", "policy": TRUST}], managedPolicyArns=["arn:aws:iam::aws:policy/x"])
    assert (role.for_provider["maxSessionDuration"], role.for_provider["path"]) == (3600, "/")
    assert not role.for_provider.keys() & {"description", "permissionsBoundary", "forceDetachPolicies"}
    role.edit("inlinePolicy", "managedPolicyArns")
    assert not role.for_provider.keys() & {"inlinePolicy", "managedPolicyArns"}


@exercises("late-init-revives")
def late_init_revives() -> None:
    """The calls show it; what is there afterwards is what was there before."""
    world = World()
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    given: dict[str, Any] = {"description": "x", "maxSessionDuration": 7200, "permissionsBoundary": boundary}
    role = world.role(**given)
    world.calls()
    role.edit(*given)
    assert role.state == GOOD
    assert given.items() <= role.for_provider.items()
    assert world.calls() == [
        "UpdateRole",
        "DeleteRolePermissionsBoundary",
        "UpdateRole",
        "PutRolePermissionsBoundary",
    ]
    assert world.cloud_role().boundary == boundary


@exercises("empty-string-stays")
def empty_string_stays() -> None:
    """So there is a way to take them away."""
    world = World()
    role = world.role(description="x", permissionsBoundary="arn:aws:iam::111122223333:policy/boundary")
    role.edit(description="", permissionsBoundary="")
    assert (world.cloud_role().description, world.cloud_role().boundary) == ("", "")
    assert (role.for_provider["description"], role.for_provider["permissionsBoundary"]) == ("", "")


@exercises("no-late-init")
def no_late_init() -> None:
    """A left-out description goes, and stays away."""
    world = World()
    policies: dict[str, Any] = {"managementPolicies": ["Observe", "Create", "Update", "Delete"]}
    role = world.role(policies=policies, description="x")
    assert "path" not in role.for_provider
    assert role.edit("description").state == GOOD
    assert world.cloud_role().description == ""
    fields = dict(world.association().for_provider)
    fields["serviceAccount"] = "another"
    association = world.apply("PodIdentityAssociation", fields, **policies)
    assert association.state == GOOD
    assert association.external_name is None
    assert association.at_provider["associationId"].startswith("a-")

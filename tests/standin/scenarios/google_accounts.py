"""Google's service accounts, and what is refused to whoever asks for them."""

from tests.standin.scenarios.world import GOOD, MEMBER, NEVER_MADE, PROJECT, REFUSED, VIEWER, World, exercises

EMAIL = f"my-account@{PROJECT}.iam.gserviceaccount.com"
ID = f"projects/{PROJECT}/serviceAccounts/{EMAIL}"


@exercises("service-account-created")
def service_account_created() -> None:
    """All that there is to see."""
    world = World()
    account = world.service_account(displayName="Mine", description="For me")
    assert (account.state, account.external_name) == (GOOD, "my-account")
    unique_id = account.at_provider["uniqueId"]
    assert len(unique_id) == 21
    assert unique_id.isdecimal()
    assert account.at_provider == {
        "description": "For me",
        "disabled": False,
        "displayName": "Mine",
        "email": EMAIL,
        "id": ID,
        "member": f"serviceAccount:{EMAIL}",
        "name": ID,
        "project": PROJECT,
        "uniqueId": unique_id,
    }
    assert world.calls() == ["CreateServiceAccount"]
    assert account.wait(3600).again is None
    assert world.calls() == []


@exercises("service-account-named")
def service_account_named() -> None:
    """As Crossplane names it."""
    account = World().apply("ServiceAccount", {})
    assert account.external_name == account.object["metadata"]["name"]


@exercises("service-account-project")
def service_account_project() -> None:
    """It is written into the spec."""
    world = World()
    account = world.apply("ServiceAccount", {}, "my-account", providerConfigRef={"name": "other"})
    assert account.at_provider["email"] == "my-account@other-project.iam.gserviceaccount.com"
    assert account.for_provider == {"project": "other-project"}
    elsewhere = world.service_account(project="data")
    assert elsewhere.at_provider["id"] == "projects/data/serviceAccounts/my-account@data.iam.gserviceaccount.com"


@exercises("service-account-domain-scoped")
def service_account_domain_scoped() -> None:
    """The id has both forms in it."""
    account = World().service_account(project="example.com:data")
    assert account.state == GOOD
    email = "my-account@data.example.com.iam.gserviceaccount.com"
    assert account.at_provider["email"] == email
    assert account.at_provider["id"] == f"projects/example.com:data/serviceAccounts/{email}"
    assert account.external_name == "my-account"
    assert account.wait(3600).state == GOOD


@exercises("service-account-taken-over")
def service_account_taken_over() -> None:
    """Nobody is told that it was there."""
    world = World()
    world.apply("ServiceAccount", {"displayName": "old"}, "my-account", deletionPolicy="Orphan").delete()
    world.calls()
    assert world.service_account(displayName="new").state == GOOD
    assert world.calls() == ["PatchServiceAccount"]


@exercises("service-account-exists")
def service_account_exists() -> None:
    """What is looked for is no email address, so what is there is not found."""
    world = World()
    world.apply("ServiceAccount", {"project": "example.com:data"}, "my-account", deletionPolicy="Orphan").delete()
    again = world.service_account(project="example.com:data")
    assert again.state == NEVER_MADE
    assert again.message == (
        "create failed: async create failed: failed to create the resource: [{0 Error creating service account: googleapi: "
        "Error 409: Service account my-account already exists within project projects/example.com:data., alreadyExists  []}]"
    )
    assert again.wait(3600).state == NEVER_MADE


@exercises("service-account-length")
def service_account_length() -> None:
    """Too short, and too long."""
    world = World()
    for name in ("short", "much-too-long-for-a-service-account"):
        account = world.service_account(name)
        assert account.state == NEVER_MADE
        assert f'The account ID "{name}" does not have a length between 6 and 30., badRequest' in account.message


@exercises("service-account-updated")
def service_account_updated() -> None:
    """Both in one call; what is taken out comes back."""
    world = World()
    account = world.service_account(displayName="a", description="a")
    world.calls()
    assert account.edit(displayName="b", description="b").state == GOOD
    assert world.calls() == ["PatchServiceAccount"]
    assert (account.at_provider["displayName"], account.at_provider["description"]) == ("b", "b")
    account.edit("description")
    assert account.for_provider["description"] == "b"
    assert world.calls() == ["PatchServiceAccount"] * 2
    assert "description" not in account.edit(description="").at_provider


@exercises("service-account-disabled")
def service_account_disabled() -> None:
    """On creation, too, but then by a second call."""
    world = World()
    account = world.service_account(disabled=True)
    assert (account.state, account.at_provider["disabled"]) == (GOOD, True)
    assert world.calls() == ["CreateServiceAccount", "DisableServiceAccount"]
    account.edit(disabled=False, displayName="x")
    assert world.calls() == ["EnableServiceAccount", "PatchServiceAccount"]
    assert account.at_provider["disabled"] is False


@exercises("service-account-fixed")
def service_account_fixed() -> None:
    """Undoing heals."""
    world = World()
    account = world.service_account()
    world.calls()
    assert account.edit(project="data").state == REFUSED
    assert account.message == (
        "update failed: async update failed: refuse to update the external resource because the following update "
        f'requires replacing it: cannot change the value of the argument "project" from "{PROJECT}" to "data"'
    )
    assert account.at_provider["id"] == ID
    assert account.edit(project=PROJECT).state == GOOD
    account.object["metadata"]["annotations"]["crossplane.io/external-name"] = "another"
    account.step()
    assert 'the argument "account_id" from "my-account" to "another"' in account.message
    assert account.external_name == "my-account"
    assert account.settle().state == GOOD
    assert world.calls() == []


@exercises("google-fixed-deleted")
def google_fixed_deleted() -> None:
    """Both kinds of things."""
    world = World()
    account, member = world.service_account(), world.member()
    world.calls()
    assert account.edit(project="elsewhere").delete().gone
    assert member.edit(role="roles/editor").delete().gone
    assert world.calls() == ["DeleteServiceAccount", "SetIamPolicy"]
    assert world.policy() == ()


@exercises("service-account-reborn")
def service_account_reborn() -> None:
    """Whoever has granted it something grants it anew, beside what is left."""
    world = World()
    first = world.service_account()
    member = world.member(member=first.at_provider["member"])
    old = first.at_provider["uniqueId"]
    assert first.delete().gone
    left = f"deleted:serviceAccount:{EMAIL}?uid={old}"
    assert world.policy() == ({"role": VIEWER, "members": [left]},)
    second = world.service_account()
    assert second.at_provider["uniqueId"] != old
    assert member.wait().state == GOOD
    assert world.policy() == ({"role": VIEWER, "members": [left, f"serviceAccount:{EMAIL}"]},)
    assert member.delete().gone
    assert world.policy() == ({"role": VIEWER, "members": [left]},)


@exercises("service-account-gone")
def service_account_gone() -> None:
    """Its policy went with it."""
    world = World()
    account = world.service_account()
    member = world.member("ServiceAccountIAMMember", serviceAccountId=ID)
    assert member.state == GOOD
    account.delete()
    world.calls()
    assert member.delete().gone
    assert world.calls() == []
    world.service_account()
    assert world.policy(ID) == ()


@exercises("denied-look")
def denied_look() -> None:
    """Ready says what it said."""
    world = World(denied={"default": ["projects/closed"]})
    account = world.service_account(project="closed")
    assert account.state == ("absent", "ReconcileError")
    name = "projects/closed/serviceAccounts/my-account@closed.iam.gserviceaccount.com"
    assert account.message == (
        f'observe failed: failed to observe the resource: [{{0 Error when reading or editing Service Account "{name}": '
        "googleapi: Error 403: Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist)., forbidden  []}]"
    )
    assert account.again is not None
    other = world.apply("ServiceAccount", {"project": "closed"}, "my-account", providerConfigRef={"name": "other"})
    assert other.state == GOOD
    assert world.service_account(project="closed-not").state == GOOD


@exercises("denied-policy")
def denied_policy() -> None:
    """A new member is refused when it is created, one that is there when it is looked at, or deleted."""
    world = World(denied={"default": ["projects/closed", "b/closed"]})
    project = world.member(project="closed")
    assert project.state == NEVER_MADE
    assert project.message == (
        "create failed: async create failed: failed to create the resource: [{0 Request `Create IAM Members roles/viewer "
        f'{MEMBER} for project "closed"` returned error: Error retrieving IAM policy for project "closed": googleapi: '
        "Error 403: The caller does not have permission, forbidden  []}]"
    )
    topic = world.member("TopicIAMMember", project="closed", topic="events")
    assert topic.message.endswith("googleapi: Error 403: The caller does not have permission  []}]")
    bucket = world.member("BucketIAMMember", bucket="closed", external_name="b/closed/x")
    assert bucket.message == (
        'observe failed: failed to observe the resource: [{0 Error when reading or editing Resource "storage bucket '
        f'\\"b/closed\\"" with IAM Member: Role "{VIEWER}" Member "{MEMBER}": Error retrieving IAM policy for storage bucket '
        '"b/closed": googleapi: Error 403: The caller does not have permission, forbidden  []}]'
    )
    assert not bucket.delete().gone

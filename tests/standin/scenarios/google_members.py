"""Members of Google's IAM policies."""

from typing import Any

from tests.standin.provider.google.targets import TARGETS
from tests.standin.scenarios.world import GOOD, MEMBER, NEVER_MADE, PROJECT, REFUSED, VIEWER, World, exercises

EMAIL = f"my-account@{PROJECT}.iam.gserviceaccount.com"
ACCOUNT_ID = f"projects/{PROJECT}/serviceAccounts/{EMAIL}"
KEY_RING = "projects/p/locations/eu/keyRings/r"
CONDITION = {"title": "until tomorrow", "expression": 'request.time < timestamp("2026-01-03T00:00:00Z")'}

NAMED: dict[str, tuple[dict[str, str], str, str]] = {
    "ProjectIAMMember": ({"project": "p"}, "projects/p", "p"),
    "FolderIAMMember": ({"folder": "12"}, "folders/12", ""),
    "OrganizationIAMMember": ({"orgId": "34"}, "organizations/34", "34"),
    "ServiceAccountIAMMember": ({"serviceAccountId": ACCOUNT_ID}, ACCOUNT_ID, ""),
    "BucketIAMMember": ({"bucket": "acme"}, "b/acme", ""),
    "ManagedFolderIAMMember": ({"bucket": "acme", "managedFolder": "a/b/"}, "b/acme/managedFolders/a/b/", ""),
    "SecretIAMMember": ({"project": "p", "secretId": "s"}, "projects/p/secrets/s", ""),
    "TopicIAMMember": ({"project": "p", "topic": "t"}, "projects/p/topics/t", ""),
    "SubscriptionIAMMember": ({"project": "p", "subscription": "s"}, "projects/p/subscriptions/s", ""),
    "ManagedZoneIAMMember": ({"project": "p", "managedZone": "z"}, "projects/p/managedZones/z", ""),
    "DatasetIAMMember": ({"project": "p", "datasetId": "d"}, "projects/p/datasets/d", ""),
    "TableIAMMember": ({"project": "p", "datasetId": "d", "tableId": "t"}, "projects/p/datasets/d/tables/t", ""),
    "KeyRingIAMMember": ({"keyRingId": KEY_RING}, KEY_RING, ""),
    "CryptoKeyIAMMember": ({"cryptoKeyId": f"{KEY_RING}/cryptoKeys/k"}, f"{KEY_RING}/cryptoKeys/k", ""),
    "InstanceIAMMember": ({"project": "p", "instance": "i"}, "projects/p/instances/i", "p/i"),
    "DatabaseIAMMember": ({"project": "p", "instance": "i", "database": "d"}, "projects/p/instances/i/databases/d", "p/i/d"),
    "RegistryRepositoryIAMMember": (
        {"project": "p", "location": "eu", "repository": "r"},
        "projects/p/locations/eu/repositories/r",
        "",
    ),
    "ServiceIAMMember": (
        {"project": "p", "location": "eu", "service": "s"},
        "projects/p/locations/eu/services/s",
        "v1/projects/p/locations/eu/services/s",
    ),
}
"""By kind: what names the resource in the spec, its name in Google's API, and Terraform's id where that is another."""


@exercises("member-created")
def member_created() -> None:
    """Every kind."""
    assert list(NAMED) == [target.kind for target in TARGETS]
    world = World()
    world.service_account()
    for kind, (named, resource, terraform) in NAMED.items():
        member = world.member(kind, **named)
        assert member.state == GOOD
        assert member.external_name == member.at_provider["id"] == f"{terraform or resource}/{VIEWER}/{MEMBER}"
        assert world.policy(resource) == ({"role": VIEWER, "members": [MEMBER]},)
        assert member.wait(3600).again is None
        assert member.delete().gone
        assert world.policy(resource) == ()
    assert world.calls() == ["CreateServiceAccount", *["SetIamPolicy"] * 2 * len(NAMED)]


@exercises("member-qualified")
def member_qualified() -> None:
    """Where Terraform's updater writes it."""
    world = World()
    bucket = world.member("BucketIAMMember", bucket="acme")
    assert (bucket.for_provider["bucket"], bucket.at_provider["bucket"]) == ("acme", "b/acme")
    secret = world.member("SecretIAMMember", secretId="s")
    assert secret.at_provider["secretId"] == f"projects/{PROJECT}/secrets/s"
    assert secret.for_provider["project"] == PROJECT
    dataset = world.member("DatasetIAMMember", datasetId="d")
    assert (dataset.at_provider["datasetId"], dataset.for_provider["project"]) == ("d", PROJECT)
    spanner = world.member("InstanceIAMMember", instance="i")
    assert "project" not in spanner.for_provider
    assert spanner.at_provider["id"] == f"{PROJECT}/i/{VIEWER}/{MEMBER}"
    elsewhere = world.member("SecretIAMMember", secretId="projects/data/secrets/s")
    assert elsewhere.state == GOOD
    assert elsewhere.for_provider["project"] == "data"
    assert world.policy("projects/data/secrets/s") == ({"role": VIEWER, "members": [MEMBER]},)


@exercises("member-case")
def member_case() -> None:
    """In what is sent, that of the others in the policy too; principals keep theirs."""
    world = World()
    pool = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/X/sa/Y"
    world.grant("group:Team@example.com", "allUsers", pool)
    member = world.member(member="user:Jane@Example.com")
    assert member.external_name == f"data/{VIEWER}/{MEMBER}"
    assert member.at_provider["member"] == MEMBER
    assert world.policy() == ({"role": VIEWER, "members": ["allUsers", "group:team@example.com", pool, MEMBER]},)
    assert (member.state, member.for_provider["member"]) == (GOOD, "user:Jane@Example.com")


@exercises("member-condition")
def member_condition() -> None:
    """Two of one role are two bindings, and go one by one."""
    world = World()
    plain = world.member()
    bound = world.member(condition=CONDITION)
    described = world.member(condition={**CONDITION, "description": "For now"})
    title, expression = CONDITION["title"], CONDITION["expression"]
    assert bound.external_name == f"data/{VIEWER}/{MEMBER}/{title}//{expression}"
    assert described.external_name == f"data/{VIEWER}/{MEMBER}/{title}/For now/{expression}"
    assert bound.at_provider["condition"] == CONDITION
    assert [binding.get("condition") for binding in world.policy()] == [
        None,
        CONDITION,
        {**CONDITION, "description": "For now"},
    ]
    assert bound.delete().gone
    assert plain.delete().gone
    assert world.policy() == ({"role": VIEWER, "members": [MEMBER], "condition": {**CONDITION, "description": "For now"}},)


@exercises("member-there-already")
def member_there_already() -> None:
    """And so is what somebody else granted taken away with it."""
    world = World()
    world.grant(MEMBER)
    member = world.member()
    assert member.state == GOOD
    assert world.calls() == ["SetIamPolicy"] * 2
    assert world.policy() == ({"role": VIEWER, "members": [MEMBER]},)
    assert member.delete().gone
    assert world.policy() == ()


@exercises("member-others-stay")
def member_others_stay() -> None:
    """Of the same binding and of other ones."""
    world = World()
    other = {"role": "roles/owner", "members": ["user:boss@example.com"], "condition": CONDITION}
    world.grant("user:boss@example.com", role="roles/owner", condition=CONDITION)
    world.grant("user:other@example.com")
    member = world.member()
    assert world.policy() == (other, {"role": VIEWER, "members": [MEMBER, "user:other@example.com"]})
    assert member.delete().gone
    assert world.policy() == (other, {"role": VIEWER, "members": ["user:other@example.com"]})


@exercises("member-etag")
def member_etag() -> None:
    """It is the policy's, and datasets have none."""
    world = World()
    member = world.member()
    etag = member.at_provider["etag"]
    world.member(role="roles/editor")
    assert member.wait().at_provider["etag"] != etag
    assert "etag" not in world.member("DatasetIAMMember", datasetId="d").at_provider


@exercises("member-fixed")
def member_fixed() -> None:
    """Every field."""
    world = World()
    edits: dict[str, Any] = {"role": "roles/editor", "member": "user:x@example.com", "project": "other"}
    for field, new in edits.items():
        member = world.member()
        old = member.for_provider[field]
        world.calls()
        assert member.edit(**{field: new}).state == REFUSED
        assert member.message == (
            "update failed: async update failed: refuse to update the external resource because the following update "
            f'requires replacing it: cannot change the value of the argument "{field}" from "{old}" to "{new}"'
        )
        assert member.wait(60).state == REFUSED
        assert member.edit(**{field: old}).state == GOOD
        assert world.calls() == []
    bound = world.member(condition=CONDITION)
    assert bound.edit(condition={**CONDITION, "title": "x"}).state == REFUSED
    assert 'the argument "condition.0.title" from "until tomorrow" to "x"' in bound.message
    assert bound.edit(condition=CONDITION).state == GOOD
    plain = world.member()
    assert 'the argument "condition.#" from "0" to "1"' in plain.edit(condition=CONDITION).message
    assert [binding.get("condition") for binding in world.policy()] == [None, CONDITION]


@exercises("member-condition-revived")
def member_condition_revived() -> None:
    """One pass refuses it, the next finds that all is well."""
    world = World()
    bound = world.member(condition=CONDITION)
    del bound.for_provider["condition"]
    bound.step()
    assert (bound.state, bound.for_provider["condition"]) == (REFUSED, CONDITION)
    assert 'the argument "condition.#" from "1" to "0"' in bound.message
    assert bound.settle().state == GOOD


@exercises("member-same")
def member_same() -> None:
    """Nothing is called."""
    world = World()
    project, bucket, topic = (
        world.member(),
        world.member("BucketIAMMember", bucket="acme"),
        world.member("TopicIAMMember", topic="t"),
    )
    world.calls()
    assert project.edit(member="user:JANE@example.com", project="projects/data").state == GOOD
    assert bucket.edit(bucket="b/acme").state == GOOD
    assert topic.edit(topic=f"projects/{PROJECT}/topics/t").state == GOOD
    assert topic.edit(topic="projects/data/topics/t").state == REFUSED
    assert world.calls() == []


@exercises("member-templated")
def member_templated() -> None:
    """Nothing is called; the id says how it was found."""
    world = World()
    world.grant(MEMBER, resource="projects/data/datasets/d")
    world.grant(MEMBER, resource="projects/data/datasets/d/tables/t")
    world.calls()
    dataset = world.member("DatasetIAMMember", project="data", datasetId="d")
    assert (dataset.state, dataset.external_name) == (GOOD, f"d {VIEWER} {MEMBER}")
    table = world.member("TableIAMMember", project="data", datasetId="d", tableId="t")
    assert (table.state, table.external_name) == (GOOD, f"projects/data/datasets/d/tables/t {MEMBER}")
    assert dataset.wait(3600).again is None
    assert world.calls() == []
    assert dataset.delete().gone
    assert world.policy("projects/data/datasets/d") == ()


@exercises("member-adopted")
def member_adopted() -> None:
    """Whatever it is set to; without one that is looked at only is never found."""
    world = World()
    world.grant(MEMBER)
    world.calls()
    member = world.member(external_name="anything")
    assert (member.state, member.at_provider["id"]) == (GOOD, "anything")
    assert world.calls() == []
    fields = {"project": "data", "role": VIEWER, "member": MEMBER}
    assert world.apply("ProjectIAMMember", fields, managementPolicies=["Observe"]).state == ("absent", "ReconcileError")
    assert world.apply("ProjectIAMMember", fields, "anything", managementPolicies=["Observe"]).state == GOOD


@exercises("member-taken-out")
def member_taken_out() -> None:
    """At its next event."""
    world = World()
    member = world.member()
    world.cloud.call("SetIamPolicy", "", "", world.now, {"resource": "projects/data", "bindings": []})
    world.calls()
    assert member.wait().state == GOOD
    assert world.calls() == ["SetIamPolicy"]
    assert world.policy() == ({"role": VIEWER, "members": [MEMBER]},)


@exercises("member-account-missing")
def member_account_missing() -> None:
    """Granted as soon as it is there. Each API ends in its own way; agents of Google and identity pools are all there."""
    world = World()
    account = f"serviceAccount:{EMAIL}"
    project = world.member(member=account)
    assert project.state == NEVER_MADE
    said = f"googleapi: Error 400: Service account {EMAIL} does not exist."
    assert project.message == (
        f"create failed: async create failed: failed to create the resource: [{{0 Request `Create IAM Members {VIEWER} {account} "
        'for project "data"` returned error: Error applying IAM policy for project "data": Error setting IAM policy for project '
        f'"data": {said}, badRequest  []}}]'
    )
    bucket = world.member("BucketIAMMember", bucket="acme", member=account)
    wrapped = 'Error applying IAM policy for storage bucket "b/acme": Error setting IAM policy for storage bucket "b/acme"'
    assert f"[{{0 {wrapped}: {said}, invalid  []}}]" in bucket.message
    topic = world.member("TopicIAMMember", topic="t", member=account)
    assert topic.message.endswith(f"{said}  []}}]")
    dataset = world.member("DatasetIAMMember", project="data", datasetId="d", member=account)
    said = f"IAM setPolicy failed for Dataset data:d: Service account {EMAIL} does not exist., invalid"
    assert f"Bigquery Dataset data/d: Error creating DatasetAccess: googleapi: Error 400: {said}" in dataset.message
    assert world.calls() == ["SetIamPolicy 400"] * 4
    assert project.wait(60).state == NEVER_MADE
    assert world.calls() == []
    world.service_account()
    assert [thing.wait().state for thing in (project, bucket, topic, dataset)] == [GOOD] * 4
    for member in ("service-12@gcp-sa-pubsub.iam.gserviceaccount.com", "data.svc.id.goog[apps/web]"):
        assert world.member(member=f"serviceAccount:{member}").state == GOOD


@exercises("member-account-new")
def member_account_new() -> None:
    """As a member, and as what is shared; other members are not held up."""
    world = World(lag_new_service_accounts=60)
    account = world.service_account()
    project = world.member(member=account.at_provider["member"])
    shared = world.member("ServiceAccountIAMMember", serviceAccountId=ACCOUNT_ID)
    assert account.state == world.member(role="roles/editor").state == GOOD
    assert f"Error 400: Service account {EMAIL} does not exist., badRequest" in project.message
    wrapped = f"Error applying IAM policy for service account '{ACCOUNT_ID}': Error setting IAM policy for service account '{ACCOUNT_ID}'"
    denied = "Permission 'iam.serviceAccounts.setIamPolicy' denied on resource (or it may not exist)."
    assert f"[{{0 {wrapped}: googleapi: Error 403: {denied}, forbidden  []}}]" in shared.message
    assert [thing.wait(59).state for thing in (project,)] == [NEVER_MADE]
    assert [thing.wait(1).state for thing in (project, shared)] == [GOOD, GOOD]


@exercises("member-of-missing-account")
def member_of_missing_account() -> None:
    """Created when it is there."""
    world = World()
    shared = world.member("ServiceAccountIAMMember", serviceAccountId=ACCOUNT_ID)
    assert shared.state == NEVER_MADE
    assert shared.message == (
        "create failed: async create failed: failed to create the resource: [{0 Error retrieving IAM policy for service account "
        f"'{ACCOUNT_ID}': googleapi: Error 404: Unknown service account, notFound  []}}]"
    )
    world.service_account()
    assert shared.wait().state == GOOD


@exercises("dataset-condition")
def dataset_condition() -> None:
    """Terraform refuses it before Google could."""
    world = World()
    dataset = world.member("DatasetIAMMember", project="p", datasetId="d", condition=CONDITION)
    assert dataset.state == NEVER_MADE
    said = "Error applying IAM policy for Bigquery Dataset p/d: IAM conditions not allowed on BigQuery Dataset IAM"
    assert f"[{{0 {said}  []}}]" in dataset.message
    assert world.calls() == []


@exercises("member-deletion-refused")
def member_deletion_refused() -> None:
    """It stays, in both places."""
    world = World(denied={"other": ["projects/data"]})
    member = world.member()
    member.object["spec"]["providerConfigRef"] = {"name": "other"}
    assert not member.delete().gone
    assert "Error 403: The caller does not have permission, forbidden" in member.message
    assert world.policy() == ({"role": VIEWER, "members": [MEMBER]},)

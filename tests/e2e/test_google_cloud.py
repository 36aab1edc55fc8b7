"""Google Cloud: who is granted what, in the policies of the stand-in's Google, and what an edit asks of it in which order."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.controlplane.kubectl import Kubectl, Refused
from tests.controlplane.plane import ControlPlane
from tests.e2e.audit import Audit
from tests.e2e.conftest import NewIdentity
from tests.e2e.following import following
from tests.e2e.identities import FLAVOURS, GROUP, VERSION, Identity, Managed
from tests.e2e.planes import standin_with
from tests.e2e.specs import (
    SPANNER_VIEWER,
    WORKLOAD_IDENTITY_USER,
    Spec,
    example,
    existing_members,
    existing_service_account,
    google_spec,
)
from tests.standin.cloud.calls import Entry

_NO_DELETE = ["Observe", "Create", "Update", "LateInitialize"]
_UNTIL_2027 = {"title": "until 2027", "expression": 'request.time < timestamp("2027-01-01T00:00:00Z")'}
_UNTIL_2028 = {"title": "until 2028", "expression": 'request.time < timestamp("2028-01-01T00:00:00Z")'}


@pytest.fixture
def identity(identity: Identity, google: None) -> Identity:
    """One in Google Cloud."""
    return replace(identity, provider="gcp")


def _project(identity: Identity) -> str:
    """A project that no other identity is in."""
    return f"customer-{identity.namespace}"


def _email(project: str, account_id: str) -> str:
    return f"{account_id}@{project}.iam.gserviceaccount.com"


def _account(project: str, account_id: str) -> str:
    """What IAM calls a service account."""
    return f"projects/{project}/serviceAccounts/{_email(project, account_id)}"


def _pod(identity: Identity, name: str = "reader") -> str:
    return f"serviceAccount:prod-436507.svc.id.goog[{identity.namespace}/{name}]"


def _uids(composed: dict[str, Managed]) -> dict[str, str]:
    return {key: managed.uid for key, managed in composed.items()}


def _calls(identity: Identity, uids: set[str], start: int = 0) -> list[Entry]:
    """The calls that were made for managed resources, and done."""
    return [entry for entry in identity.google().entries[start:] if entry.by in uids and entry.error is None]


# Edits


def _edit(identity: Identity, written: Spec) -> tuple[Managed, Managed]:
    """Write an edit by which one managed resource takes another's place; the old one, and the new one."""
    before, start, audit = identity.composed(), len(identity.google().entries), Audit.now(identity.plane.places)
    identity.apply(written)
    identity.until(lambda: _one_replaced(before, identity.composed()), "with one managed resource in another's place")
    identity.settle()
    after = identity.composed()
    (old,), (new,) = (before[key] for key in before.keys() - after), (after[key] for key in after.keys() - before)
    assert _uids(before).items() - _uids(after).items() == {(old.key, old.uid)}
    assert _uids(after).items() - _uids(before).items() == {(new.key, new.uid)}
    ours = {managed.uid for managed in (*before.values(), *after.values())}
    # What Crossplane lets go it takes its labels from, and it is gone a moment later.
    identity.until(lambda: {entry.by for entry in _calls(identity, ours, start)} >= {old.uid, new.uid}, "without the old one")
    _check_order(audit, old, new)
    # Of the calls in Google one takes the old member away and one adds the new one. Crossplane waits for neither, so which is first
    # is up to the provider; where both are of one kind, the stand-in hears of the deletion first.
    calls = _calls(identity, ours, start)
    assert [entry.call for entry in calls] == ["SetIamPolicy", "SetIamPolicy"]
    if old.kind == new.kind:
        assert [entry.by for entry in calls] == [old.uid, new.uid]
    return old, new


def _one_replaced(before: dict[str, Managed], now: dict[str, Managed]) -> bool:
    return len(before) == len(now) == len(before.keys() & now) + 1


def _check_order(audit: Audit, old: Managed, new: Managed) -> None:
    """Crossplane deletes what is left out before it applies anything else: for a moment pods have neither role."""
    assert [write.name for write in audit.deletions()] == [old.name]
    writes = [(write.verb, write.name) for write in audit.writes() if write.user == "crossplane" and write.managed]
    assert writes.index(("delete", old.name)) < next(i for i, (_, name) in enumerate(writes) if name == new.name)


def test_an_edit_replaces_one_member_and_touches_nothing_else(identity: Identity) -> None:
    project, bucket, folder = _project(identity), f"reports-{identity.namespace}", "monthly/"
    member = f"serviceAccount:{_email(project, 'reports')}"

    def written(role: dict[str, Any], *names: str) -> Spec:
        roles = [{"role": SPANNER_VIEWER}, role]
        return google_spec(project, *names, serviceAccount={"accountId": "reports"}, roles=roles)

    viewer = {"role": "roles/storage.objectViewer", "on": {"bucket": bucket}}
    user = viewer | {"role": "roles/storage.objectUser"}
    identity.apply(written(viewer))
    identity.settle()
    assert identity.google().policy(f"b/{bucket}") == ({"role": viewer["role"], "members": [member]},)
    assert len(identity.composed()) == 4

    _edit(identity, written(user))
    assert identity.google().policy(f"b/{bucket}") == ({"role": user["role"], "members": [member]},)

    for condition in (_UNTIL_2027, _UNTIL_2028):
        _edit(identity, written(user | {"condition": condition}))
        granted = {"role": user["role"], "members": [member], "condition": condition}
        assert identity.google().policy(f"b/{bucket}") == (granted,)

    _edit(identity, written(user))
    assert identity.google().policy(f"b/{bucket}") == ({"role": user["role"], "members": [member]},)

    within = user | {"on": {"managedFolder": {"bucket": bucket, "folder": folder}}}
    old, new = _edit(identity, written(within))
    assert (old.kind, new.kind) == ("BucketIAMMember", "ManagedFolderIAMMember")
    assert identity.google().policy(f"b/{bucket}") == ()
    assert identity.google().roles(member) == {
        f"projects/{project}": [SPANNER_VIEWER],
        f"b/{bucket}/managedFolders/{folder}": [user["role"]],
    }

    old, new = _edit(identity, written(within, "author"))
    assert (old.kind, new.kind) == ("ServiceAccountIAMMember", "ServiceAccountIAMMember")
    admitted = {"role": WORKLOAD_IDENTITY_USER, "members": [_pod(identity, "author")]}
    assert identity.google().policy(_account(project, "reports")) == (admitted,)
    assert identity.conditions()["BindingsReady"][:2] == ("True", "Available")


# The service account


def test_a_service_account_goes_after_its_members(new_identity: NewIdentity, google: None) -> None:
    """On an edit of its id and on deletion; a member that outlives it stays in the policy as `deleted:`, and nobody finds it.

    Both flavours at once, since Usages take their time.
    """
    both = [replace(new_identity(flavour), provider="gcp") for flavour in FLAVOURS.values()]
    for identity in both:
        identity.apply(_ordered(identity, "before"))
    old = [_settled(identity) for identity in both]
    for identity in both:
        identity.apply(_ordered(identity, "afterwards"))
    for identity, before in zip(both, old, strict=True):
        project = _project(identity)
        _until_accounts(identity, ["afterwards"])
        identity.settle()
        assert identity.google().members(_account(project, "afterwards"), WORKLOAD_IDENTITY_USER) == [_pod(identity)]
        granted = {"role": SPANNER_VIEWER, "members": [f"serviceAccount:{_email(project, 'afterwards')}"]}
        assert identity.google().policy(f"projects/{project}") == (granted,)
        _check_account_went_last(identity, before)
        assert _uids(before).keys().isdisjoint(identity.composed())
    new = [_settled(identity) for identity in both]
    for identity in both:
        identity.delete()
    for identity, after in zip(both, new, strict=True):
        identity.wait_gone()
        assert identity.google().account_ids(_project(identity)) == []
        assert identity.google().policy(f"projects/{_project(identity)}") == ()
        _check_account_went_last(identity, after)
    for identity in both:
        identity.until(partial(_without_usages, identity), "without Usages")


def _without_usages(identity: Identity) -> bool:
    return not identity.usages()


def _ordered(identity: Identity, account_id: str) -> Spec:
    gcp = {"serviceAccount": {"accountId": account_id}, "roles": [{"role": SPANNER_VIEWER}]}
    return google_spec(_project(identity), **gcp) | {"deletionOrder": "Ordered"}


def _settled(identity: Identity) -> dict[str, Managed]:
    """What is composed for it once it is ready, its Usages too."""
    identity.settle()
    identity.until(lambda: len(identity.usages()) == 2, "with a Usage for each member")
    return identity.composed()


def _until_accounts(identity: Identity, account_ids: list[str]) -> None:
    project = _project(identity)
    identity.until(lambda: identity.google().account_ids(project) == account_ids, f"with {account_ids} in Google")


def _check_account_went_last(identity: Identity, composed: dict[str, Managed]) -> None:
    calls = [entry.call for entry in _calls(identity, {managed.uid for managed in composed.values()})]
    assert calls[-3:] == ["SetIamPolicy", "SetIamPolicy", "DeleteServiceAccount"]


def test_a_derived_account_id_stays_and_can_be_handed_over(identity: Identity, audit: Audit) -> None:
    project, roles = _project(identity), [{"role": SPANNER_VIEWER}]
    identity.apply(google_spec(project, roles=roles))
    identity.settle()
    email, before = identity.read()["status"]["gcp"]["serviceAccountEmail"], identity.composed()
    account_id = email.partition("@")[0]
    assert account_id.startswith(f"{identity.namespace}-reports-")
    # Derived from who owns it: nothing that is written has a part in it, and writing it out changes nothing.
    identity.apply(google_spec(project, roles=roles, serviceAccount={"displayName": "Reports"}))
    identity.until(lambda: identity.google().service_account(project, account_id).display_name == "Reports", "renamed")
    identity.apply(google_spec(project, roles=roles, serviceAccount={"accountId": account_id}))
    identity.until(lambda: not identity.google().service_account(project, account_id).display_name, "without a name")
    identity.settle()
    assert _uids(identity.composed()) == _uids(before)

    policy = identity.google().policy(f"projects/{project}")
    handed_over = google_spec(project, roles=roles, serviceAccount={"email": email})
    identity.apply(handed_over)
    identity.wait_refused()
    assert identity.conditions()["SpecValid"] == (
        "False",
        "Invalid",
        "spec.gcp.serviceAccount.email: is the service account that is composed here, which would be deleted; to hand it over, "
        "take Delete out of spec.managementPolicies first (Observe, Create, Update, LateInitialize), and then name its email",
    )
    assert identity.conditions()["BindingsReady"][0] == "True"
    assert _uids(identity.composed()) == _uids(before)
    assert not audit.deletions()

    identity.apply(google_spec(project, roles=roles) | {"managementPolicies": _NO_DELETE})
    identity.until(
        lambda: all(managed.spec["managementPolicies"] == _NO_DELETE for managed in identity.composed().values()), "kept"
    )
    identity.settle()
    identity.apply(handed_over)
    identity.until(lambda: not identity.of_kind("ServiceAccount"), "without a service account of its own")
    identity.settle()
    assert identity.google().account_ids(project) == [account_id]
    assert identity.google().policy(f"projects/{project}") == policy
    assert [write.name for write in audit.deletions()] == [m.name for m in before.values() if m.kind == "ServiceAccount"]
    assert _uids(identity.composed()).items() <= _uids(before).items()


def test_an_existing_service_account_is_neither_changed_nor_deleted(identity: Identity) -> None:
    project, _, account_id = existing_service_account(identity.flavour.name).partition("/")
    email, account = _email(project, account_id), _account(project, account_id)
    before = {resource: identity.google().policy(resource) for resource in (account, f"projects/{project}")}
    (pod,) = (member for resource, _, member in existing_members(identity.flavour.name) if resource == account)
    found = identity.google().service_account(project, account_id)

    identity.apply(google_spec(project, serviceAccount={"email": email}, roles=[{"role": SPANNER_VIEWER}]))
    identity.settle()
    assert identity.read()["status"]["gcp"]["serviceAccountEmail"] == email
    assert f"{email} is somebody else's" in identity.conditions()["BindingsReady"][2]
    assert sorted(managed.kind for managed in identity.composed().values()) == ["ProjectIAMMember", "ServiceAccountIAMMember"]
    google = identity.google()
    assert google.members(account, WORKLOAD_IDENTITY_USER) == sorted([pod, _pod(identity)])
    assert google.members(f"projects/{project}", SPANNER_VIEWER) == [f"serviceAccount:{email}", "user:dba@example.com"]

    identity.delete()
    identity.wait_gone()
    google = identity.google()
    assert google.service_account(project, account_id) == found
    assert {resource: google.policy(resource) for resource in before} == before
    names = {entry.arguments.get("name") for entry in google.entries if entry.call.endswith("ServiceAccount")}
    assert account not in names


def test_a_new_service_account_is_waited_for(plane: ControlPlane, new_identity: NewIdentity, google: None) -> None:
    """Google's IAM knows of a new service account after a minute; the stand-in after eight seconds, and nobody does anything."""
    both = [replace(new_identity(flavour), provider="gcp") for flavour in FLAVOURS.values()]
    with (
        standin_with(plane, "--lag-new-service-accounts=8"),
        following(plane.places, GROUP, VERSION, "podidentities") as xrs,
        following(plane.places, GROUP, VERSION, "xpodidentities") as of_claims,
    ):
        for identity in both:
            identity.apply(google_spec(_project(identity), roles=[{"role": SPANNER_VIEWER}]))
        for identity in both:
            identity.until(partial(_propagating, identity), "said to wait for Google")
            status, _, message = identity.conditions()["BindingsReady"]
            assert status == "False"
            assert "a new service account is known everywhere after about a minute, and a policy after two to seven" in message
            assert identity.conditions()["Ready"][0] == "False"
        for identity in both:
            identity.settle()
            assert identity.conditions()["BindingsReady"][:2] == ("True", "Available")
    names = {f"{xr['metadata'].get('namespace', '')}/{xr['metadata']['name']}" for xr in (identity.xr() for identity in both)}
    assert not names & {*xrs.troubled, *of_claims.troubled}


def _propagating(identity: Identity) -> bool:
    return identity.our_conditions().get("BindingsReady", ("", ""))[1] == "Propagating"


# Modes


def test_roles_are_granted_to_the_pods_themselves_and_back(identity: Identity) -> None:
    direct, project, bucket = example("gcp-direct"), _project(identity), f"lake-{identity.namespace}"
    direct["gcp"]["projectId"] = project
    direct["gcp"]["roles"][0]["on"]["bucket"] = bucket
    direct["gcp"]["roles"][2]["on"]["projectId"] = project
    pool = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/prod-436507.svc.id.goog"
    pods = f"principal:{pool}/subject/ns/{identity.namespace}/sa/reports"
    impersonating = direct | {"deletionOrder": "None", "gcp": {name: v for name, v in direct["gcp"].items() if name != "mode"}}

    def roles(member: str, in_dataset: str) -> dict[str, list[str]]:
        found = identity.google()
        # An access list of BigQuery's has its principals in another form.
        return {resource: found.roles(in_dataset if "/datasets/" in resource else member)[resource] for resource in granted}

    granted = {
        f"b/{bucket}": ["roles/storage.objectViewer"],
        f"projects/{project}/datasets/sales": ["roles/bigquery.dataViewer"],
        f"projects/{project}": ["roles/bigquery.jobUser"],
    }
    identity.apply(direct)
    identity.settle()
    assert roles(pods, f"iamMember:{pods}") == granted
    status = identity.read()["status"]
    assert (status["identity"], status["gcp"]) == (pods, {"principals": [pods]})
    assert "must not carry the annotation" in identity.conditions()["BindingsReady"][2]
    assert not identity.usages()

    identity.apply(impersonating)
    identity.until(lambda: identity.of_kind("ServiceAccount") and len(identity.composed()) == 5, "with a service account")
    identity.settle()
    email = identity.read()["status"]["gcp"]["serviceAccountEmail"]
    assert roles(f"serviceAccount:{email}", f"serviceAccount:{email}") == granted
    identity.until(lambda: not identity.google().roles(pods), "without roles of the pods themselves")

    identity.apply(direct)
    identity.until(lambda: not identity.of_kind("ServiceAccount") and len(identity.composed()) == 3, "without one")
    identity.settle()
    assert roles(pods, f"iamMember:{pods}") == granted
    _until_accounts(identity, [])


def test_roles_on_every_kind_of_resource(identity: Identity) -> None:
    written, account_id = example("gcp-roles"), f"everything-{identity.namespace}"
    written["gcp"]["serviceAccount"]["accountId"] = account_id
    identity.apply(written)
    identity.settle()
    project = "projects/customer-project"
    assert identity.google().roles(f"serviceAccount:{_email('customer-project', account_id)}") == {
        "b/customer-reports": ["roles/storage.objectViewer"],
        "b/customer-reports/managedFolders/drafts/": ["roles/storage.objectUser"],
        "customer-project/europe-west1/reports": ["roles/cloudkms.viewer"],
        "customer-project/europe-west1/reports/at-rest": ["roles/cloudkms.cryptoKeyDecrypter"],
        "folders/987654321098": ["roles/resourcemanager.folderViewer"],
        "organizations/123456789012": ["organizations/123456789012/roles/auditor"],
        project: ["roles/monitoring.metricWriter"],
        f"{project}/datasets/sales": ["roles/bigquery.dataViewer"],
        f"{project}/datasets/sales/tables/orders": ["projects/customer-project/roles/orderReader"],
        f"{project}/instances/orders": ["roles/spanner.viewer"],
        f"{project}/instances/orders/databases/main": ["roles/spanner.databaseReader"],
        f"{project}/locations/europe/repositories/images": ["roles/artifactregistry.reader"],
        f"{project}/locations/europe-west1/services/render": ["roles/run.invoker"],
        f"{project}/managedZones/example-com": ["roles/dns.reader"],
        f"{project}/secrets/reports-api-key": ["roles/secretmanager.secretAccessor"],
        f"{project}/topics/reports": ["roles/pubsub.publisher"],
        "projects/events-project/subscriptions/reports-worker": ["roles/pubsub.subscriber"],
        "projects/network-project": ["roles/compute.viewer"],
    }


# What YAML makes of `on`

_BARE_ON = """
apiVersion: podidentity.dev/v1alpha1
kind: {kind}
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  clusters:
    - name: prod
      gke: {{projectId: prod-436507, location: europe-west1}}
  serviceAccounts:
    - name: reader
  gcp:
    projectId: {project}
    roles:
      - role: roles/storage.objectViewer
        {on}: {{bucket: reports}}
"""


def test_on_without_quotes_is_refused(identity: Identity) -> None:
    """Dropped as an unknown field it would grant the role on the whole project."""
    kubectl, project = Kubectl(identity.plane.places), _project(identity)
    facts = {"kind": identity.flavour.kind, "name": identity.name, "namespace": identity.namespace, "project": project}
    ways = ((), ("--validate=false",), ("--server-side", "--force-conflicts", "--validate=false"))

    def refused(*options: str) -> None:
        with pytest.raises(Refused, match='YAML reads on without quotes as true: write "on"'):
            kubectl("apply", *options, "-f", "-", stdin=_BARE_ON.format(on="on", **facts))

    for options in ways:
        refused(*options)
    assert not identity.read()
    kubectl("apply", "-f", "-", stdin=_BARE_ON.format(on='"on"', **facts))
    identity.settle()
    for options in ways:
        refused(*options)
    assert identity.read()["spec"]["gcp"]["roles"] == [{"role": "roles/storage.objectViewer", "on": {"bucket": "reports"}}]
    identity.settle()
    assert not identity.google().policy(f"projects/{project}")

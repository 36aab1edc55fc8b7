"""Google Cloud: who is granted what, in the policies of the stand-in's Google, and what an edit asks of it in which order."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from tests.controlplane.kubectl import Kubectl, Refused
from tests.controlplane.plane import ControlPlane
from tests.e2e.audit import Audit
from tests.e2e.conftest import NewIdentity
from tests.e2e.identities import FLAVOURS, Identity, Managed
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


@pytest.fixture
def identity(identity: Identity, google: ControlPlane) -> Identity:
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


def _deleted(identity: Identity, audit: Audit) -> list[str]:
    """What of an identity's was asked to be deleted; Usages of others replay their deletions for a while."""
    found = audit.deletions()
    if identity.flavour == FLAVOURS["xr"]:
        return sorted({write.name for write in found if write.namespace == identity.namespace})
    name = identity.xr()["metadata"]["name"]
    return sorted({write.name for write in found if not write.namespace and write.name.startswith(f"{name}-")})


# What is granted


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


def test_on_without_anything_is_refused(new_identity: NewIdentity, google: ControlPlane) -> None:
    """An API server takes away nulls that a schema does not name, and would have granted the role on the whole project.

    kubectl does so itself where it applies on its own side, and Crossplane where it copies a claim: there nothing can be refused.
    """
    identity = replace(new_identity(FLAVOURS["xr"]), provider="gcp")
    kubectl, project = Kubectl(identity.plane.places), _project(identity)
    facts = {"kind": identity.flavour.kind, "name": identity.name, "namespace": identity.namespace, "project": project}
    good, empty = _BARE_ON.format(on='"on"', **facts), _BARE_ON.format(on='"on"', **facts).replace("{bucket: reports}", "")
    assert empty != good
    kubectl("apply", "--server-side", "-f", "-", stdin=good)
    identity.settle()
    kubectl("apply", "--server-side", "-f", "-", stdin=empty)
    identity.wait_refused()
    assert "spec.gcp.roles[0].on: is null" in identity.conditions()["SpecValid"][2]
    assert not identity.google().policy(f"projects/{project}")
    kubectl("apply", "--server-side", "-f", "-", stdin=good)
    identity.until(lambda: identity.conditions()["SpecValid"][0] == "True", "healed")
    identity.settle()


# The service account


def test_a_derived_account_id_stays(identity: Identity, audit: Audit) -> None:
    """It comes from who owns it alone; and writing it out changes nothing."""
    project = _project(identity)
    identity.apply(google_spec(project))
    identity.settle()
    email, before = identity.read()["status"]["gcp"]["serviceAccountEmail"], identity.composed()
    account_id = email.partition("@")[0]
    assert account_id.startswith(f"{identity.namespace}-reports-")
    identity.apply(google_spec(project, serviceAccount={"displayName": "Reports"}))
    identity.until(lambda: identity.google().service_account(project, account_id).display_name == "Reports", "named in Google")
    identity.apply(google_spec(project, serviceAccount={"accountId": account_id}))
    identity.until(lambda: not identity.google().service_account(project, account_id).display_name, "without a name in Google")
    identity.settle()
    assert _uids(identity.composed()) == _uids(before)
    assert not _deleted(identity, audit)


def test_a_service_account_that_would_go_is_not_handed_over(identity: Identity, audit: Audit) -> None:
    project, roles = _project(identity), [{"role": SPANNER_VIEWER}]
    identity.apply(google_spec(project, roles=roles))
    identity.settle()
    email, before = identity.read()["status"]["gcp"]["serviceAccountEmail"], identity.composed()
    identity.apply(google_spec(project, roles=roles, serviceAccount={"email": email}))
    identity.wait_refused()
    assert identity.conditions()["SpecValid"] == (
        "False",
        "Invalid",
        "spec.gcp.serviceAccount.email: is the service account that is composed here, which would be deleted; to hand it over, "
        "take Delete out of spec.managementPolicies first (Observe, Create, Update, LateInitialize), and then name its email",
    )
    assert identity.conditions()["BindingsReady"][0] == "True"
    assert _uids(identity.composed()) == _uids(before)
    assert not _deleted(identity, audit)
    identity.apply(google_spec(project, roles=roles) | {"managementPolicies": _NO_DELETE})
    identity.until(lambda: all(m.spec["managementPolicies"] == _NO_DELETE for m in identity.composed().values()), "kept")


def test_a_service_account_is_handed_over_when_it_would_stay(identity: Identity, audit: Audit) -> None:
    project, roles = _project(identity), [{"role": SPANNER_VIEWER}]
    identity.apply(google_spec(project, roles=roles) | {"managementPolicies": _NO_DELETE})
    identity.settle()
    email, before = identity.read()["status"]["gcp"]["serviceAccountEmail"], identity.composed()
    policy = identity.google().policy(f"projects/{project}")
    identity.apply(google_spec(project, roles=roles, serviceAccount={"email": email}))
    identity.until(lambda: not identity.of_kind("ServiceAccount"), "without a service account of its own")
    identity.settle()
    assert identity.google().account_ids(project) == [email.partition("@")[0]]
    assert identity.google().policy(f"projects/{project}") == policy
    assert _deleted(identity, audit) == [managed.name for managed in before.values() if managed.kind == "ServiceAccount"]
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


def test_a_new_service_account_is_waited_for(plane: ControlPlane, new_identity: NewIdentity, google: ControlPlane) -> None:
    """Google's IAM knows of a new service account after a minute; the stand-in after eight seconds, and nobody does anything."""
    both = [replace(new_identity(flavour), provider="gcp") for flavour in FLAVOURS.values()]
    with standin_with(plane, "--lag-new-service-accounts=8"):
        for identity in both:
            identity.apply(google_spec(_project(identity), roles=[{"role": SPANNER_VIEWER}]))
        for identity in both:
            identity.until(partial(_propagating, identity), "said to wait for Google")
            status, _, message = identity.conditions()["BindingsReady"]
            assert status == "False"
            assert "a new service account is known everywhere after about a minute, and a policy after two to seven" in message
            assert identity.conditions()["Ready"][0] == "False"
        since = [_synced_since(identity) for identity in both]
        for identity in both:
            identity.settle()
            assert identity.conditions()["BindingsReady"][:2] == ("True", "Available")
    # Nothing was ever refused: a fatal answer of the function would have changed the condition.
    assert [_synced_since(identity) for identity in both] == since
    assert {status for status, _ in since} == {"True"}


def _synced_since(identity: Identity) -> tuple[str, str]:
    """Since when the XR has been reconciled, or not."""
    (synced,) = (condition for condition in identity.xr()["status"]["conditions"] if condition["type"] == "Synced")
    return synced["status"], synced["lastTransitionTime"]


def _propagating(identity: Identity) -> bool:
    return identity.our_conditions().get("BindingsReady", ("", ""))[1] == "Propagating"


# Modes


def _pods(identity: Identity) -> str:
    """The principal of the pods of gcp-direct."""
    pool = "projects/123456789012/locations/global/workloadIdentityPools/prod-436507.svc.id.goog"
    return f"principal://iam.googleapis.com/{pool}/subject/ns/{identity.namespace}/sa/reports"


def test_roles_are_granted_to_the_pods_themselves(identity: Identity) -> None:
    written, project = example("gcp-direct"), _project(identity)
    reader, _, user = written["gcp"]["roles"]
    written["gcp"]["projectId"] = user["on"]["projectId"] = project
    reader["on"]["bucket"] = identity.namespace
    identity.apply(written)
    identity.settle()
    pods, google = _pods(identity), identity.google()
    assert google.roles(pods) == {
        f"b/{identity.namespace}": ["roles/storage.objectViewer"],
        f"projects/{project}": ["roles/bigquery.jobUser"],
    }
    # A dataset's access list has another form of principals, whose case Terraform does not keep.
    (member,) = google.members(f"projects/{project}/datasets/sales", "roles/bigquery.dataViewer")
    assert member.lower() == f"iamMember:{pods}".lower()
    status = identity.read()["status"]
    assert (status["identity"], status["gcp"]) == (pods, {"principals": [pods]})
    assert "must not carry the annotation" in identity.conditions()["BindingsReady"][2]
    assert not identity.usages()


def _in_mode(identity: Identity, mode: str) -> Spec:
    written = example("gcp-direct") | {"deletionOrder": "None"}
    written["gcp"] = {"projectId": _project(identity), "mode": mode, "roles": [{"role": SPANNER_VIEWER}]}
    return written


def test_from_the_pods_own_principals_to_a_service_account(identity: Identity) -> None:
    identity.apply(_in_mode(identity, "Direct"))
    identity.settle()
    assert _viewers(identity) == [_pods(identity)]
    identity.apply(_in_mode(identity, "Impersonate"))
    identity.until(lambda: len(identity.composed()) == 3, "with a service account")
    identity.settle()
    email = identity.read()["status"]["gcp"]["serviceAccountEmail"]
    identity.until(lambda: _viewers(identity) == [f"serviceAccount:{email}"], "without roles of the pods themselves")


def test_from_a_service_account_to_the_pods_own_principals(identity: Identity) -> None:
    identity.apply(_in_mode(identity, "Impersonate"))
    identity.settle()
    identity.apply(_in_mode(identity, "Direct"))
    identity.until(lambda: len(identity.composed()) == 1, "without a service account")
    identity.settle()
    assert _pods(identity) in _viewers(identity)
    assert identity.read()["status"]["gcp"] == {"principals": [_pods(identity)]}
    identity.until(lambda: not identity.google().account_ids(_project(identity)), "without a service account in Google")


def _viewers(identity: Identity) -> list[str]:
    return identity.google().members(f"projects/{_project(identity)}", SPANNER_VIEWER)


# Edits


@dataclass(frozen=True)
class _Edit:
    """What an edit did to the managed resources of an identity: those that went, that came and that stayed."""

    old: dict[str, Managed]
    new: dict[str, Managed]
    kept: dict[str, Managed]
    calls: list[Entry]
    """What Google was asked for all of them."""


def _edit(identity: Identity, written: Spec) -> _Edit:
    """Write an edit by which some managed resources take the place of as many others."""
    before, start, audit = identity.composed(), len(identity.google().entries), Audit.now(identity.plane.places)
    identity.apply(written)
    identity.until(lambda: before.keys() - identity.composed(), "edited")
    identity.settle()
    after = identity.composed()
    old, new = ({k: m for k, m in some.items() if k not in others} for some, others in ((before, after), (after, before)))
    kept = {key: managed for key, managed in after.items() if key in before}
    ours = {managed.uid for managed in (*before.values(), *new.values())}
    # What Crossplane lets go it takes its labels from, and it is gone a moment later.
    identity.until(
        lambda: {m.uid for m in old.values()} <= {entry.by for entry in _calls(identity, ours, start)}, "without the old ones"
    )
    assert len(old) == len(new)
    assert _uids(kept).items() <= _uids(before).items()
    assert _deleted(identity, audit) == sorted(managed.name for managed in old.values())
    _check_order(audit, old, new)
    return _Edit(old, new, kept, _calls(identity, ours, start))


def _check_order(audit: Audit, old: dict[str, Managed], new: dict[str, Managed]) -> None:
    """Crossplane asks for what is left out to be deleted, all of it, before it makes anything."""
    writes = [(write.verb, write.name) for write in audit.writes() if write.user == "crossplane" and write.managed]
    deleted = [writes.index(("delete", managed.name)) for managed in old.values()]
    made = [next(i for i, (_, name) in enumerate(writes) if name == managed.name) for managed in new.values()]
    assert max(deleted) < min(made)


def _until(year: int) -> dict[str, str]:
    return {"title": f"until {year}", "expression": f'request.time < timestamp("{year}-01-01T00:00:00Z")'}


_VIEWER, _USER = "roles/storage.objectViewer", "roles/storage.objectUser"
_EDITS = {
    "role": ({}, {"role": _USER}),
    "condition-added": ({}, {"condition": _until(2027)}),
    "condition-changed": ({"condition": _until(2027)}, {"condition": _until(2028)}),
    "condition-removed": ({"condition": _until(2027)}, {}),
    "target": ({}, {"on": "monthly/"}),
}


# One edit each: Crossplane's circuit breaker lets an XR have a hundred events at once, and drops an edit like any other.
@pytest.mark.parametrize(("before", "after"), _EDITS.values(), ids=_EDITS)
def test_an_edited_role_is_another_member_and_nothing_else_is_touched(
    identity: Identity, before: dict[str, Any], after: dict[str, Any]
) -> None:
    project, bucket = _project(identity), f"reports-{identity.namespace}"
    member = f"serviceAccount:{_email(project, 'reports')}"

    def written(role: dict[str, Any]) -> Spec:
        on = {"managedFolder": {"bucket": bucket, "folder": role["on"]}} if "on" in role else {"bucket": bucket}
        roles = [{"role": _VIEWER} | role | {"on": on}]
        return google_spec(project, serviceAccount={"accountId": "reports"}, roles=roles)

    def granted(role: dict[str, Any]) -> dict[str, Any]:
        binding = {name: part for name, part in role.items() if name != "on"}
        resource = f"b/{bucket}/managedFolders/{role['on']}" if "on" in role else f"b/{bucket}"
        return {resource: ({"role": _VIEWER, "members": [member]} | binding,)}

    identity.apply(written(before))
    identity.settle()
    assert {f"b/{bucket}": identity.google().policy(f"b/{bucket}")} == granted(before)
    edit = _edit(identity, written(after))
    assert sorted(managed.kind for managed in edit.kept.values()) == ["ServiceAccount", "ServiceAccountIAMMember"]
    resources = sorted({f"b/{bucket}", *granted(after)})
    assert {resource: identity.google().policy(resource) for resource in resources} == {f"b/{bucket}": ()} | granted(after)
    # The old member is taken away by one call and the new one added by another. Which is first nobody can tell: a deletion waits
    # for Kubernetes' garbage collector, so pods mostly have both for a moment, and now and then neither.
    assert [entry.call for entry in edit.calls] == ["SetIamPolicy", "SetIamPolicy"]
    assert sorted(entry.by for entry in edit.calls) == sorted(m.uid for m in (*edit.old.values(), *edit.new.values()))


def test_a_renamed_kubernetes_service_account_is_another_member(identity: Identity) -> None:
    project = _project(identity)
    written = google_spec(project, "reader", serviceAccount={"accountId": "reports"}, roles=[{"role": SPANNER_VIEWER}])
    identity.apply(written)
    identity.settle()
    edit = _edit(identity, written | {"serviceAccounts": [{"name": "author"}]})
    assert [managed.kind for managed in (*edit.old.values(), *edit.new.values())] == 2 * ["ServiceAccountIAMMember"]
    assert len(edit.kept) == 2
    admitted = {"role": WORKLOAD_IDENTITY_USER, "members": [_pod(identity, "author")]}
    assert identity.google().policy(_account(project, "reports")) == (admitted,)


# Order


def test_a_service_account_goes_after_its_members(new_identity: NewIdentity, google: ControlPlane) -> None:
    """On an edit of its id and on deletion; a member that outlives it stays in the policy as `deleted:`, and nobody finds it.

    Both flavours at once: so many events come of it that Crossplane's circuit breaker mostly drops the last ones, and Ready comes with
    the next look a minute later.
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

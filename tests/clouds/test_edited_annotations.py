"""Annotations that somebody edits on managed resources: healed, or told truly. Nothing wedges, and no false text is passed on."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.clouds.aws.resource_names import role_key
from function.clouds.gcp.resource_names import account_key
from function.naming import service_account_ids
from function.observed import plain_struct
from tests.support.random_gcp import rich_gcp
from tests.support.xrs import ACCOUNT, FLAVOURS, answered, changed, desired, everything_provided

NAME, DERIVED, IMPORTED = "crossplane.io/external-name", "podidentity.dev/derived-name", "podidentity.dev/imported"
ID, OTHER_ID = "a-0123456789abcdef0", "a-victim00000000000"
CONFLICT = (
    "create failed: operation error EKS: CreatePodIdentityAssociation, https response error StatusCode: 409, RequestID: 1, "
    f"ResourceInUseException: Association already exists: {ID}"
)
TARGET = {"accountId": "444455556666", "providerConfigRef": {"name": "customer"}}
MANAGED = [{"name": "m", "path": "/team/", "description": "d", "statements": [{"actions": ["a:b"], "resources": ["*"]}]}]
EXISTING = {"cluster": "prod", "namespace": "data", "serviceAccount": "api", "id": ID}

Objects = dict[str, dict[str, Any]]

AWS = changed((("aws", "targetRole"), TARGET), (("aws", "permissions"), {"managedPolicies": MANAGED}))
AWS_WRITTEN = changed((("aws", "role"), {"name": "Mine"}), (("aws", "targetRole", "name"), "Theirs"), base=AWS)
GOOGLE_WRITTEN = changed((("deletionOrder",), "None"), base=rich_gcp())
GOOGLE = changed((("gcp", "serviceAccount", "accountId"), ...), base=GOOGLE_WRITTEN)
SPECS = {"AWS": AWS, "AWS, written": AWS_WRITTEN, "Google": GOOGLE, "Google, written": GOOGLE_WRITTEN}

TEXTS = (
    "edited-by-hand",
    "",
    "x" * 65,
    "\n../%x ${y}*",
    OTHER_ID,
    "arn:aws:iam::111122223333:role/victim",
    "victim",
    "role evil/x",
    "service-account evil/x",
    "true",
)


def edited(there: Objects, kinds: tuple[str, ...], annotation: str, text: str) -> Objects:
    """What is observed, with an annotation edited on every object of these kinds; None takes it away."""
    after = copy.deepcopy(there)
    for manifest in after.values():
        if manifest["kind"] in kinds:
            manifest["metadata"]["annotations"][annotation] = text
    return after


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("annotation", [NAME, DERIVED, IMPORTED])
@pytest.mark.parametrize("written", SPECS)
def test_what_is_edited_is_put_back(written: str, annotation: str, text: str, kind: str) -> None:
    spec = SPECS[written]
    there = everything_provided(spec, kind)
    kinds = ("Role", "Policy", "ServiceAccount")
    answer = answered(spec, kind, edited(there, kinds, annotation, text))
    assert not answer.results
    assert desired(answer) == desired(answered(spec, kind, there))


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("written", ["AWS", "Google"])
def test_a_derived_name_in_other_case_is_put_back(written: str, kind: str) -> None:
    """Before the resource is there, too, when nothing but the annotation says what it is called."""
    spec = SPECS[written]
    there = everything_provided(spec, kind)
    for status in (True, False):
        upper = copy.deepcopy(there)
        for manifest in upper.values():
            if manifest["kind"] in ("Role", "ServiceAccount"):
                manifest["metadata"]["annotations"][NAME] = manifest["metadata"]["annotations"][NAME].upper()
                manifest["status"] = manifest["status"] if status else {}
        answer = answered(spec, kind, upper)
        assert not answer.results
        assert desired(answer).keys() == there.keys()
        names = {
            key: manifest["metadata"]["annotations"].get(NAME) for key, manifest in there.items() if key.startswith("role-")
        }
        assert {key: desired(answer)[key]["metadata"]["annotations"][NAME] for key in names} == names


@pytest.mark.parametrize("kind", FLAVOURS)
def test_what_another_external_name_shows_is_of_another_policy(kind: str) -> None:
    """The provider reads what the annotation names, and its path is not this policy's."""
    there = everything_provided(AWS, kind)
    there = edited(there, ("Policy",), NAME, "victim")
    for manifest in there.values():
        if manifest["kind"] == "Policy":
            manifest["status"]["atProvider"]["arn"] = f"arn:aws:iam::{ACCOUNT}:policy/elsewhere/victim"
    assert not answered(AWS, kind, there).results


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_role_that_another_external_name_shows_is_another_role(kind: str) -> None:
    there = everything_provided(AWS, kind)
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["metadata"]["annotations"][NAME] = "victim"
            account = manifest["status"]["atProvider"]["arn"].split(":")[4]
            manifest["status"]["atProvider"]["arn"] = f"arn:aws:iam::{account}:role/elsewhere/victim"
    assert not [result for result in answered(AWS_WRITTEN, kind, there).results if "victim" in result.message]
    answer = answered(AWS, kind, there)
    names = {m["metadata"]["annotations"][NAME] for m in desired(answer).values() if m["kind"] == "Role"}
    assert "victim" not in names


def status(answer: fnv1.RunFunctionResponse) -> dict[str, Any]:
    written: dict[str, Any] = plain_struct(answer.desired.composite.resource)["status"]
    return written


def imported(kind: str) -> tuple[dict[str, Any], Objects, str]:
    """A spec, what there is of it with an association that was taken over, and that one's key."""
    spec = changed((("serviceAccounts",), [{"name": "api", "clusters": ["prod"]}]))
    there = everything_provided(changed((("aws", "association", "existing"), [EXISTING]), base=spec), kind)
    (key,) = (name for name in there if name.startswith("association-"))
    there[key]["status"]["atProvider"]["associationId"] = ID
    return spec, there, key


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("text", TEXTS)
def test_an_id_that_is_not_its_own_is_put_back(text: str, kind: str) -> None:
    spec, there, key = imported(kind)
    annotations = desired(answered(spec, kind, there))[key]["metadata"]["annotations"]
    assert annotations == {NAME: ID, IMPORTED: "true"}
    answer = answered(spec, kind, edited(there, ("PodIdentityAssociation",), NAME, text))
    assert desired(answer)[key]["metadata"]["annotations"] == annotations
    assert status(answer)["serviceAccounts"][0]["associationId"] == ID


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("text", [text for text in TEXTS if text != OTHER_ID])
def test_where_nothing_says_the_id_nothing_is_passed_on(text: str, kind: str) -> None:
    spec, there, key = imported(kind)
    del there[key]["status"]["atProvider"]["associationId"]
    answer = answered(spec, kind, edited(there, ("PodIdentityAssociation",), NAME, text))
    assert "metadata" not in desired(answer)[key]
    assert "associationId" not in status(answer)["serviceAccounts"][0]


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_conflict_after_an_edit_is_told(kind: str) -> None:
    """The provider does not find what the annotation names, and tries to make it."""
    spec, there, key = imported(kind)
    there = edited(edited(there, ("PodIdentityAssociation",), NAME, "edited"), ("PodIdentityAssociation",), IMPORTED, "")
    there[key]["status"]["atProvider"] = {}
    there[key]["status"]["conditions"] = [
        {
            "type": "Synced",
            "status": "False",
            "reason": "ReconcileError",
            "message": CONFLICT,
        }
    ]
    (said,) = (c.message for c in answered(spec, kind, there).conditions if c.type == "AssociationsReady")
    assert f"write association.existing with id {ID}" in said


def moved(spec: Mapping[str, Any], kind: str, whose: str) -> tuple[Objects, dict[str, str]]:
    """What there is of an identity of another owner, whose annotation says so; and the old names by key."""
    there: Objects = {}
    names = {}
    for key, manifest in everything_provided(spec, kind).items():
        annotations = manifest.get("metadata", {}).get("annotations", {})
        if DERIVED not in annotations:
            continue
        old = annotations[NAME].replace("reports", "backups")
        part = annotations[DERIVED].partition(" ")[0]
        annotations |= {NAME: old, DERIVED: f"{part} {whose}".strip()}
        shown = manifest["status"]["atProvider"]
        for field in ("arn", "email"):
            if field in shown:
                shown[field] = shown[field].replace("reports", "backups")
        account = shown.get("arn", ":::::").split(":")[4]
        new = role_key(account, old) if key.startswith("role-") else account_key(spec["gcp"]["projectId"], old)
        there[new], names[new] = manifest, old
    return there, names


FIELDS = {
    "AWS": (("spec.aws.role.name", ("aws", "role", "name")), ("spec.aws.targetRole.name", ("aws", "targetRole", "name"))),
    "Google": (("spec.gcp.serviceAccount.accountId", ("gcp", "serviceAccount", "accountId")),),
}


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize(
    ("whose", "words"),
    [("backup", '"backup"'), ("ops/backup", '"ops/backup"'), ("data/reports-2", '"data/reports-2"'), ("", "another owner")],
)
@pytest.mark.parametrize("cloud", FIELDS)
def test_a_name_derived_for_one_owner_does_not_pass_to_the_next(cloud: str, whose: str, words: str, kind: str) -> None:
    """A claim binds an XPodIdentity that nobody claimed: what was derived for that is not the claim's."""
    spec = SPECS[cloud]
    there, names = moved(spec, kind, whose)
    derived = {
        m["metadata"]["annotations"][NAME]
        for m in everything_provided(spec, kind).values()
        if DERIVED in m.get("metadata", {}).get("annotations", {})
    }
    answer = answered(spec, kind, there)
    assert not answer.desired.resources
    (result,) = answer.results
    said = result.message.split("; ")
    assert len(said) == len(FIELDS[cloud])
    for line, (field, _) in zip(said, FIELDS[cloud], strict=True):
        old = next(old for old in names.values() if f'"{old}"' in line)
        new = next(new for new in derived if f"or {new} to" in line)
        assert line == (
            f'{field}: "{old}" was derived for {words}, and this is "data/reports": a derived name does not pass from owner to '
            f"owner. Write {old} here to go on with what is there, or {new} to have a new one made in its place"
        )


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("which", ["old", "new"])
@pytest.mark.parametrize("cloud", FIELDS)
def test_both_ways_out_lead_out(cloud: str, which: str, kind: str) -> None:
    spec = SPECS[cloud]
    there, names = moved(spec, kind, "backup")
    (result,) = answered(spec, kind, there).results
    lines = result.message.split("; ")
    picked = {
        path: line.partition("Write ")[2].partition(" here")[0]
        if which == "old"
        else line.rpartition("or ")[2].partition(" to")[0]
        for line, (_, path) in zip(lines, FIELDS[cloud], strict=True)
    }
    answer = answered(changed(*picked.items(), base=spec), kind, there)
    assert not answer.results
    assert names.keys() <= desired(answer).keys() if which == "old" else names.keys().isdisjoint(desired(answer))


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("cloud", FIELDS)
def test_a_name_derived_by_another_version_for_the_same_owner_is_kept(cloud: str, kind: str) -> None:
    there, names = moved(SPECS[cloud], kind, "data/reports")
    answer = answered(SPECS[cloud], kind, there)
    assert not answer.results
    assert names.keys() <= desired(answer).keys()


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("cloud", FIELDS)
def test_what_the_cloud_shows_says_the_name_where_the_annotation_does_not(cloud: str, shown: bool, kind: str) -> None:
    """And where nothing does, the name is derived anew: what somebody wrote is never taken for it."""
    there, names = moved(SPECS[cloud], kind, "data/reports")
    there = edited(there, ("Role", "ServiceAccount"), NAME, "victim-account")
    for key in names if not shown else ():
        there[key]["status"]["atProvider"] = {}
    wanted = desired(answered(SPECS[cloud], kind, there))
    called = {
        m["metadata"]["annotations"][NAME] for m in wanted.values() if DERIVED in m.get("metadata", {}).get("annotations", {})
    }
    assert called == set(names.values()) if shown else "victim-account" not in called and called.isdisjoint(names.values())


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("annotation", ["service-account", "service-account data/reports", "edited"])
def test_the_id_of_an_earlier_version_is_kept(annotation: str, kind: str) -> None:
    """It had 12 hexadecimal digits; a service account that was made so stays what it is."""
    _, before = service_account_ids("data", "reports")
    project = GOOGLE["gcp"]["projectId"]
    there = everything_provided(changed((("gcp", "serviceAccount", "accountId"), before), base=GOOGLE), kind)
    key = account_key(project, before)
    there[key]["metadata"]["annotations"][DERIVED] = annotation
    answer = answered(GOOGLE, kind, there)
    assert not answer.results
    assert desired(answer).keys() == there.keys()
    assert desired(answer)[key]["metadata"]["annotations"][DERIVED] == "service-account data/reports"
    assert desired(answer)[key]["metadata"]["annotations"][NAME] == before


@pytest.mark.parametrize("kind", FLAVOURS)
def test_the_id_of_anothers_association_is_not_believed_because_the_provider_shows_it(kind: str) -> None:
    """By the edited external name it looks at another association."""
    spec, there, key = imported(kind)
    there[key]["status"]["atProvider"] |= {"associationId": OTHER_ID, "serviceAccount": "theirs"}
    wanted = desired(answered(spec, kind, there))[key]
    assert wanted["metadata"]["annotations"] == {NAME: ID, IMPORTED: "true"}


@pytest.mark.parametrize("kind", FLAVOURS)
def test_the_providers_stub_is_nobodys_id(kind: str) -> None:
    spec, there, key = imported(kind)
    there[key]["status"]["atProvider"]["associationId"] = "a-stubassocid123456"
    there[key]["metadata"]["annotations"][NAME] = "x"
    assert "metadata" not in desired(answered(spec, kind, there))[key]


@pytest.mark.parametrize("kind", FLAVOURS)
def test_an_association_of_another_external_name_is_found_again(kind: str) -> None:
    """EKS says which one there is, and the provider shows it."""
    spec = changed(
        (("serviceAccounts",), [{"name": "api", "clusters": ["prod"]}]), (("aws", "association", "onConflict"), "Adopt")
    )
    there = everything_provided(spec, kind)
    (key,) = (name for name in there if name.startswith("association-"))
    there[key]["metadata"]["annotations"][NAME] = OTHER_ID
    there[key]["status"]["atProvider"]["associationId"] = ID
    there[key]["status"]["conditions"] = [
        {"type": "Synced", "status": "False", "reason": "ReconcileError", "message": CONFLICT}
    ]
    answer = answered(spec, kind, there)
    assert status(answer)["serviceAccounts"][0]["associationId"] == ID
    del there[key]["status"]["atProvider"]["associationId"]
    assert desired(answered(spec, kind, there))[key]["metadata"]["annotations"][NAME] == ID


@pytest.mark.parametrize("kind", FLAVOURS)
def test_the_description_that_aws_has_counts(kind: str) -> None:
    """Not the one that somebody wrote into the resource: to refuse what differs from that would leave it so for ever."""
    there = everything_provided(AWS, kind)
    for manifest in there.values():
        if manifest["kind"] == "Policy":
            manifest["status"]["atProvider"]["description"] = manifest["spec"]["forProvider"].get("description", "")
            manifest["spec"]["forProvider"]["description"] = "edited"
    assert "Policy" in {manifest["kind"] for manifest in there.values()}
    described = [m["status"]["atProvider"]["description"] for m in there.values() if m["kind"] == "Policy"]
    assert any(described)
    assert not answered(AWS, kind, there).results


@pytest.mark.parametrize("kind", FLAVOURS)
def test_a_written_name_in_other_case_is_put_back_before_the_role_is_there(kind: str) -> None:
    there = edited(everything_provided(AWS_WRITTEN, kind), ("Role",), NAME, "MINE")
    for manifest in there.values():
        if manifest["kind"] == "Role":
            manifest["status"] = {}
    assert not answered(AWS_WRITTEN, kind, there).results

"""The function as Crossplane meets it: what it answers over gRPC, in every state of the observed resources."""

import asyncio
import sys
from typing import Any

import grpc
import pytest
from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function import fn
from function.observed import plain_struct
from tests.bench.requests import podidentity
from tests.bench.requests import request as large_request
from tests.support.hostile import HOSTILE
from tests.support.serving import run_function, serving
from tests.support.xrs import FLAVOURS, answered, changed, composed, desired, everything_provided, provided, request, spec

RESTART = "; pods that are older have to be restarted, and a change reaches running pods within 6 hours"
CONDITIONS = ["SpecValid", "ClustersResolved", "RoleReady", "AssociationsReady"]


def conditions(answer: fnv1.RunFunctionResponse) -> dict[str, tuple[str, str, str]]:
    """Every condition, which must reach the claim."""
    assert all(condition.target == fnv1.TARGET_COMPOSITE_AND_CLAIM for condition in answer.conditions)
    status = {1: "Unknown", 2: "True", 3: "False"}
    return {c.type: (status[c.status], c.reason, c.message) for c in answer.conditions}


def status(answer: fnv1.RunFunctionResponse) -> dict[str, Any]:
    written: dict[str, Any] = plain_struct(answer.desired.composite.resource)["status"]
    return written


def ready(answer: fnv1.RunFunctionResponse) -> dict[str, bool]:
    assert all(wanted.ready in (fnv1.READY_TRUE, fnv1.READY_FALSE) for wanted in answer.desired.resources.values())
    return {name: wanted.ready == fnv1.READY_TRUE for name, wanted in answer.desired.resources.items()}


def of_kind(resources: dict[str, Any], kind: str) -> list[str]:
    return [name for name, manifest in resources.items() if manifest["kind"] == kind]


@pytest.mark.parametrize("kind", FLAVOURS)
def test_before_anything_exists(kind: str) -> None:
    answer = answered(spec(), kind)
    assert not any(ready(answer).values())
    assert conditions(answer) == {
        "ClustersResolved": ("True", "Inline", "the facts of all clusters are written in the spec"),
        "SpecValid": ("True", "Valid", "the spec is valid"),
        "RoleReady": ("False", "Waiting", "role data-reports-9ac6bf6d19d802b9 does not exist yet"),
        "AssociationsReady": (
            "False",
            "Waiting",
            "3 of 3 associations are not ready: api in prod/data, api in stage/data and worker in prod/data; "
            "the first does not exist yet",
        ),
    }
    assert status(answer) == {
        "cloud": "aws",
        "aws": {"roleName": "data-reports-9ac6bf6d19d802b9"},
        "serviceAccounts": [
            {"cluster": "prod", "namespace": "data", "name": "api"},
            {"cluster": "stage", "namespace": "data", "name": "api"},
            {"cluster": "prod", "namespace": "data", "name": "worker"},
        ],
    }


@pytest.mark.parametrize("kind", FLAVOURS)
def test_when_everything_is_there(kind: str) -> None:
    answer = answered(spec(), kind, everything_provided(spec(), kind))
    assert all(ready(answer).values())
    assert conditions(answer)["RoleReady"] == ("True", "Available", "role data-reports-9ac6bf6d19d802b9 is ready")
    assert conditions(answer)["AssociationsReady"] == ("True", "Available", f"all associations are ready (3){RESTART}")
    arn = "arn:aws:iam::111122223333:role/data-reports-9ac6bf6d19d802b9"
    assert status(answer)["identity"] == status(answer)["aws"]["roleArn"] == arn
    assert {entry["associationId"] for entry in status(answer)["serviceAccounts"]} == {"a-0123456789abcdefg"}


def test_an_association_has_its_id_where_the_provider_does_not_write_the_external_name() -> None:
    """Without LateInitialize among its managementPolicies it never does."""
    there = everything_provided(spec())
    for number, name in enumerate(of_kind(there, "PodIdentityAssociation")):
        there[name]["metadata"]["annotations"]["crossplane.io/external-name"] = "a-stubassocid123456"
        there[name]["status"]["atProvider"]["associationId"] = f"a-{number:017}"
    ids = {entry["associationId"] for entry in status(answered(spec(), observed=there))["serviceAccounts"]}
    assert ids == {f"a-{number:017}" for number in range(3)}


@pytest.mark.parametrize("kind", FLAVOURS)
def test_the_two_flavours_compose_their_own_kinds(kind: str) -> None:
    wanted = desired(answered(changed((("aws", "permissions"), {"managedPolicyArns": ["arn:aws:iam::aws:policy/X"]})), kind))
    infix, reference = (
        (".m", {"kind": "ClusterProviderConfig", "name": "default"}) if kind == "PodIdentity" else ("", {"name": "default"})
    )
    assert {(manifest["apiVersion"], manifest["kind"]) for manifest in wanted.values()} == {
        (f"iam.aws{infix}.upbound.io/v1beta1", "Role"),
        (f"iam.aws{infix}.upbound.io/v1beta1", "RolePolicyAttachment"),
        (f"eks.aws{infix}.upbound.io/v1beta1", "PodIdentityAssociation"),
    }
    assert all(manifest["spec"]["providerConfigRef"] == reference for manifest in wanted.values())
    assert all("name" not in manifest.get("metadata", {}) for manifest in wanted.values())


def test_a_claim_and_a_podidentity_of_the_same_name_have_the_same_role() -> None:
    """So that one can be moved to the other."""
    names = [desired(answered(spec(), kind)).keys() for kind in FLAVOURS]
    assert names[0] == names[1]


@pytest.mark.parametrize("trouble", ["ready", "synced"])
def test_ready_needs_synced_too(trouble: str) -> None:
    """A refused edit leaves Ready True and turns Synced False."""
    there = everything_provided(spec())
    name = of_kind(there, "PodIdentityAssociation")[0]
    there[name] = provided(there[name], ready=trouble != "ready", synced=trouble != "synced")
    answer = answered(spec(), observed=there)
    assert [n for n, is_ready in ready(answer).items() if not is_ready] == [name]
    assert conditions(answer)["AssociationsReady"][:2] == ("False", "Waiting")
    if trouble == "synced":
        assert conditions(answer)["AssociationsReady"][2].endswith(
            "does not match the spec yet, says the provider: observe failed: AccessDenied"
        )


def test_an_attachment_that_fails_is_the_roles_trouble() -> None:
    arn = "arn:aws:iam::aws:policy/X"
    asked = changed((("aws", "permissions"), {"managedPolicyArns": [arn]}))
    there = everything_provided(asked)
    (name,) = of_kind(there, "RolePolicyAttachment")
    there[name] = provided(there[name], synced=False)
    assert conditions(answered(asked, observed=there))["RoleReady"] == (
        "False",
        "Waiting",
        f"role data-reports-9ac6bf6d19d802b9: attachment of {arn} does not match the spec yet, says the provider: observe failed: AccessDenied",
    )


def test_a_provider_config_of_another_account_is_told() -> None:
    there = everything_provided(spec())
    (role,) = of_kind(there, "Role")
    other = "arn:aws:iam::999999999999:role/data-reports-9ac6bf6d19d802b9"
    there[role]["status"]["atProvider"]["arn"] = other
    answer = answered(spec(), observed=there)
    assert not ready(answer)[role]
    assert conditions(answer)["RoleReady"] == (
        "False",
        "AccountMismatch",
        f"the role is {other}, but should be arn:aws:iam::111122223333:role/data-reports-9ac6bf6d19d802b9: the provider config "
        "uses the credentials of another account or partition",
    )


def test_the_stub_id_before_creation_is_nobodys_id() -> None:
    there = everything_provided(spec())
    for name in of_kind(there, "PodIdentityAssociation"):
        there[name]["metadata"]["annotations"]["crossplane.io/external-name"] = "a-stubassocid123456"
    assert all("associationId" not in entry for entry in status(answered(spec(), observed=there))["serviceAccounts"])


def test_more_policies_than_the_default_quota_are_told() -> None:
    asked = changed((("aws", "permissions"), {"managedPolicyArns": [f"arn:aws:iam::aws:policy/P{i}" for i in range(11)]}))
    assert conditions(answered(asked, observed=everything_provided(asked)))["RoleReady"] == (
        "True",
        "Available",
        "role data-reports-9ac6bf6d19d802b9 is ready; it has 11 managed policies, and IAM's default quota is 10 a role",
    )


def test_a_partition_without_eks_auth_is_told() -> None:
    asked = changed((("clusters", 0, "eks", "region"), "us-iso-east-1"), (("clusters", 1, "eks", "region"), "us-iso-west-1"))
    assert conditions(answered(asked))["AssociationsReady"][2].endswith("; no eks-auth endpoint is known in partition aws-iso")


def test_an_existing_role_is_only_associated() -> None:
    arn = "arn:aws:iam::111122223333:role/team/x"
    answer = answered(changed((("aws", "role"), {"arn": arn})))
    assert {m["kind"] for m in desired(answer).values()} == {"PodIdentityAssociation"}
    assert {m["spec"]["forProvider"]["roleArn"] for m in desired(answer).values()} == {arn}
    assert status(answer)["identity"] == arn
    assert status(answer)["aws"] == {"roleArn": arn, "roleName": "x"}
    assert conditions(answer)["RoleReady"][:2] == ("True", "ExistingRole")


def test_without_associations_the_role_alone() -> None:
    answer = answered(changed((("aws", "association", "create"), False)))
    assert {m["kind"] for m in desired(answer).values()} == {"Role"}
    assert conditions(answer)["AssociationsReady"][:2] == ("True", "NotManaged")


def test_an_existing_association_is_taken_over_by_its_id() -> None:
    existing = [{"cluster": "prod", "namespace": "data", "serviceAccount": "api", "id": "a-0123456789abcdef0"}]
    wanted = desired(answered(changed((("aws", "association", "existing"), existing))))
    taken = [
        m
        for m in wanted.values()
        if m.get("metadata", {}).get("annotations", {}).get("crossplane.io/external-name", "").startswith("a-")
    ]
    assert [m["spec"]["forProvider"]["serviceAccount"] for m in taken] == ["api"]


def test_an_association_that_was_taken_over_keeps_its_id() -> None:
    """Also when the entry is gone: we alone hold the annotation, and without it the provider would create it again, for ever."""
    existing = [{"cluster": "prod", "namespace": "data", "serviceAccount": "api", "id": "a-0123456789abcdef0"}]
    there = everything_provided(changed((("aws", "association", "existing"), existing)))
    after = desired(answered(spec(), observed=there))
    names = [
        m["metadata"]["annotations"]["crossplane.io/external-name"]
        for m in after.values()
        if m["kind"] != "Role" and "metadata" in m
    ]
    assert names == ["a-0123456789abcdef0"]


def test_tags_go_where_they_belong() -> None:
    asked = changed(
        (("tags",), {"team": "data", "env": "dev"}),
        (("aws", "association", "tags"), {"env": "prod", "kubernetes-namespace": "x"}),
    )
    for manifest in desired(answered(asked)).values():
        role = manifest["kind"] == "Role"
        own = {"team": "data", "env": "dev"} if role else {"team": "data", "env": "prod", "kubernetes-namespace": "x"}
        assert manifest["spec"]["forProvider"]["tags"] == own


def test_exclusive_permissions_down_to_none() -> None:
    """What controlplane tests saw the provider need to revoke the last permission."""
    (role,) = (m for m in desired(answered(spec())).values() if m["kind"] == "Role")
    assert role["spec"]["forProvider"]["inlinePolicy"] == [{}]
    assert "managedPolicyArns" not in role["spec"]["forProvider"]


def test_a_derived_name_that_exists_is_kept() -> None:
    """Whatever derives names in a later version: the role would be made anew and lose what refers to it."""
    there = everything_provided(spec())
    (old,) = of_kind(there, "Role")
    from function.clouds.aws.resource_names import role_key

    key = role_key("111122223333", "data-reports-of-old")
    there[key] = there.pop(old)
    there[key]["metadata"]["annotations"]["crossplane.io/external-name"] = "data-reports-of-old"
    there[key]["status"]["atProvider"]["arn"] = "arn:aws:iam::111122223333:role/data-reports-of-old"
    assert set(desired(answered(spec(), observed=there))) == set(there)
    renamed = desired(answered(changed((("aws", "role", "name"), "mine")), observed=there))
    assert key not in renamed


class TestFatal:
    """What exists stays, and every condition is set: one left out would turn Unknown."""

    BAD = changed((("aws", "role", "path"), "x"))

    def test_nothing_is_desired_and_every_condition_is_there(self) -> None:
        answer = answered(self.BAD)
        assert not answer.desired.resources
        assert answer.results[0].severity == fnv1.SEVERITY_FATAL
        assert answer.results[0].target == fnv1.TARGET_COMPOSITE_AND_CLAIM
        assert list(conditions(answer)) == CONDITIONS
        assert conditions(answer)["RoleReady"][:2] == ("Unknown", "SpecInvalid")
        assert conditions(answer)["AssociationsReady"][:2] == ("Unknown", "SpecInvalid")

    def test_conditions_are_judged_from_what_is_observed(self) -> None:
        there = everything_provided(spec())
        assert conditions(answered(self.BAD, observed=there))["AssociationsReady"] == (
            "True",
            "Available",
            "the associations are ready as last applied; nothing changes while the spec is invalid",
        )
        name = of_kind(there, "PodIdentityAssociation")[0]
        there[name] = provided(there[name], ready=False)
        assert conditions(answered(self.BAD, observed=there))["AssociationsReady"] == (
            "False",
            "Waiting",
            "1 of 3 resources of the associations are not ready; nothing changes while the spec is invalid",
        )

    def test_an_error_of_ours_says_that_it_is_a_bug_and_where_to_report_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(*_: Any, **__: Any) -> None:
            raise KeyError("oops")

        monkeypatch.setattr(fn, "plan", fails)
        answer = asyncio.run(fn.FunctionRunner().RunFunction(request(spec()), None)).message()  # type: ignore[arg-type]
        (result,) = answer.results
        assert result.severity == fnv1.SEVERITY_FATAL
        assert result.message.startswith(
            "this is a bug of function-pod-identity, not of your spec: KeyError in fails, test_fn.py line "
        )
        assert "https://github.com/podidentity/function-pod-identity/issues" in result.message
        assert list(conditions(answer)) == CONDITIONS


class TestHostileText:
    """Text of users or of a provider is escaped in everything that Crossplane shows."""

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    def test_of_a_spec(self, text: str) -> None:
        for changes in (
            (("serviceAccounts",), [{"name": text}, {"name": text}]),
            (("clusters",), [{"name": text}, {"name": text}]),
            (("aws", text), {text: text}),
            (("aws", "trust"), {"conditions": {text: {text: text}}}),
        ):
            answer = answered(changed(changes))
            (result,) = answer.results
            assert result.message.isprintable()
            assert all(condition.message.isprintable() for condition in answer.conditions)

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    def test_of_a_provider(self, text: str) -> None:
        there = everything_provided(spec())
        for manifest in there.values():
            manifest["status"]["conditions"] = [
                {"type": kind, "status": "False", "message": f"{text} failed"} for kind in ("Ready", "Synced")
            ]
        answer = answered(spec(), observed=there)
        assert all(condition.message.isprintable() for condition in answer.conditions)
        assert conditions(answer)["RoleReady"][2].endswith(" failed")


class TestPipeline:
    """The function is one step of several."""

    def test_what_earlier_steps_desire_is_passed_on(self) -> None:
        asked = request(spec())
        resource.update(asked.desired.resources["theirs"], {"apiVersion": "v1", "kind": "ConfigMap"})
        asked.desired.resources["theirs"].ready = fnv1.READY_TRUE
        resource.update(asked.desired.composite, {"status": {"theirs": 1, "cloud": "old"}})
        asked.context.update({"key": "value"})
        answer = fn.run(asked)
        assert answer.desired.resources["theirs"] == asked.desired.resources["theirs"]
        assert status(answer)["theirs"] == 1
        assert status(answer)["cloud"] == "aws"
        assert answer.context["key"] == "value"

    def test_long_ttl_tag_and_no_results_each_time(self) -> None:
        asked = request(spec(), observed=everything_provided(spec()))
        asked.meta.tag = "t"
        answer = fn.run(asked)
        assert answer.meta.tag == "t"
        assert answer.meta.ttl.seconds >= 600
        assert not answer.results

    def test_what_is_waited_for_is_looked_at_every_minute(self) -> None:
        """Crossplane drops events of an XR for five minutes when more than a hundred come at once."""
        assert fn.run(request(spec())).meta.ttl.seconds == 60

    def test_its_own_status_is_never_read(self) -> None:
        """Users may be able to write it."""
        asked = request(spec())
        forged = {"status": {"identity": "arn:aws:iam::999999999999:role/x", "aws": {"roleArn": "x"}}}
        resource.update(asked.observed.composite, forged)
        assert fn.run(asked).desired == answered(spec()).desired

    @pytest.mark.parametrize(
        "machinery",
        ["compositionRef", "compositionSelector", "compositionRevisionRef", "compositionUpdatePolicy", "resourceRefs"],
    )
    def test_crossplanes_own_fields_are_not_unknown(self, machinery: str) -> None:
        assert not answered({**spec(), machinery: {}}, "XPodIdentity").results
        assert not answered({**spec(), "crossplane": {machinery: {}}}).results
        assert answered({**spec(), machinery: {}}).results


def test_a_large_request_is_answered_by_the_command() -> None:
    asked = large_request(podidentity(64, 4))
    one = next(iter(asked.observed.resources.values()))
    for number in range((5 << 20) // one.ByteSize()):
        asked.observed.resources[f"more-{number}"].CopyFrom(one)
    options = [("grpc.max_receive_message_length", 1 << 26)]
    with serving([sys.executable, "-m", "function.main"]) as server, grpc.insecure_channel(server.address, options) as channel:
        answer = fnv1.RunFunctionResponse.FromString(run_function(channel)(asked.SerializeToString()))
    assert len(answer.desired.resources) == 64 * 4 + 2
    assert all(wanted.ready == fnv1.READY_TRUE for wanted in answer.desired.resources.values())


def test_the_core_needs_no_protobuf_decoding_of_observed_resources() -> None:
    """Reading a field that is absent must not add it."""
    asked = request(spec(), observed={"role-x": {"apiVersion": "v1"}})
    before = asked.SerializeToString(deterministic=True)
    fn.run(asked)
    assert asked.SerializeToString(deterministic=True) == before


def test_the_core_and_the_shell_agree() -> None:
    asked = changed((("aws", "permissions"), {"managedPolicyArns": ["arn:aws:iam::aws:policy/X"]}))
    assert desired(answered(asked)) == {made.name: made.object() for made in composed(asked).resources}


@pytest.mark.parametrize(
    ("case", "quick"),
    [
        ("the smallest", True),
        ("known, of any size", True),
        ("many service accounts", False),
        ("a long spec", False),
        ("a long entry of the catalogue", False),
        ("many observed resources", False),
        ("a wrong type everywhere", True),
    ],
)
def test_what_may_take_long_is_told_at_a_glance(case: str, quick: bool) -> None:
    """That runs beside the event loop, and everything else on it."""
    many = {**spec(), "serviceAccounts": [{"name": "a", "namespaces": [f"n{number}" for number in range(64)]}]}
    long = changed((("tags",), {f"key-{number}": "v" * 200 for number in range(40)}))
    wrong = {"clusters": [1], "serviceAccounts": [None, {"namespaces": 1}], "claimRef": [], "aws": "x"}
    asked = request({"many service accounts": many, "a long spec": long, "a wrong type everywhere": wrong}.get(case, spec()))
    plans = fn.new_plans()
    if case == "known, of any size":
        asked = request(long)
        fn.run(asked, plans)
    if case == "a long entry of the catalogue":
        resource.update(asked.required_resources["cluster-prod"].items.add(), {"spec": {"x": "x" * 5000}})
    if case == "many observed resources":
        for number in range(200):
            resource.update(asked.observed.resources[f"more-{number}"], {"kind": "Role"})
    assert fn.Call(asked, plans).quick == quick

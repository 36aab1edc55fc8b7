"""The stand-in for the cloud provider: each thing that it does, without a server, and what it is built of."""

import argparse
import asyncio
import copy
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx2
import pytest
import yaml
from lightkube import AsyncClient, KubeConfig
from lightkube.config.models import Cluster, User
from lightkube.resources.apps_v1 import Deployment

from tests.controlplane import packages
from tests.controlplane.places import Places
from tests.e2e.cloud import GoogleSnapshot, Snapshot
from tests.standin import behaviour, behaviour_clusters, behaviour_google
from tests.standin.__main__ import grouped, options
from tests.standin.behaviour import Row
from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.clusters import default_issuer
from tests.standin.cloud.eks import association_id
from tests.standin.cloud.journal import Journal, read
from tests.standin.existing import aws, google
from tests.standin.existing import options as existing
from tests.standin.kube.controller import Controller, Flavour
from tests.standin.kube.kubelet import running
from tests.standin.kube.outage import Outage
from tests.standin.kube.patches import difference
from tests.standin.kube.polling import POLLED, Polling
from tests.standin.kube.queue import WorkQueue
from tests.standin.kube.watching import follow
from tests.standin.provider.kind import Kind
from tests.standin.provider.kinds import KINDS
from tests.standin.provider.managed import Provider, Settings
from tests.standin.provider.memory import Memory
from tests.standin.provider.resource import FINALIZER
from tests.standin.provider.typed import held, of_crd
from tests.standin.scenarios import (
    associations,
    clusters,
    google_accounts,
    google_clusters,
    google_members,
    oidc_providers,
    policies,
    reconciler,
    roles,
    writing,
)
from tests.standin.scenarios.world import ACCOUNT, GOOD, MEMBER, NEVER_MADE, PROJECT, SCENARIOS, TRUST, VIEWER, World
from tests.standin.scenarios.writing import SCHEMA
from tests.tools.absent import needed

TABLE = (*behaviour.TABLE, *behaviour_clusters.TABLE, *behaviour_google.TABLE)
MODULES = (
    associations,
    clusters,
    google_accounts,
    google_clusters,
    google_members,
    oidc_providers,
    policies,
    reconciler,
    roles,
    writing,
)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
def test_every_row_of_the_table(row: Row) -> None:
    """Its scenario holds, and the code that the row names is what ran in it."""
    with _called() as codes:
        SCENARIOS[row.key]()
    assert _code(row.by) in codes


def test_every_scenario_has_its_row() -> None:
    written = sum(len(inspect.getsource(module).split("@exercises(")) - 1 for module in MODULES)
    assert SCENARIOS.keys() == {row.key for row in TABLE}
    assert len(TABLE) == len(SCENARIOS) == written


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.cloud == "aws"], ids=lambda kind: kind.name)
@pytest.mark.parametrize("namespaced", [False, True])
def test_what_the_providers_structs_hold(kind: Kind, namespaced: bool) -> None:
    """By its own CRD: no empty list or map, nothing unknown, but every empty object that has fields."""
    served = kind.served()[namespaced]
    (file,) = needed([f"{kind.plural}.{served.group}"])
    schema = of_crd(yaml.safe_load(file.read_text()), served.version)
    fields = schema["properties"]["forProvider"]["properties"]
    empty = {"array": [], "string": "", "number": 0, "boolean": False, "object": {}}
    given = {name: empty[field["type"]] for name, field in fields.items()}
    wanted = {name: value for name, value in given.items() if value != [] and (value != {} or "properties" in fields[name])}
    assert held({"forProvider": {**given, "unknown": 1}}, schema) == {"forProvider": wanted, "initProvider": {}}


def test_every_kind_is_found_by_both_its_groups() -> None:
    groups = [(served.group, kind.name) for kind in KINDS for served in kind.served()]
    assert len(set(groups)) == 2 * len(KINDS)


def test_association_ids_are_as_eks_makes_them() -> None:
    ids = {association_id(ACCOUNT, number) for number in range(1000)}
    assert len(ids) == 1000
    assert all(len(name) == 19 and name.startswith("a-") and name[2:].isalnum() and name.islower() for name in ids)


def test_the_cloud_is_rebuilt_from_its_journal(tmp_path: Path) -> None:
    """Killed in the middle of a line, it knows all that was done, and counts on where it was."""
    path = tmp_path / "journal"
    first = World()
    first.role(inlinePolicy=[{"name": "a", "policy": TRUST}], managedPolicyArns=["arn:aws:iam::aws:policy/x"], tags={"a": "b"})
    first.association()
    first.association(serviceAccount="gone").delete()
    first.association()
    journal = Journal(path)
    for entry in first.entries:
        journal.write(entry)
    journal.close()
    assert list(read(path)) == first.entries
    with path.open("ab") as file:
        file.write(b'{"time":"2026-01-02')
    assert list(read(path)) == first.entries
    Journal(path).close()
    assert path.read_bytes().endswith(b"}\n")

    again = Cloud()
    again.replay(read(path))
    asked = {"role_name": "my-role"}
    assert again.call("GetRole", ACCOUNT, "", NOW, asked) == first.cloud.call("GetRole", ACCOUNT, "", NOW, asked)
    made = {"region": "eu-central-1", "cluster_name": "prod", "namespace": "data", "service_account": "third"}
    made["role_arn"] = f"arn:aws:iam::{ACCOUNT}:role/my-role"
    answers = [cloud.call("CreatePodIdentityAssociation", ACCOUNT, "", NOW, made) for cloud in (first.cloud, again)]
    assert answers[0] == answers[1]


def test_an_id_that_nobody_wrote_down_is_remembered() -> None:
    """Killed between the call and the patch, the next process does not create again."""
    world = World()
    world.role()
    association = world.association()
    fresh = association.object
    fresh["metadata"]["annotations"].pop("crossplane.io/external-name")
    del fresh["status"]
    world.provider = Provider(world.cloud, Memory(world.entries), Settings(accounts={}))
    name = world.entries[-1].answer
    world.calls()
    assert association.settle().state == GOOD
    assert world.calls() == []
    assert name is not None
    assert association.external_name == name["association_id"]


def test_what_was_created_for_nobody_is_taken_back() -> None:
    """Deleted before it could be given the finalizer."""
    world = World()
    role = next(kind for kind in KINDS if kind.named_after_itself)
    given = world.role("other").object
    given["metadata"] = {"name": "new", "uid": "new", "generation": 1}
    del given["status"]
    world.provider.reconcile(given, role, NOW)
    world.calls()
    world.provider.forget("new")
    world.provider.abandon(given, role, NOW)
    assert world.calls() == ["DeleteRole"]


def test_things_that_are_there_already(tmp_path: Path) -> None:
    """Made once, however often the process starts, and found by whoever comes later."""
    trust = tmp_path / "trust.json"
    trust.write_text(TRUST.replace("[]", '[{"Effect":"Deny"}]'))
    parser = argparse.ArgumentParser()
    existing.add_options(parser)
    iam, subject = f"arn:aws:iam::{ACCOUNT}", f"eu-central-1/{ACCOUNT}/prod/data"
    given = parser.parse_args(
        [
            f"--existing-role-trust={iam}:role/a=b/my-role={trust}",
            f"--existing-role={iam}:role/other",
            f"--existing-policy={iam}:policy/team/reader",
            f"--existing-association={subject}/demo={iam}:role/other",
            f"--addon-association={subject}/aws-node={iam}:role/third",
        ]
    )
    world = World()
    existing.make(world.cloud, given)
    calls = ["CreateRole", "CreateRole", "CreatePolicy", "CreatePodIdentityAssociation"]
    calls += ["CreateRole", "CreateAddonAssociation"]
    assert world.calls() == calls
    existing.make(world.cloud, given)
    assert world.calls() == []
    watching = world.apply("Role", {}, "my-role", managementPolicies=["Observe"])
    assert watching.at_provider["assumeRolePolicy"] == '{"Statement":[{"Effect":"Deny"}],"Version":"2012-10-17"}'
    assert watching.at_provider["arn"] == f"{iam}:role/a=b/my-role"
    assert world.attachment(policy=f"{iam}:policy/team/reader").state == GOOD
    for service_account in ("demo", "aws-node"):
        fields = {"serviceAccount": service_account, "roleArn": f"{iam}:role/other"}
        assert "Association already exists: a-" in world.association(**fields).message


def test_clusters_that_are_there_already(tmp_path: Path) -> None:
    """Made once, and again only where an option describes a cluster otherwise; the journal tells it to whoever looks."""
    parser = argparse.ArgumentParser()
    existing.add_options(parser)
    prod, issuer = f"eu-central-1/{ACCOUNT}/prod", "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    given = [
        f"--existing-cluster={prod},issuer=https://{issuer},auto-mode",
        f"--existing-addon={prod}/vpc-cni=v1.19.0-eksbuild.1",
        f"--existing-addon=eu-west-1/{ACCOUNT}/stage/coredns",
        f"--existing-oidc-provider={ACCOUNT}/{issuer}",
    ]
    world = World()
    existing.make(world.cloud, parser.parse_args(given))
    first = ["CreateCluster", "CreateAddon", "CreateCluster", "CreateAddon", "CreateOpenIDConnectProvider"]
    entries = list(world.entries)
    assert world.calls() == first
    existing.make(world.cloud, parser.parse_args(given))
    assert world.calls() == []
    assert seen_cluster(world) == (f"https://{issuer}", True)
    wanted = {"url": f"https://{issuer}", "clientIdList": ["sts.amazonaws.com"]}
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    provider = world.apply("OpenIDConnectProvider", wanted, arn)
    fields = {"region": "eu-central-1", "clusterName": "prod", "addonName": "eks-pod-identity-agent"}
    assert (provider.state, world.apply("Addon", fields).state) == (GOOD, GOOD)
    assert world.calls() == ["TagOpenIDConnectProvider", "CreateAddon"]
    given[:2] = [f"--existing-cluster={prod}"]
    existing.make(world.cloud, parser.parse_args(given))
    assert seen_cluster(world) == (default_issuer("eu-central-1", ACCOUNT, "prod"), False)
    assert world.calls() == ["DeleteCluster", "CreateCluster"]

    places = Places(tmp_path)
    journal = Journal(places.journal)
    for entry in entries:
        journal.write(entry)
    journal.close()
    aws = Snapshot(places)
    assert [(addon.name, addon.version) for addon in aws.addons("eu-central-1", "prod")] == [("vpc-cni", "v1.19.0-eksbuild.1")]
    assert [addon.name for addon in aws.addons("eu-west-1", "stage")] == ["coredns"]
    assert aws.oidc_providers() == {arn: ["sts.amazonaws.com"]}
    assert Snapshot(places, "444455556666").oidc_providers() == {}


def seen_cluster(world: World) -> tuple[str, bool]:
    """The issuer of `prod`, and whether it is in EKS Auto Mode, as a new Cluster shows them."""
    cluster = world.apply("Cluster.eks", {"region": "eu-central-1"}, "prod", managementPolicies=["Observe"])
    return cluster.at_provider["identity"][0]["oidc"][0]["issuer"], cluster.at_provider["computeConfig"]["enabled"]


@pytest.mark.parametrize(("kind", "fields"), [("Cluster.eks", {"region": "r"}), ("Cluster.container", {"location": "l"})])
def test_clusters_are_only_looked_at(kind: str, fields: dict[str, str]) -> None:
    """Neither made nor deleted, and whoever asks for it is told so."""
    world = World()
    asked = world.apply(kind, fields, "prod")
    assert asked.state == NEVER_MADE
    assert "the stand-in neither makes nor deletes one" in asked.message
    aws.Cluster.read(f"r/{ACCOUNT}/prod").make(world.cloud)
    google.Cluster.read(f"{PROJECT}/l/prod").make(world.cloud)
    assert asked.wait().state == GOOD
    world.calls()
    assert not asked.delete().gone
    assert "the stand-in neither makes nor deletes one" in asked.message
    assert world.calls() == []


def test_default_issuers_are_as_eks_makes_them() -> None:
    issuers = {default_issuer("eu-central-1", ACCOUNT, f"cluster-{number}") for number in range(1000)}
    assert len(issuers) == 1000
    assert all(re.fullmatch(r"https://oidc\.eks\.eu-central-1\.amazonaws\.com/id/[0-9A-F]{32}", issuer) for issuer in issuers)


def test_things_that_are_there_already_in_google_cloud() -> None:
    """Made once, known to all of Google at once; what is there stays when members come and go."""
    parser = argparse.ArgumentParser()
    existing.add_options(parser)
    owner, robot = "group:owners@example.com", "serviceAccount:robot1@data.example.com.iam.gserviceaccount.com"
    left = "deleted:serviceAccount:gone@data.iam.gserviceaccount.com?uid=1"
    given = parser.parse_args(
        [
            "--existing-service-account=data/my-account",
            f"--existing-member=projects/data={VIEWER}={owner}",
            f"--existing-member=projects/data={VIEWER}={robot}",
            f"--existing-member=projects/data={VIEWER}={left}",
            f"--existing-member=projects/data=roles/owner={owner}",
            "--existing-gke-cluster=data/europe-west1/prod",
        ]
    )
    world = World(lag_new_service_accounts=60)
    world.now = datetime.now(UTC)
    existing.make(world.cloud, given)
    accounts = ["CreateServiceAccount", "SetIamPolicy", "CreateServiceAccount", *["SetIamPolicy"] * 3]
    assert world.calls() == [*accounts, "CreateContainerCluster"]
    existing.make(world.cloud, given)
    assert world.calls() == []
    assert [binding["members"] for binding in world.policy()] == [[owner, robot, left], [owner]]
    account = world.service_account(project="data", displayName="x")
    assert world.calls() == ["PatchServiceAccount"]
    member = world.member(member=account.at_provider["member"])
    assert member.state == GOOD
    assert member.delete().gone
    others = [{"role": "roles/owner", "members": [owner]}, {"role": VIEWER, "members": sorted([left, owner, robot])}]
    assert list(world.policy()) == others
    assert world.service_account("robot1", project="example.com:data").state == NEVER_MADE


def test_what_is_told_of_google_cloud(tmp_path: Path) -> None:
    """By its journal, as the end-to-end tests read it: no lag holds up what was done before, and refusals were not done."""
    world = World(lag_new_service_accounts=60, denied={"default": ["projects/closed"]})
    account = world.service_account(description="x")
    email = account.at_provider["email"]
    world.member("BucketIAMMember", bucket="acme", member=f"serviceAccount:{email}").wait(60)
    world.member("ServiceAccountIAMMember", serviceAccountId=account.at_provider["id"])
    world.member(project="closed")
    world.service_account("temporary").delete()
    places = Places(tmp_path)
    journal = Journal(places.journal)
    for entry in world.entries:
        journal.write(entry)
    journal.close()
    google = GoogleSnapshot(places)
    assert google.service_account(PROJECT, "my-account").description == "x"
    assert google.service_account(PROJECT, "my-account").unique_id == account.at_provider["uniqueId"]
    assert google.account_ids(PROJECT) == ["my-account"]
    assert google.policy("b/acme") == ({"role": VIEWER, "members": [f"serviceAccount:{email}"]},)
    assert google.members(account.at_provider["id"], VIEWER) == [MEMBER]
    assert google.roles(f"serviceAccount:{email}") == {"b/acme": [VIEWER]}
    assert [entry.by for entry in google.calls_on("b/acme")] == ["uid-of-bucketiammember-2"]
    assert [entry.error for entry in google.entries if entry.error] == [
        f"googleapi: Error 400: Service account {email} does not exist., invalid"
    ]


def test_options_by_the_name_of_a_provider_config(capsys: pytest.CaptureFixture[str]) -> None:
    needed = ["--kubeconfig=k", "--journal=j"]
    told = ["--project=a=p", "--denied=a=projects/x", "--denied=a=b/x", "--denied=b=projects/x"]
    given = options().parse_args([*needed, *told, "--lag-new-service-accounts=60"])
    assert (given.project, given.lag_new_service_accounts) == ([("a", "p")], 60)
    assert grouped(given.denied) == {"a": ["projects/x", "b/x"], "b": ["projects/x"]}
    assert options().parse_args([*needed, f"--existing-cluster=r/{ACCOUNT}/prod"]).existing_cluster[0].name == "prod"
    with pytest.raises(SystemExit):
        options().parse_args([*needed, "--denied=projects/x"])
    assert "provider config" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        "--existing-association=a/b=arn:aws:iam::1:role/x",
        "--existing-association=a/b/c/d/e=x",
        "--existing-role=my-role",
        "--existing-policy=arn:aws:iam::1:role/x",
        "--existing-cluster=eu-central-1/prod",
        "--existing-cluster=eu-central-1/1/prod,issuers=https://x",
        "--existing-addon=eu-central-1/1/vpc-cni",
        "--existing-oidc-provider=https://issuer.example.com",
        "--existing-member=b/acme=roles/viewer",
        "--existing-service-account=data",
        "--existing-service-account=data/short",
        "--existing-gke-cluster=data/prod",
        "--existing-gke-cluster=projects/data/europe-west1/prod",
        "--existing-gke-cluster=data/europe-west1/prod,autopilot",
    ],
)
def test_options_that_cannot_be_read(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    existing.add_options(parser)
    with pytest.raises(SystemExit):
        parser.parse_args([option])
    assert "must be " in capsys.readouterr().err


def test_what_is_missing_of_provider_gcp_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is installed then, and the rest is."""
    monkeypatch.setenv("PROVIDER_CRDS", str(tmp_path))
    assert packages.missing_google().startswith(f"CRDs are missing in {tmp_path}: bucketiammembers.storage.gcp.m.upbound.io, ")
    assert packages.google_providers() == []
    for kind in KINDS:
        for served in kind.served():
            (tmp_path / f"{served.group}_{kind.plural}.yaml").touch()
    assert packages.missing_google() == ""
    assert "xpkg.crossplane.io/crossplane-contrib/provider-gcp-kms:v3.0.0" in [
        each["spec"]["package"] for each in packages.google_providers()
    ]
    (tmp_path / "kms.gcp.upbound.io_keyringiammembers.yaml").unlink()
    assert ": keyringiammembers.kms.gcp.upbound.io. No Go module" in packages.missing_google()


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}),
        ({"a": [1]}, {"a": [1, 2], "b": {}}, {"a": [1, 2], "b": {}}),
    ],
)
def test_patches(old: dict[str, Any], new: dict[str, Any], patch: dict[str, Any]) -> None:
    assert difference(old, new) == patch


def test_the_queue_works_on_a_key_once_at_a_time() -> None:
    """Added ten times while it is worked on, it is worked on once more; what is to come later comes."""

    async def run() -> list[str]:
        worked: list[str] = []
        running: set[str] = set()
        enough = asyncio.Event()

        async def work(key: str) -> None:
            assert key not in running
            running.add(key)
            worked.append(key)
            if worked == ["a"]:
                for _ in range(10):
                    queue.add("a")
                queue.add_later("b", 0)
            await asyncio.sleep(0)
            running.discard(key)
            if len(worked) == 3:
                enough.set()

        queue: WorkQueue[str] = WorkQueue(work)
        queue.add("a")
        task = asyncio.create_task(queue.run(4))
        await enough.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return worked

    assert sorted(asyncio.run(run())) == ["a", "a", "b"]


def test_patches_in_the_real_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Each write is a patch; somebody else's finalizer that came between two of them stays; a poll writes its time alone."""
    world = World(schema=SCHEMA)
    role = Flavour.all_of(KINDS[0])[1]
    stored: dict[str, Any] = {
        "apiVersion": f"{role.served.group}/{role.served.version}",
        "kind": "Role",
        "metadata": {"name": "a", "namespace": "b", "uid": "c", "resourceVersion": "1", "generation": 1},
        "spec": {"forProvider": {"assumeRolePolicy": TRUST, "managedPolicyArns": []}},
    }
    crd = {"spec": {"versions": [{"name": "v1beta1", "schema": {"openAPIV3Schema": {"properties": {"spec": SCHEMA}}}}]}}
    patches: list[dict[str, Any]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json=crd)
        patch = json.loads(request.content)
        patches.append(patch)
        if len(patches) == 1:
            stored["metadata"]["finalizers"] = ["others"]
        merge(stored, patch)
        stored["metadata"]["generation"] += "spec" in patch
        stored["metadata"]["resourceVersion"] = str(len(patches) + 1)
        return httpx2.Response(200, json=stored)

    async def run() -> None:
        config = KubeConfig.from_one(cluster=Cluster(server="http://127.0.0.1:1"), user=User()).get()
        client = AsyncClient(config=config, transport=httpx2.MockTransport(answer), trust_env=False)
        times = [NOW]
        controller = Controller(client, world.provider, Outage(), now=lambda: times[-1])
        task = asyncio.create_task(controller.queue.run(2))
        controller.listed(role, [copy.deepcopy(stored)])
        for seconds in (0, 60):
            times.append(NOW + timedelta(seconds=seconds))
            controller.poll()
            async with asyncio.timeout(10):
                while POLLED not in capsys.readouterr().err:
                    await asyncio.sleep(0)
        times.append(NOW + timedelta(seconds=120))
        of_others = {"conditions": [*stored["status"]["conditions"], {"type": "Other"}]}
        for part, count in (({"status": of_others}, 9), ({"metadata": stored["metadata"] | {"labels": {"a": "b"}}}, 10)):
            found = {**copy.deepcopy(stored), **copy.deepcopy(part)}
            found["metadata"]["resourceVersion"] = str(100 + count)
            controller.changed(role, "MODIFIED", found)
            for _ in range(100):
                await asyncio.sleep(0)
            assert len(patches) == count
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert [sorted(patch.get("spec") or patch.get("status") or patch["metadata"]) for patch in patches] == [
        ["forProvider", "initProvider"],
        ["annotations"],
        ["finalizers", "resourceVersion"],
        ["annotations"],
        ["annotations"],
        ["conditions"],
        ["forProvider"],
        ["atProvider", "conditions"],
        ["conditions"],
        ["conditions"],
    ]
    assert patches[0]["spec"]["forProvider"]["managedPolicyArns"] is None
    assert stored["metadata"]["finalizers"] == ["others", FINALIZER]
    assert {each["type"]: each["status"] for each in stored["status"]["conditions"]}["Ready"] == "True"


def merge(target: dict[str, Any], patch: dict[str, Any]) -> None:
    """Apply a JSON merge patch."""
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        elif isinstance(value, dict):
            merge(target.setdefault(name, {}), value)
        else:
            target[name] = value


def test_a_poll_works_on_every_key_once() -> None:
    """Also on one that was being worked on when the poll began, and that pass is not the poll's."""
    told: list[str] = []
    polling: Polling[str] = Polling(told.append)
    polling.begin(["a", "b"])
    for key in ("a", "b"):
        with polling.of(key):
            told.append(key)
    with polling.of("a"):
        polling.begin(["a"])
    told.append("not yet")
    with polling.of("a"):
        pass
    polling.begin([])
    assert told == ["a", "b", POLLED, "not yet", POLLED, POLLED]


def test_a_deployment_runs_as_soon_as_it_is_there() -> None:
    """And again after an edit; one that runs is left alone."""
    deployment: dict[str, Any] = {"metadata": {"generation": 1}, "spec": {"replicas": 2}}
    deployment["status"] = running(deployment, NOW)
    assert (
        deployment["status"]["conditions"][0] | {"type": "Available", "status": "True"} == deployment["status"]["conditions"][0]
    )
    assert {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2, "updatedReplicas": 2}.items() <= deployment[
        "status"
    ].items()
    assert running(deployment, datetime.now(UTC)) == deployment["status"]
    deployment["metadata"]["generation"] = 2
    assert difference(deployment["status"], running(deployment, NOW)) == {"observedGeneration": 2}


def test_a_watch_survives_what_happens_to_the_api_server(capsys: pytest.CaptureFixture[str]) -> None:
    """The kind is missing, then listed; the watch is too old; nothing answers twice, which is told once; then all is well."""
    listing = {"apiVersion": "apps/v1", "kind": "DeploymentList", "metadata": {"resourceVersion": "7"}}
    deployment = {"metadata": {"name": "a", "resourceVersion": "8"}, "spec": {"selector": {}, "template": {}}}
    too_old = {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "code": 410, "message": "too old"}}
    found = {"type": "ADDED", "object": deployment}
    answers: list[httpx2.Response | None] = [
        httpx2.Response(404, text="404 page not found"),
        httpx2.Response(200, json={**listing, "items": []}),
        httpx2.Response(200, json=too_old),
        None,
        None,
        httpx2.Response(200, json={**listing, "items": [deployment]}),
        httpx2.Response(200, json=found),
    ]

    def answer(request: httpx2.Request) -> httpx2.Response:
        if not answers:
            raise AllSeen
        next_one = answers.pop(0)
        if next_one is None:
            raise httpx2.ConnectError("refused")
        return next_one

    seen = Seen()

    async def run() -> None:
        config = KubeConfig.from_one(cluster=Cluster(server="http://127.0.0.1:1"), user=User()).get()
        client = AsyncClient(config=config, transport=httpx2.MockTransport(answer), trust_env=False)
        await follow(client, Deployment, "crossplane-system", seen, Outage(), pause=0)

    with pytest.raises(AllSeen):
        asyncio.run(run())
    assert seen.told == [[], ["a"], "ADDED a"]
    assert capsys.readouterr().err.splitlines() == [
        "the API server does not answer, trying until it does: ConnectError('refused')"
    ]


class AllSeen(Exception):
    """There is nothing more to answer."""


class Seen:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[list[str] | str] = []

    def listed(self, objects: Sequence[Any]) -> None:
        self.told.append([each.metadata.name for each in objects])

    def changed(self, operation: str, found: Any) -> None:
        self.told.append(f"{operation} {found.metadata.name}")


def _code(by: object) -> CodeType:
    function: Any = by.fget if isinstance(by, property) else by
    code: CodeType = function.__code__
    return code


@contextmanager
def _called() -> Iterator[set[CodeType]]:
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(note)
    try:
        yield codes
    finally:
        sys.setprofile(before)

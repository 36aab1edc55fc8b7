"""Who is admitted in Google Cloud, and to what: every rendered member, read by a judge that shares no code with the function."""

import copy
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from function.catalogue.entry import Fetched
from function.catalogue.merge import merge
from function.observed import RESOURCE_NAME, Observed
from tests.support import EXAMPLES
from tests.support.gcp_judge import decode, faults
from tests.support.profile import seeds
from tests.support.random_gcp import (
    NUMBERS,
    ON,
    admitted_beside,
    existing_account,
    in_project,
    on_kinds,
    random_gcp,
    rich_gcp,
    rich_gcp_direct,
)
from tests.support.xrs import FLAVOURS, answered, composed, desired, everything_provided
from tests.test_examples import required

SPECS = 400
RICH = (rich_gcp, rich_gcp_direct, existing_account)

Objects = dict[str, dict[str, Any]]


def objects(spec: dict[str, Any], kind: str = "PodIdentity") -> Objects:
    result = composed(spec, kind)
    assert result.fatal is None, result.fatal
    made = {resource.name: resource.object() for resource in result.resources}
    assert len(made) == len(result.resources), "two of one composition resource name"
    return made


def random_specs() -> Iterator[tuple[dict[str, Any], str]]:
    for seed in range(SPECS):
        yield random_gcp(random.Random(seed)), FLAVOURS[seed % 2]


def test_exactly_the_listed_pods_are_admitted_to_exactly_what_is_asked_for() -> None:
    for spec, kind in random_specs():
        assert faults(spec, objects(spec, kind), kind) == []


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("rich", RICH)
def test_specs_that_set_everything(rich: Callable[[], dict[str, Any]], kind: str) -> None:
    assert faults(rich(), objects(rich(), kind), kind) == []


def test_where_a_pool_makes_pods_one_none_is_admitted_beside_those_listed() -> None:
    """Entries are restricted to some of their clusters: refused exactly where another cluster's pods would come in with them."""
    refused = taken = 0
    for seed in range(SPECS):
        rng = random.Random(seed)
        spec = random_gcp(rng)
        for entry in spec["serviceAccounts"]:
            handles = entry.get("clusters", [cluster["name"] for cluster in spec["clusters"]])
            if rng.random() < 0.6:
                entry["clusters"] = rng.sample(handles, rng.randint(1, len(handles)))
                entry.setdefault("namespaces", [entry.pop("namespace", "data")])
        result = composed(spec)
        if result.fatal:
            refused += 1
            assert all("would be admitted, too" in fault.message for fault in result.errors), result.fatal
            assert admitted_beside(spec), result.fatal
        else:
            taken += 1
            assert not admitted_beside(spec)
    assert min(refused, taken) > SPECS / 10


def test_the_random_specs_have_everything_in_them() -> None:
    """Else the tests above would pass for want of cases."""
    seen: set[str] = set()
    for spec, kind in random_specs():
        gcp = spec["gcp"]
        seen |= {next(iter(role["on"])) for role in gcp["roles"] if "on" in role}
        seen |= {gcp.get("mode", "Impersonate"), gcp.get("pin", "ServiceAccount")}
        seen |= {"pool of another project" for c in spec["clusters"] if c["gke"]["projectId"] != gcp["projectId"]}
        seen |= {"fleet" for c in spec["clusters"] if "fleet" in c["gke"].get("workloadPool", "")}
        seen |= {form for o in objects(spec, kind).values() if (form := _form(o))}
        seen |= {name for c in spec["clusters"] for name in c.get("vcluster", ())}
        seen |= set(gcp.get("serviceAccount", ()))
    assert seen >= {*on_kinds(), "Impersonate", "Direct", "ServiceAccount", "Namespace", "pool of another project", "fleet"}
    assert seen >= {"gsa", "ksa", "subject", "namespace", "iamMember", "a digest", "email", "accountId"}
    assert seen >= {"hostNamespace", "project", "namespaceMappings", "mappingsOnly"}


def _form(one: dict[str, Any]) -> str | None:
    member = one["spec"]["forProvider"].get("member")
    if member is None:
        return None
    if member.startswith("iamMember:"):
        return "iamMember"
    if re.search(r"-[0-9a-f]{10}\W?$", member):
        return "a digest"
    return decode(member).kind


def _members(made: Objects) -> list[dict[str, Any]]:
    return [one for one in made.values() if one["kind"].endswith("IAMMember")]


def _everywhere(pattern: str, replacement: str) -> Callable[[Objects], None]:
    def mutate(made: Objects) -> None:
        for one in _members(made):
            fields = one["spec"]["forProvider"]
            fields["member"] = re.sub(pattern, replacement, fields["member"])

    return mutate


def _once(change: Callable[[Objects, str], None], kind: str) -> Callable[[Objects], None]:
    """A change of one object of a kind."""
    return lambda made: change(made, next(name for name, one in made.items() if one["kind"] == kind))


def _doubled(made: Objects, name: str) -> None:
    made["again"] = copy.deepcopy(made[name])


def _left_out(made: Objects, name: str) -> None:
    del made[name]


def _binding(made: Objects, name: str) -> None:
    made[name]["kind"] = "ProjectIAMBinding"


def _set(field: str, value: Any) -> Callable[[Objects, str], None]:
    def change(made: Objects, name: str) -> None:
        made[name]["spec"]["forProvider"][field] = value

    return change


def _no_condition(made: Objects, name: str) -> None:
    del made[name]["spec"]["forProvider"]["condition"]


def _another_version(made: Objects, name: str) -> None:
    made[name]["apiVersion"] = made[name]["apiVersion"].replace("v1beta1", "v1beta2")


PROD = NUMBERS["prod-436507"]
MUTATIONS: dict[str, tuple[Callable[[], dict[str, Any]], Callable[[Objects], None]]] = {
    "the pool of the service account's project": (rich_gcp, _everywhere(r"prod-436507(?=\.svc)", "customer-project")),
    "the virtual namespace": (rich_gcp, _everywhere(r"host-team-blue", "team-blue")),
    "the virtual name": (rich_gcp, _everywhere(r"vcluster-sync/api-x-data-x-sync", "data/api")),
    "the vcluster's namespace with the virtual name": (rich_gcp, _everywhere(r"api-x-data-x-sync", "api")),
    "a colon between namespace and name": (rich_gcp, _everywhere(r"\[([^/]+)/", r"[\1:")),
    "a pool without svc": (rich_gcp, _everywhere(r"\.svc\.id\.goog", ".id.goog")),
    "a pool by its number": (rich_gcp, _everywhere(r"prod-436507(?=\.svc)", PROD)),
    "round brackets": (rich_gcp, _everywhere(r"\[(.*)\]", r"(\1)")),
    "a user": (rich_gcp, _everywhere(r"^serviceAccount:", "user:")),
    "everybody": (rich_gcp, _everywhere(r"^serviceAccount:prod.*", "allAuthenticatedUsers")),
    "a wildcard": (rich_gcp, _everywhere(r"\[data/api\]", "[data/*]")),
    "a deleted account": (rich_gcp, _everywhere(r"^", "deleted:")),
    "another account of the project": (rich_gcp, _everywhere(r"reports@", "report@")),
    "number and id swapped": (rich_gcp_direct, _everywhere(rf"{PROD}(.*)prod-436507", rf"prod-436507\g<1>{PROD}")),
    "the id for the number": (rich_gcp_direct, _everywhere(r"projects/\d+", "projects/prod-436507")),
    "another project's number": (rich_gcp_direct, _everywhere(PROD, NUMBERS["stage-436508"])),
    "another location": (rich_gcp_direct, _everywhere(r"global", "europe-west1")),
    "a principal for a set": (rich_gcp_direct, _everywhere(r"principalSet:", "principal:")),
    "a whole pool": (rich_gcp_direct, _everywhere(r"/namespace/.*", "/*")),
    "a virtual namespace in a principal": (rich_gcp_direct, _everywhere(r"data-of-sync", "data")),
    "one slash": (rich_gcp_direct, _everywhere(r"://", ":/")),
    "iamMember everywhere": (rich_gcp_direct, _everywhere(r"^principal", "iamMember:principal")),
    "no iamMember in a dataset": (rich_gcp_direct, _everywhere(r"^iamMember:", "")),
    "a grant twice": (rich_gcp, _once(_doubled, "SecretIAMMember")),
    "a grant missing": (rich_gcp, _once(_left_out, "SecretIAMMember")),
    "no workload identity user": (rich_gcp, _once(_left_out, "ServiceAccountIAMMember")),
    "the token creator": (rich_gcp, _once(_set("role", "roles/iam.serviceAccountTokenCreator"), "ServiceAccountIAMMember")),
    "a service account of the cluster's project": (
        rich_gcp,
        _once(
            _set("serviceAccountId", "projects/prod-436507/serviceAccounts/reports@customer-project.iam.gserviceaccount.com"),
            "ServiceAccountIAMMember",
        ),
    ),
    "a service account by its email": (
        rich_gcp,
        _once(_set("serviceAccountId", "reports@customer-project.iam.gserviceaccount.com"), "ServiceAccountIAMMember"),
    ),
    "a binding": (rich_gcp, _once(_binding, "ProjectIAMMember")),
    "another role": (rich_gcp, _once(_set("role", "roles/owner"), "SecretIAMMember")),
    "another project": (rich_gcp, _once(_set("project", "customer-project"), "SecretIAMMember")),
    "no condition": (rich_gcp, _once(_no_condition, "BucketIAMMember")),
    "another expression": (rich_gcp, _once(_set("condition", {"title": "reports", "expression": "true"}), "BucketIAMMember")),
    "no service account": (rich_gcp, _once(_left_out, "ServiceAccount")),
    "the service account elsewhere": (rich_gcp, _once(_set("project", "prod-436507"), "ServiceAccount")),
    "another version": (rich_gcp, _once(_another_version, "BucketIAMMember")),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_judge_finds_a_planted_defect(name: str) -> None:
    rich, mutate = MUTATIONS[name]
    made = objects(rich())
    before = copy.deepcopy(made)
    mutate(made)
    assert made != before
    assert faults(rich(), made)


def test_the_judge_finds_what_is_not_asked_for() -> None:
    spec = rich_gcp()
    del spec["serviceAccounts"][1]["namespaces"][1]
    assert faults(spec, objects(rich_gcp()))


NARROW = {
    "clusters": [{"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1"}}],
    "serviceAccounts": [{"name": "api", "namespace": "data"}],
    "gcp": {
        "projectId": "customer-project",
        "serviceAccount": {"accountId": "reports"},
        "roles": [
            {
                "role": "roles/secretmanager.viewer",
                "on": {"secret": {"projectId": "shared-data", "name": "orders"}},
                "condition": {"title": "t", "expression": "true", "description": "d"},
            }
        ],
    },
}


def _key(spec: dict[str, Any], kinds: str = "IAMMember") -> set[str]:
    return {name for name, one in objects(spec).items() if one["kind"].endswith(kinds) and name.startswith("member-")}


def _edited(*path: str | int, value: Any) -> dict[str, Any]:
    spec = copy.deepcopy(NARROW)
    place: Any = spec
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return spec


_ROLE = ("gcp", "roles", 0)
EDITS = {
    "role": _edited(*_ROLE, "role", value="roles/secretmanager.secretAccessor"),
    "project": _edited(*_ROLE, "on", "secret", "projectId", value="customer-project"),
    "name": _edited(*_ROLE, "on", "secret", "name", value="order"),
    "kind": _edited(*_ROLE, "on", value={"bucket": "orders"}),
    "title": _edited(*_ROLE, "condition", "title", value="u"),
    "expression": _edited(*_ROLE, "condition", "expression", value="true "),
    "description": _edited(*_ROLE, "condition", "description", value="e"),
    "title and expression swapped": _edited(
        *_ROLE, "condition", value={"title": "true", "expression": "t", "description": "d"}
    ),
    "no description": _edited(*_ROLE, "condition", value={"title": "t", "expression": "true"}),
    "no condition": _edited("gcp", "roles", 0, value={k: v for k, v in NARROW["gcp"]["roles"][0].items() if k != "condition"}),  # type: ignore[index]
    "account": _edited("gcp", "serviceAccount", value={"accountId": "report"}),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_cannot_be_changed_in_place_changes_the_key(name: str) -> None:
    (before,) = {key for key in _key(NARROW) if objects(NARROW)[key]["kind"] == "SecretIAMMember"}
    assert before not in _key(EDITS[name])


def test_every_edit_gives_a_key_of_its_own() -> None:
    keys = [key for spec in (NARROW, *EDITS.values()) for key in _key(spec, "SecretIAMMember") | _key(spec, "BucketIAMMember")]
    assert len(set(keys)) == len(keys) == 1 + len(EDITS)


def _another(name: str) -> str:
    return f"x{name}" if "@" in name else f"{name}1"


@pytest.mark.parametrize("on", ON, ids=on_kinds())
def test_every_part_of_a_resource_is_in_the_key(on: dict[str, Any]) -> None:
    ((kind, facts),) = in_project(on, "shared-data").items()
    edited = (
        [{**facts, name: _another(value)} for name, value in facts.items()] if isinstance(facts, dict) else [_another(facts)]
    )
    keys = [_key(_edited(*_ROLE, value={"role": "roles/viewer.x", "on": {kind: one}})) for one in (facts, *edited)]
    own = [key - _key(_edited("gcp", "roles", value=[])) for key in keys]
    assert len(set.union(*own)) == len(own) == 1 + len(edited)


def test_who_is_granted_is_in_the_key() -> None:
    other = _edited("serviceAccounts", 0, "name", value="worker")
    assert len(_key(NARROW) - _key(other)) == 1
    assert len(_key(other) - _key(NARROW)) == 1


def test_an_empty_description_makes_no_second_grant() -> None:
    """Two resources of one name would be one."""
    condition = {"title": "t", "expression": "true"}
    roles = [{"role": "roles/secretmanager.viewer", "condition": one} for one in (condition, {**condition, "description": ""})]
    fatal = composed(_edited("gcp", "roles", value=roles)).fatal
    assert fatal
    assert fatal.startswith(
        "spec.gcp.roles[1]: an earlier entry grants roles/secretmanager.viewer on project customer-project, too"
    )


@pytest.mark.parametrize("folder", sorted(file.parent for file in EXAMPLES.glob("*/xr.yaml")), ids=lambda folder: folder.name)
def test_examples(folder: Path) -> None:
    written = yaml.safe_load((folder / "xr.yaml").read_text())
    spec: Any = merge(written["spec"], Fetched.read(required(folder)), written["metadata"]["namespace"], claim=True).spec
    for kind in FLAVOURS if "gcp" in spec else ():
        assert faults(spec, objects(spec, kind), kind) == []


@pytest.mark.parametrize("seed", seeds(60))
def test_the_order_of_lists_changes_nothing_that_is_composed(seed: int) -> None:
    rng = random.Random(seed)
    spec = random_gcp(rng)
    turned = copy.deepcopy(spec)
    for some in (turned["clusters"], turned["serviceAccounts"], turned["gcp"]["roles"]):
        rng.shuffle(some)
    for entry in turned["serviceAccounts"]:
        for name in ("clusters", "namespaces"):
            rng.shuffle(entry.get(name, []))
    assert desired(answered(spec)) == desired(answered(turned))


@pytest.mark.parametrize("kind", FLAVOURS)
@pytest.mark.parametrize("seed", seeds(20))
def test_the_same_input_gives_the_same_bytes(seed: int, kind: str) -> None:
    first, second = (answered(random_gcp(random.Random(seed)), kind).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second


def test_it_is_said_that_equal_names_of_other_clusters_of_the_pool_are_admitted_too() -> None:
    """What is not listed here cannot be seen."""
    spec = existing_account()
    (condition,) = (
        c for c in composed(spec, observed=Observed.from_manifests(_there(spec))).conditions if c.type == "BindingsReady"
    )
    assert condition.status == "True", condition
    assert "pods of the same namespace and service account in any other cluster of" in condition.message
    assert "are the same: they are admitted, too" in condition.message


def test_direct_takes_away_the_annotation_that_impersonation_put_there() -> None:
    """Pods with it would go on asking for a service account that is gone."""
    for mode, annotated in (("Impersonate", True), ("Direct", False)):
        gcp = {"projectId": "customer-project", "mode": mode, "roles": [{"role": "roles/spanner.viewer"}]}
        gke = {"projectId": "prod-436507", "location": "europe-west1", "projectNumber": "123456789012"}
        spec = {
            "clusters": [{"name": "prod", "gke": gke, "kubernetesProviderConfigRef": {"name": "prod"}}],
            "serviceAccounts": [{"name": "api"}],
            "serviceAccountManagement": "Annotate",
            "gcp": gcp,
        }
        (made,) = (each.object() for each in composed(spec).resources if each.kind == "Object")
        assert ("annotations" in made["spec"]["forProvider"]["manifest"]["metadata"]) is annotated


def _there(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All that is composed, there and ready."""
    found = []
    for name, manifest in everything_provided(spec).items():
        annotations = {**manifest["metadata"]["annotations"], RESOURCE_NAME: name}
        found.append({**manifest, "metadata": {**manifest["metadata"], "annotations": annotations}})
    return found

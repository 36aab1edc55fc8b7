"""Random PodIdentities in Google Cloud, and specs that set every field there is."""

import hashlib
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

NUMBERS = {
    "prod-436507": "100000000001",
    "stage-436508": "200000000002",
    "fleet-host": "300000000003",
    "example.com:edge-1": "400000000004",
}
"""The projects of clusters and fleets, and their numbers."""

ACCOUNT_PROJECTS = ("customer-project", "prod-436507", "example.com:customer-1")
OTHER_PROJECTS = ("shared-data", "stage-436508")
OWNER = ("data", "reports")
"""The owner that tests/support/xrs.py gives to every XR."""

NAMESPACES = ("data", "web", "ops", "team-blue", "team-green")
NAMES = ("api", "worker", "cron.daily", "external-secrets-operator-controller-manager")
MAPPED = {"team-*": "host-team-*", "web": "${name}-web"}

CONDITIONS: tuple[dict[str, str], ...] = (
    {"title": "until 2027", "expression": 'request.time < timestamp("2027-01-01T00:00:00Z")'},
    {"title": "office hours", "expression": "request.time.getHours('Europe/Berlin') >= 9 && !(resource.name == r'a\\b')"},
    {"title": "reports", "expression": "resource.name.startsWith('projects/_/buckets/reports')", "description": "A prefix."},
    {"title": "reports", "expression": "resource.name.startsWith('projects/_/buckets/reports')", "description": "Another."},
    {"title": "by type", "expression": 'resource.type == "secretmanager.googleapis.com/Secret" // of version 1'},
    {"title": "by service", "expression": '[resource.service][0] in ["storage.googleapis.com", "}"]'},
    {"title": "by token", "expression": 'request.auth.claims.google.providerId == """https://x"""'},
)


class Pod(NamedTuple):
    """A service account as IAM tells it from others: by its pool, and by what the host cluster calls it."""

    pool: str
    number: str | None
    namespace: str
    name: str


def random_gcp(rng: random.Random) -> dict[str, Any]:
    """A valid spec: 1 to 4 clusters of 1 to 3 pools, some with vclusters, and every kind of thing that roles are granted on."""
    direct = rng.random() < 0.5
    pin = rng.choice(("ServiceAccount", "Namespace", "Cluster")) if direct else "ServiceAccount"
    by_namespace = pin == "Namespace"
    clusters = list(_clusters(rng, numbered=direct, mapped=by_namespace, fleets=pin != "Cluster"))
    project = rng.choice(ACCOUNT_PROJECTS)
    gcp: dict[str, Any] = {"projectId": project, "roles": _roles(rng, project, least=1 if direct else 0)}
    if direct:
        gcp |= {"mode": "Direct"} | ({"pin": pin} if pin != "ServiceAccount" else {})
    elif ":" in project or rng.random() < 0.7:
        gcp["serviceAccount"] = _account(rng, project)
    spec: dict[str, Any] = {
        "clusters": clusters,
        "serviceAccounts": _service_accounts(rng, clusters, by_namespace=by_namespace),
        "gcp": gcp,
    }
    if rng.random() < 0.2:
        gcp["providerConfigRef"] = {"name": "customer"}
    if rng.random() < 0.2:
        spec["managementPolicies"] = ["Observe", "Create", "Update", "LateInitialize"]
    if rng.random() < 0.2:
        spec["deletionOrder"] = "Ordered"
    if rng.random() < 0.2:
        spec["serviceAccountManagement"] = rng.choice(("Annotate", "Own"))
        for cluster in clusters:
            cluster["kubernetesProviderConfigRef"] = {"name": cluster["name"]}
    return spec


FLEETS_OWN = f"team-a.global.{NUMBERS['fleet-host']}.workload.id.goog"
"""A pool that a fleet made itself."""


def _clusters(rng: random.Random, *, numbered: bool, mapped: bool, fleets: bool) -> Iterator[dict[str, Any]]:
    projects = rng.sample(sorted(NUMBERS), rng.randint(1, 3))
    pools = {project: fleets and rng.random() < 0.4 for project in projects}
    made: list[dict[str, Any]] = []
    for index in range(rng.randint(1, 4)):
        project = rng.choice(projects)
        gke: dict[str, Any] = {"projectId": project, "location": rng.choice(("europe-west1", "europe-west1-b"))}
        owner = project
        if pools[project]:
            owner = "fleet-host"
            gke["workloadPool"] = rng.choice((f"{owner}.svc.id.goog", FLEETS_OWN))
        elif rng.random() < 0.2:
            gke["workloadPool"] = f"{project}.svc.id.goog"
        if (numbered and gke.get("workloadPool") != FLEETS_OWN) or rng.random() < 0.3:
            gke["projectNumber"] = NUMBERS[owner]
        if rng.random() < 0.5:
            gke["clusterName"] = f"{project.rpartition(':')[2]}-{index}"
        cluster = {"name": f"c{index}", "gke": gke}
        if rng.random() < 0.4:
            # Somebody may install the same vcluster everywhere.
            again = dict(rng.choice(made)) if made and rng.random() < 0.4 else _vcluster(rng, index, mapped=mapped)
            made.append(again)
            yield cluster | {"vcluster": again}
            if rng.random() < 0.3:  # another vcluster of the same cluster
                gke.setdefault("clusterName", f"shared-{index}")
                yield {"name": f"d{index}", "gke": dict(gke), "vcluster": _vcluster(rng, index + 10, mapped=mapped)}
        else:
            yield cluster


def _vcluster(rng: random.Random, index: int, *, mapped: bool) -> dict[str, Any]:
    """Names and mappings hold the number, so that nothing of two vclusters meets in one cluster or pool."""
    name = rng.choice((f"vc{index}", f"customer-project-alpha-prod-{index}"))
    where = rng.choice(({"hostNamespace": f"vcluster-{index}"}, {"project": "devspace"}))
    vcluster: dict[str, Any] = {"name": name, **where, "serviceAccountSync": True}
    if mapped or rng.random() < 0.4:
        vcluster["namespaceMappings"] = {
            "team-*": f"host{index}-team-*",
            "web": "${name}-web",
            "ops": f"ops-of-{index}",
        }
        if mapped or rng.random() < 0.4:
            vcluster["mappingsOnly"] = True
    return vcluster


def _service_accounts(rng: random.Random, clusters: list[dict[str, Any]], *, by_namespace: bool) -> list[dict[str, Any]]:
    """Entries without a pod twice. Clusters of one pool share theirs, as do equal vclusters in it: to IAM those are one."""
    groups: dict[str, list[str]] = {}
    for cluster in clusters:
        key = f"{cluster.get('vcluster', {}).get('name')} in {pool_of(cluster)}"
        groups.setdefault(key, []).append(cluster["name"])
    synced = {cluster["name"]: _synced(cluster) for cluster in clusters}
    virtual = {cluster["name"] for cluster in clusters if "vcluster" in cluster}
    taken: set[tuple[str, str, str]] = set()
    entries: list[dict[str, Any]] = []
    for _ in range(rng.choice((1, 2, 3, 6))):
        chosen = rng.sample(sorted(groups), rng.randint(1, len(groups)))
        handles = [handle for group in chosen for handle in groups[group]]
        possible = [namespace for namespace in NAMESPACES if all(namespace in synced[handle] for handle in handles)]
        namespaces = rng.sample(possible, rng.randint(1, min(3, len(possible))))
        name = rng.choice(NAMES)
        pods = {(handle, namespace, name) for handle in handles for namespace in namespaces}
        if pods & taken:
            continue
        taken |= pods
        entry: dict[str, Any] = {"name": name}
        if len(namespaces) > 1 or rng.random() < 0.3:
            entry["namespaces"] = namespaces
        elif namespaces != [OWNER[0]] or virtual & set(handles) or rng.random() < 0.5:
            entry["namespace"] = namespaces[0]
        if len(handles) < len(clusters) or rng.random() < 0.5:
            entry["clusters"] = handles
        entries.append(entry)
    return entries


def _synced(cluster: dict[str, Any]) -> tuple[str, ...]:
    """The namespaces of which pods can run."""
    if not cluster.get("vcluster", {}).get("mappingsOnly"):
        return NAMESPACES
    return tuple(namespace for namespace in NAMESPACES if namespace.startswith("team-") or namespace in ("web", "ops"))


def _account(rng: random.Random, project: str) -> dict[str, str]:
    # In a domain's project none can be composed.
    if ":" in project or rng.random() < 0.4:
        emails = (f"existing@{_domain(project)}", "123456789012-compute@developer.gserviceaccount.com")
        return {"email": rng.choice(emails)}
    written = {"accountId": "reports", "displayName": "Reports, é", "description": "Reads the orders"}
    return {name: value for name, value in written.items() if rng.random() < 0.6}


def _domain(project: str) -> str:
    domain, _, name = project.rpartition(":")
    return f"{'.'.join(filter(None, (name, domain)))}.iam.gserviceaccount.com"


ON: tuple[dict[str, Any], ...] = (
    {"projectId": "shared-data"},
    {"folderId": "123456789012"},
    {"organizationId": "210987654321"},
    {"bucket": "customer-reports"},
    {"managedFolder": {"bucket": "customer-reports", "folder": "monthly/2026"}},
    {"serviceAccount": {"email": "tasks@shared-data.iam.gserviceaccount.com"}},
    {"secret": {"name": "reports-api-key"}},
    {"topic": {"name": "reports"}},
    {"subscription": {"name": "reports-worker"}},
    {"managedZone": {"name": "example-com"}},
    {"dataset": {"datasetId": "sales"}},
    {"table": {"datasetId": "sales", "tableId": "orders"}},
    {"keyRing": {"location": "europe-west1", "name": "reports"}},
    {"cryptoKey": {"location": "europe-west1", "keyRing": "reports", "name": "at-rest"}},
    {"spannerInstance": {"instance": "orders"}},
    {"spannerDatabase": {"instance": "orders", "database": "main"}},
    {"repository": {"location": "europe", "name": "images"}},
    {"cloudRunService": {"location": "europe-west1", "name": "render"}},
)
"""Everything that a role can be granted on."""

_OF_NO_PROJECT = ("projectId", "folderId", "organizationId", "bucket", "managedFolder", "serviceAccount")


UNCONDITIONAL = {"dataset", "table", "topic", "subscription", "repository", "managedZone", "cloudRunService"}
"""On these no condition can be granted."""


def on_kinds() -> list[str]:
    """The names of all that a role can be granted on."""
    return [next(iter(on)) for on in ON]


def in_project(on: dict[str, Any], project: str) -> dict[str, Any]:
    """The same, in a project that is written; as it is where it can have none."""
    (kind, facts) = next(iter(on.items()))
    return on if kind in _OF_NO_PROJECT else {kind: {**facts, "projectId": project}}


def _roles(rng: random.Random, project: str, least: int) -> list[dict[str, Any]]:
    """Grants without repetition."""
    found: dict[str, dict[str, Any]] = {}
    for _ in range(rng.choice((least, least + 1, 4, 12))):
        on = rng.choice((None, *ON))
        if on and rng.random() < 0.4:
            on = in_project(on, rng.choice((*OTHER_PROJECTS, project)))
        role = rng.choice(("roles/viewer", "roles/storage.objectViewer", "organizations/210987654321/roles/Reader_1.x"))
        if on is None and rng.random() < 0.3:
            role = f"projects/{project}/roles/reader"
        grant: dict[str, Any] = {"role": role} | ({"on": on} if on else {})
        if role != "roles/viewer" and UNCONDITIONAL.isdisjoint(on or {}) and rng.random() < 0.5:
            grant["condition"] = dict(rng.choice(CONDITIONS))
        # What is written out is the same as what is meant without it.
        meant = in_project(on, _project_of(on, project)) if on else {"projectId": project}
        found.setdefault(repr((role, meant, grant.get("condition"))), grant)
    return list(found.values())


def _project_of(on: dict[str, Any], default: str) -> str:
    (facts,) = on.values()
    project: str = facts.get("projectId", default) if isinstance(facts, dict) else default
    return project


def pool_of(cluster: dict[str, Any]) -> str:
    """A cluster's workload identity pool."""
    gke = cluster["gke"]
    pool: str = gke.get("workloadPool", gke["projectId"] + ".svc.id.goog")
    return pool


def _number_of(cluster: dict[str, Any]) -> str | None:
    own = pool_of(cluster) == FLEETS_OWN
    number: str | None = NUMBERS["fleet-host"] if own else cluster["gke"].get("projectNumber")
    return number


def listed_clusters(spec: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Pool, number and URL of every cluster of which anything is listed."""
    form = "https://container.googleapis.com/v1/projects/{projectId}/locations/{location}/clusters/{clusterName}"
    return {
        (pool_of(cluster), cluster["gke"]["projectNumber"], form.format(**{"clusterName": cluster["name"], **cluster["gke"]}))
        for entry in spec["serviceAccounts"]
        for cluster in spec["clusters"]
        if cluster["name"] in entry.get("clusters", [cluster["name"]])
    }


def listed_pods(spec: dict[str, Any]) -> set[Pod]:
    """Every service account that is listed, by the names of its host cluster, without the function's own code."""
    return {
        Pod(pool_of(cluster), _number_of(cluster), *_on_host(cluster, namespace, entry["name"]))
        for entry in spec["serviceAccounts"]
        for cluster in spec["clusters"]
        if cluster["name"] in entry.get("clusters", [cluster["name"]])
        for namespace in entry.get("namespaces", [entry.get("namespace", OWNER[0])])
    }


def admitted_beside(spec: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The (cluster, namespace, service account) that are not listed, and that IAM cannot tell from others that are."""
    if spec["gcp"].get("pin") == "Cluster":
        return set()
    whole = spec["gcp"].get("pin") != "Namespace"
    listed = {
        (cluster["name"], namespace, entry["name"] if whole else "")
        for entry in spec["serviceAccounts"]
        for cluster in spec["clusters"]
        if cluster["name"] in entry.get("clusters", [cluster["name"]])
        for namespace in entry.get("namespaces", [entry.get("namespace", OWNER[0])])
    }
    granted = {(pod.pool, pod.namespace, pod.name if whole else "") for pod in listed_pods(spec)}
    every = (
        (cluster, namespace, name)
        for cluster in spec["clusters"]
        for namespace in _synced(cluster)
        for name in (NAMES if whole else ("",))
    )
    return {
        (cluster["name"], namespace, name)
        for cluster, namespace, name in every
        if (cluster["name"], namespace, name) not in listed
        and (pool_of(cluster), *_on_host(cluster, namespace, name)) in granted
    }


def _on_host(cluster: dict[str, Any], namespace: str, name: str) -> tuple[str, str]:
    """By vCluster's documentation."""
    vcluster = cluster.get("vcluster")
    if vcluster is None:
        return namespace, name
    for virtual, host in sorted(vcluster.get("namespaceMappings", {}).items(), key=lambda item: "*" in item[0]):
        if virtual == namespace:
            return host.replace("${name}", vcluster["name"]), name
        if virtual.endswith("*") and namespace.startswith(virtual[:-1]):
            return host[:-1] + namespace[len(virtual) - 1 :], name
    own = vcluster.get("hostNamespace") or "loft-" + vcluster["project"] + "-v-" + vcluster["name"]
    whole = "-x-".join((name, namespace, vcluster["name"]))
    if len(whole) > 63:
        whole = (whole[:52] + "-" + hashlib.sha256(whole.encode()).hexdigest()[:10]).replace(".-", "-")
    return own, whole


def rich_gcp() -> dict[str, Any]:
    """A spec that sets every field that goes with a service account."""
    return {
        "clusters": [
            {
                "name": "prod",
                "gke": {
                    "projectId": "prod-436507",
                    "clusterName": "prod-ew1",
                    "location": "europe-west1",
                    "projectNumber": NUMBERS["prod-436507"],
                    "workloadPool": "prod-436507.svc.id.goog",
                },
                "kubernetesProviderConfigRef": {"name": "prod"},
            },
            {
                "name": "sync",
                "gke": {"projectId": "stage-436508", "location": "europe-west1-b"},
                "vcluster": {
                    "name": "sync",
                    "hostNamespace": "vcluster-sync",
                    "serviceAccountSync": True,
                    "namespaceMappings": dict(MAPPED),
                    "mappingsOnly": False,
                },
                "kubernetesProviderConfigRef": {"name": "sync"},
            },
        ],
        "serviceAccounts": [
            {"name": "api", "namespace": "data", "clusters": ["prod", "sync"]},
            {"name": "worker", "namespaces": ["team-blue", "web"], "clusters": ["sync"]},
        ],
        "serviceAccountManagement": "Own",
        "deletionOrder": "Ordered",
        "managementPolicies": ["*"],
        "tags": {"team": "data"},
        "gcp": {
            "projectId": "customer-project",
            "providerConfigRef": {"name": "customer"},
            "mode": "Impersonate",
            "pin": "ServiceAccount",
            "serviceAccount": {"accountId": "reports", "displayName": "Reports", "description": "Reads the orders"},
            "roles": [
                {"role": "roles/spanner.viewer"},
                *(
                    {"role": "roles/custom.reader", "on": in_project(on, "shared-data")}
                    | ({} if UNCONDITIONAL & set(on) else {"condition": dict(CONDITIONS[index % 2 + 2])})
                    for index, on in enumerate(ON)
                ),
            ],
        },
    }


def rich_gcp_direct() -> dict[str, Any]:
    """A spec that sets every field that goes with roles that pods are granted themselves."""
    spec = rich_gcp()
    spec["clusters"][1]["gke"] |= {"projectNumber": NUMBERS["stage-436508"]}
    spec["clusters"][1]["vcluster"] = {
        "name": "sync",
        "project": "devspace",
        "serviceAccountSync": True,
        "namespaceMappings": {**MAPPED, "data": "data-of-sync"},
        "mappingsOnly": True,
    }
    del spec["gcp"]["serviceAccount"]
    spec["gcp"] |= {"mode": "Direct", "pin": "Namespace"}
    return spec


def existing_account() -> dict[str, Any]:
    """A spec for a service account that somebody else owns."""
    spec = rich_gcp()
    spec["gcp"]["serviceAccount"] = {"email": "existing@customer-project.iam.gserviceaccount.com"}
    return spec

"""Bad input of virtual clusters and of Google Cloud, with every error that has to be named."""

from typing import Any

from function.errors import Path

LABEL = "lower case letters, digits and '-', beginning and ending with a letter or digit"
PROJECT_RULE = "6 to 30 lower case letters, digits and '-', beginning with a letter; not its number, not its name"
ROLE_RULE = "must look like roles/storage.objectViewer, projects/PROJECT_ID/roles/ID or organizations/NUMBER/roles/ID"
DUPLICATE = "duplicate association; EKS would return ResourceInUseException"
EMAIL_EXISTS = "cannot be set with serviceAccount.email, which names an existing service account that is not changed"
ON = (
    "needs exactly one of projectId, folderId, organizationId, bucket, managedFolder, serviceAccount, secret, topic, subscription, "
    "managedZone, dataset, table, keyRing, cryptoKey, spannerInstance, spannerDatabase, repository, cloudRunService; has "
)
NOT_FROM = (
    "spec.gcp cannot use {}: only pods of GKE are given an identity in Google Cloud; other clusters reach it by Workload Identity "
    "Federation, which is not composed here"
)

CLUSTER: Path = ("clusters", 0)
GKE: Path = (*CLUSTER, "gke")
VCLUSTER: Path = (*CLUSTER, "vcluster")
ACCOUNTS: Path = ("serviceAccounts",)
MODE: Path = ("gcp", "mode")
ACCOUNT: Path = ("gcp", "serviceAccount")
ROLES: Path = ("gcp", "roles")

Changes = list[tuple[Path, Any]]


def gke(name: str, **facts: str) -> dict[str, Any]:
    """A GKE cluster that is valid but for these facts."""
    return {"name": name, "gke": {"projectId": "prod-436507", "location": "europe-west1", **facts}}


def vcluster(**fields: Any) -> dict[str, Any]:
    """A vcluster that is valid but for these fields; `...` takes one away."""
    whole = {"name": "sync", "project": "devspace", "serviceAccountSync": True, **fields}
    return {field: value for field, value in whole.items() if value is not ...}


def role(name: str = "roles/spanner.viewer", **fields: Any) -> dict[str, Any]:
    """A role that is granted."""
    return {"role": name, **fields}


def condition(expression: str = "true", **fields: Any) -> dict[str, Any]:
    """A condition that is valid but for these fields."""
    return {"title": "t", "expression": expression, **fields}


GCP: Changes = [
    (("aws",), ...),
    (("clusters",), [gke("prod")]),
    (ACCOUNTS, [{"name": "api"}]),
    (("gcp",), {"projectId": "customer-project", "roles": [role()]}),
]
DIRECT: Changes = [*GCP, (MODE, "Direct"), ((*GKE, "projectNumber"), "123456789012")]
VIRTUAL: Changes = [(VCLUSTER, vcluster()), (ACCOUNTS, [{"name": "api", "namespace": "default"}])]
MAPPED: Changes = [*VIRTUAL, ((*VCLUSTER, "namespaceMappings"), {"team-*": "host-team-*"})]


CASES: list[tuple[str, Changes, list[tuple[Path, str]]]] = [
    # virtual clusters
    (
        "a vcluster without service account sync",
        [*VIRTUAL, ((*VCLUSTER, "serviceAccountSync"), False)],
        [((*VCLUSTER, "serviceAccountSync"),
          "is false: host SA is vc-workload-sync for every pod then, and none can have an identity of its own; turn "
          "sync.toHost.serviceAccounts on, or list vc-workload-sync in the host cluster, for all of them")],
    ),
    (
        "a vcluster that does not say whether it syncs",
        [*VIRTUAL, (VCLUSTER, vcluster(serviceAccountSync=...))],
        [((*VCLUSTER, "serviceAccountSync"), "is required; look at sync.toHost.serviceAccounts.enabled in its vcluster.yaml: it has to be true there, and then write true")],
    ),
    (
        "a vcluster without a host namespace",
        [*VIRTUAL, (VCLUSTER, vcluster(project=...))],
        [(VCLUSTER, "needs exactly one of hostNamespace, project; has none")],
    ),
    (
        "a vcluster with two host namespaces",
        [*VIRTUAL, ((*VCLUSTER, "hostNamespace"), "loft-x")],
        [(VCLUSTER, "needs exactly one of hostNamespace, project; has hostNamespace, project")],
    ),
    (
        "a vcluster's name in capitals",
        [*VIRTUAL, ((*VCLUSTER, "name"), "Sync")],
        [((*VCLUSTER, "name"), f'"Sync" is not a DNS-1123 label: {LABEL}')],
    ),
    (
        "a project whose namespace is too long",
        [*VIRTUAL, ((*VCLUSTER, "project"), "p" * 60)],
        [((*VCLUSTER, "project"),
          f'makes the host namespace "loft-{"p" * 60}-v-sync", which is 72 characters and can have 63; write hostNamespace, as the '
          "platform has shortened it")],
    ),
    (
        "no namespace in a vcluster",
        [(VCLUSTER, vcluster())],
        [(("serviceAccounts", 0, "namespace"), "is required in vcluster sync (prod), which has namespaces of its own: there is no default"),
         (("serviceAccounts", 1, "namespace"), "is required in vcluster sync (prod), which has namespaces of its own: there is no default")],
    ),
    (
        "two that meet in one host name",
        [*VIRTUAL, (ACCOUNTS, [{"name": "a-x-b", "namespace": "c", "clusters": ["prod"]},
                               {"name": "a", "namespace": "b-x-c", "clusters": ["prod"]}])],
        [(("serviceAccounts", 1),
          "a in namespace b-x-c of prod and a-x-b in namespace c of prod are both a-x-b-x-c-x-sync in loft-devspace-v-sync of the "
          f"host cluster: {DUPLICATE}")],
    ),
    (
        "one in a vcluster and its host name in the cluster itself",
        [(("clusters",), [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": "111122223333"}},
                          {"name": "sync", "eks": {"clusterName": "prod", "region": "eu-central-1", "accountId": "111122223333"},
                           "vcluster": vcluster()}]),
         (ACCOUNTS, [{"name": "api-x-default-x-sync", "namespace": "loft-devspace-v-sync", "clusters": ["prod"]},
                     {"name": "api", "namespace": "default", "clusters": ["sync"]}])],
        [(("serviceAccounts", 1),
          "api in namespace default of sync and api-x-default-x-sync in namespace loft-devspace-v-sync of prod are both "
          f"api-x-default-x-sync in loft-devspace-v-sync of the host cluster: {DUPLICATE}")],
    ),
    (
        "one vcluster twice",
        [(("clusters",), [{"name": name, "eks": {"clusterName": "c", "region": "eu-central-1", "accountId": "111122223333"},
                           "vcluster": vcluster()} for name in ("prod", "stage")]),
         (ACCOUNTS, [{"name": name, "namespace": "default", "clusters": [name]} for name in ("prod", "stage")])],
        [(("clusters", 1, "eks"),
          "an earlier entry is the same vcluster sync of the same cluster, arn:aws:eks:eu-central-1:111122223333:cluster/c")],
    ),
    (
        "pin Namespace in a vcluster",
        [*VIRTUAL, (("aws", "trust", "pin"), "Namespace")],
        [(("aws", "trust", "pin"),
          '"Namespace" cannot be pinned: namespace default of vcluster sync (prod) has no host namespace of its own: pods of other '
          "namespaces run in loft-devspace-v-sync, too; write ServiceAccount, or map it to one of its own")],
    ),
    (
        "a namespace that is not synced",
        [*MAPPED, ((*VCLUSTER, "mappingsOnly"), True)],
        [(("serviceAccounts", 0, "namespace"),
          'namespace not synced: no mapping of vcluster sync (prod) matches "default", and its mappingsOnly is true')],
    ),
    (
        "mappingsOnly without mappings",
        [*VIRTUAL, ((*VCLUSTER, "mappingsOnly"), True)],
        [((*VCLUSTER, "mappingsOnly"), "is true without namespaceMappings: no namespace would be synced")],
    ),
    (
        "no mappings",
        [*VIRTUAL, ((*VCLUSTER, "namespaceMappings"), {})],
        [((*VCLUSTER, "namespaceMappings"), "has 0 items; needs at least 1")],
    ),
    (
        "patterns that can both match",
        [*MAPPED, ((*VCLUSTER, "namespaceMappings", "*"), "h-*")],
        [((*VCLUSTER, "namespaceMappings", "team-*"),
          '"team-*" and "*" can both match a namespace, and which one counts is undefined: write patterns that exclude one another')],
    ),
    (
        "a pattern that is mapped to one namespace",
        [*MAPPED, ((*VCLUSTER, "namespaceMappings"), {"team-*": "host"})],
        [((*VCLUSTER, "namespaceMappings", "team-*"),
          '"team-*" maps to "host": a pattern maps to a pattern, and one namespace to one namespace')],
    ),
    (
        "a mapping into the vcluster's own namespace",
        [*MAPPED, ((*VCLUSTER, "namespaceMappings"), {"a": "loft-devspace-v-sync"})],
        [((*VCLUSTER, "namespaceMappings", "a"),
          '"loft-devspace-v-sync" is the namespace that the vCluster itself runs in: write another')],
    ),
    (
        "a mapped namespace that is too long",
        [*MAPPED, (ACCOUNTS, [{"name": "api", "namespaces": ["team-" + "a" * 57]}])],
        [(("serviceAccounts", 0, "namespaces"),
          f'"team-{"a" * 57}" is mapped to "host-team-{"a" * 57}", which is 67 characters and can have 63')],
    ),
    # clusters
    (
        "GKE with spec.aws",
        [(("clusters",), [gke("prod")])],
        [(GKE, "spec.aws cannot use a GKE cluster: EKS Pod Identity needs an EKS cluster; for IRSA write the cluster as kubernetes with "
               "its oidcIssuer instead")],
    ),
    (
        "EKS with spec.gcp",
        [*GCP, (("clusters",), [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": "111122223333"}}])],
        [((*CLUSTER, "eks"), NOT_FROM.format("an EKS cluster"))],
    ),
    (
        "any other cluster with spec.gcp",
        [*GCP, (("clusters",), [{"name": "prod", "kubernetes": {"oidcIssuer": "https://oidc.example.com/prod"}}])],
        [((*CLUSTER, "kubernetes"), NOT_FROM.format("a cluster outside GKE"))],
    ),
    ("two clouds", [(("gcp",), {"projectId": "customer-project"})],
     [((), "needs exactly one cloud, spec.aws or spec.gcp; has aws and gcp"),
      (("clusters", 0, "eks"), NOT_FROM.format("an EKS cluster")),
      (("clusters", 1, "eks"), NOT_FROM.format("an EKS cluster"))]),
    (
        "one GKE cluster twice",
        [*GCP, (("clusters",), [gke("prod", clusterName="c"), gke("stage", clusterName="c")])],
        [(("clusters", 1, "gke"), "an earlier entry is the same cluster, prod-436507/europe-west1/c")],
    ),
    (
        "a project's number for its id",
        [*GCP, ((*GKE, "projectId"), "436507123456")],
        [((*GKE, "projectId"), f'"436507123456" is not a Google Cloud project\'s id: {PROJECT_RULE}')],
    ),
    (
        "a project's id for its number",
        [*DIRECT, ((*GKE, "projectNumber"), "prod-436507")],
        [((*GKE, "projectNumber"), '"prod-436507" is not a Google Cloud project\'s number: digits, in quotes; not its id')],
    ),
    (
        "Direct without a number",
        [*GCP, (MODE, "Direct")],
        [((*GKE, "projectNumber"), "is required: mode Direct names pool prod-436507.svc.id.goog by the number of its project")],
    ),
    (
        "two numbers of one pool",
        [*DIRECT, (("clusters", 1), gke("stage", projectNumber="999"))],
        [(("clusters", 1, "gke", "projectNumber"),
          "is 999, an earlier cluster of pool prod-436507.svc.id.goog has 123456789012: a project has one number")],
    ),
    (
        "a pool that is none",
        [*GCP, ((*GKE, "workloadPool"), "prod-436507")],
        [
            (
                (*GKE, "workloadPool"),
                '"prod-436507" is not a workload identity pool of GKE: must look like PROJECT_ID.svc.id.goog or, where a fleet '
                "has a pool of its own, POOL_ID.global.PROJECT_NUMBER.workload.id.goog",
            )
        ],
    ),
    ("no location", [*GCP, ((*GKE, "location"), ...)], [((*GKE, "location"), "is required")]),
    (
        "restricted to one of two clusters of a pool",
        [*GCP, (("clusters", 1), gke("stage")), (ACCOUNTS, [{"name": "api", "clusters": ["prod"]}])],
        [(ACCOUNTS,
          "api in namespace data is listed for prod and not for stage, but both are clusters of pool prod-436507.svc.id.goog, in which "
          "it is one principal: its pods in stage would be admitted, too; list it for both, or rename it in one of them")],
    ),
    (
        "a namespace of one of two clusters of a pool",
        [*DIRECT, (("clusters", 1), gke("stage", projectNumber="123456789012")), (("gcp", "pin"), "Namespace"),
         (ACCOUNTS, [{"name": "api", "clusters": ["prod"]}, {"name": "worker", "clusters": ["prod"]}])],
        [(ACCOUNTS,
          "namespace data is listed for prod and not for stage, but both are clusters of pool prod-436507.svc.id.goog, in which it is "
          "one principal: its pods in stage would be admitted, too; list it for both, or rename it in one of them")],
    ),
    (
        "one twice in GKE",
        [*GCP, (ACCOUNTS, [{"name": "api"}, {"name": "api"}])],
        [(("serviceAccounts", 1), "an earlier entry lists api in namespace data of cluster prod: leave one of them out")],
    ),
    (
        "two that meet in one host name of GKE",
        [*GCP, (VCLUSTER, vcluster()), (ACCOUNTS, [{"name": "a-x-b", "namespace": "c"}, {"name": "a", "namespace": "b-x-c"}])],
        [(("serviceAccounts", 1),
          "a in namespace b-x-c of prod and a-x-b in namespace c of prod are both a-x-b-x-c-x-sync in loft-devspace-v-sync of the "
          "host cluster: list one of them, or rename the other")],
    ),
    (
        "another name in a vcluster of the pool",
        [*GCP, (("clusters",), [gke("one"), {**gke("two"), "vcluster": vcluster(namespaceMappings={"team-b": "x"})}]),
         (ACCOUNTS, [{"name": "api", "namespace": "x", "clusters": ["one"]}])],
        [(ACCOUNTS,
          "in pool prod-436507.svc.id.goog, api in namespace x of one and api in namespace team-b of two, which is not listed, are both "
          "api in x of the host: pods of the latter would be admitted, too; list both, or have them mapped to different namespaces")],
    ),
    (
        "a pinned namespace that is another vcluster's, too",
        [(("clusters",), [{"name": name, "eks": {"clusterName": "c", "region": "eu-central-1", "accountId": "111122223333"},
                           "vcluster": vcluster(name=name, project=..., hostNamespace=f"host-{name}", namespaceMappings={virtual: "x"})}
                          for name, virtual in (("one", "team-a"), ("two", "team-b"))]),
         (ACCOUNTS, [{"name": "api", "namespace": "team-a", "clusters": ["one"]}]), (("aws", "trust", "pin"), "Namespace")],
        [(ACCOUNTS,
          "namespace team-a of one and namespace team-b of two, which is not listed, are both x of the host: pods of the latter would "
          "be admitted, too; list both, or have them mapped to different namespaces")],
    ),
    (
        "a service account that is another vcluster's, too",
        [(("clusters",), [{"name": name, "eks": {"clusterName": "c", "region": "eu-central-1", "accountId": "111122223333"},
                           "vcluster": vcluster(name=name, project=..., hostNamespace=f"host-{name}", namespaceMappings={virtual: "x"})}
                          for name, virtual in (("one", "team-a"), ("two", "team-b"))]),
         (ACCOUNTS, [{"name": "api", "namespace": "team-a", "clusters": ["one"]}])],
        [(ACCOUNTS,
          "api in namespace team-a of one and api in namespace team-b of two, which is not listed, are both api in x of the host: pods "
          "of the latter would be admitted, too; list both, or have them mapped to different namespaces")],
    ),
    (
        "a pinned namespace in which a vcluster runs",
        [(("clusters",), [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": "111122223333"}},
                          {"name": "two", "eks": {"clusterName": "prod", "region": "eu-central-1", "accountId": "111122223333"},
                           "vcluster": vcluster()}]),
         (ACCOUNTS, [{"name": "api", "namespace": "loft-devspace-v-sync", "clusters": ["prod"]}]),
         (("aws", "trust", "pin"), "Namespace")],
        [(("aws", "trust", "pin"),
          '"Namespace" cannot be pinned: namespace loft-devspace-v-sync is the one that vcluster sync (two) runs in: pods of other '
          "namespaces run in loft-devspace-v-sync, too; write ServiceAccount, or map it to one of its own")],
    ),
    (
        "one cluster with two pools",
        [*GCP, (("clusters",), [gke("one", clusterName="c"),
                                {**gke("two", clusterName="c", workloadPool="fleet-host.svc.id.goog"), "vcluster": vcluster()}]),
         (ACCOUNTS, [{"name": "api", "namespace": "x"}])],
        [(("clusters", 1, "gke", "workloadPool"),
          "is fleet-host.svc.id.goog, and an earlier entry of the same cluster has prod-436507.svc.id.goog: a cluster has one pool")],
    ),
    (
        "one number of two projects",
        [*DIRECT, (("clusters", 1), gke("stage", projectId="other-436507", projectNumber="123456789012"))],
        [(("clusters", 1, "gke", "projectNumber"),
          "is 123456789012, which an earlier cluster has for project prod-436507; pool other-436507.svc.id.goog is of "
          "other-436507")],
    ),
    (
        "one cluster with two issuers",
        [(("clusters",), [{"name": "one", "eks": {"clusterName": "c", "region": "eu-central-1", "accountId": "111122223333",
                                                  "oidcIssuer": "https://a.example.com/1"}},
                          {"name": "two", "eks": {"clusterName": "c", "region": "eu-central-1", "accountId": "111122223333",
                                                  "oidcIssuer": "https://a.example.com/2"}, "vcluster": vcluster()}]),
         (ACCOUNTS, [{"name": "api", "namespace": "x"}])],
        [(("clusters", 1, "eks", "oidcIssuer"),
          "is a.example.com/2, and an earlier entry of the same cluster has a.example.com/1: a cluster has one issuer")],
    ),
    (
        "one id for two vclusters of a cluster",
        [(("clusters",), [{"name": name, "eks": {"clusterName": "c", "region": "eu-central-1", "accountId": "111122223333"},
                           "vcluster": vcluster(name=name)} for name in ("one", "two")]),
         (ACCOUNTS, [{"name": "api", "namespace": "x"}]),
         (("aws", "association"), {"existing": [{"cluster": name, "namespace": "x", "serviceAccount": "api",
                                                 "id": "a-0123456789abcdefg"} for name in ("one", "two")]})],
        [(("aws", "association", "existing", 1, "id"), '"a-0123456789abcdefg" is the id of an earlier entry of this cluster')],
    ),
    # the service account
    ("no project", [*GCP, (("gcp", "projectId"), ...)], [(("gcp", "projectId"), "is required")]),
    (
        "a service account in a domain's project",
        [*GCP, (("gcp", "projectId"), "example.com:customer-project")],
        [(("gcp", "projectId"),
          '"example.com:customer-project" is a project of a domain, in which provider-gcp does not find the service accounts that it '
          "made: make one yourself and write serviceAccount.email, or write mode: Direct")],
    ),
    *[
        (f"a service account's id with {what}", [*GCP, ((*ACCOUNT, "accountId"), value)],
         [((*ACCOUNT, "accountId"),
           f'"{value}" is not a service account\'s id: accountId must match ^[a-z]([-a-z0-9]{{4,28}})[a-z0-9]$')])
        for what, value in (("5 characters", "abcde"), ("capitals", "Reports"), ("a hyphen at its end", "reports-"))
    ],
    (
        "a service account's id of 31 characters",
        [*GCP, ((*ACCOUNT, "accountId"), "a" * 31)],
        [((*ACCOUNT, "accountId"), f'"{"a" * 31}" is 31 characters; a service account\'s id has at most 30')],
    ),
    (
        "an email for an id",
        [*GCP, ((*ACCOUNT, "accountId"), "x@y.iam.gserviceaccount.com")],
        [((*ACCOUNT, "accountId"),
          '"x@y.iam.gserviceaccount.com" is not a service account\'s id: accountId must match ^[a-z]([-a-z0-9]{4,28})[a-z0-9]$')],
    ),
    (
        "an id for an email",
        [*GCP, ((*ACCOUNT, "email"), "reports")],
        [((*ACCOUNT, "email"),
          '"reports" is not a service account\'s email: must look like reports@customer-project.iam.gserviceaccount.com')],
    ),
    (
        "an existing service account with fields of a composed one",
        [*GCP, (ACCOUNT, {"email": "reports@customer-project.iam.gserviceaccount.com", "accountId": "reports", "displayName": "R",
                          "description": "d"})],
        [((*ACCOUNT, field), EMAIL_EXISTS) for field in ("accountId", "displayName", "description")],
    ),
    (
        "an existing service account of another project",
        [*GCP, (ACCOUNT, {"email": "reports@other-project.iam.gserviceaccount.com"})],
        [((*ACCOUNT, "email"),
          '"reports@other-project.iam.gserviceaccount.com" is in project other-project, spec.gcp.projectId is customer-project: write '
          "the service account's project there, and the roles' in `on`")],
    ),
    (
        "a display name that is too long",
        [*GCP, ((*ACCOUNT, "displayName"), "d" * 101)],
        [((*ACCOUNT, "displayName"), f'"{"d" * 75}..." is 101 characters; a display name has at most 100')],
    ),
    (
        "a display name of too many bytes",
        [*GCP, ((*ACCOUNT, "displayName"), "ü" * 60)],
        [((*ACCOUNT, "displayName"), "is 120 bytes; Google allows 100")],
    ),
    # modes
    (
        "a service account in mode Direct",
        [*DIRECT, (ACCOUNT, {"accountId": "reports"})],
        [(ACCOUNT, "cannot be set with mode Direct, in which the pods act as no service account")],
    ),
    ("no roles in mode Direct", [*DIRECT, (ROLES, [])], [(ROLES, "is empty: in mode Direct nothing is left to compose")]),
    (
        "pin Namespace in mode Impersonate",
        [*GCP, (("gcp", "pin"), "Namespace")],
        [(("gcp", "pin"), '"Namespace" cannot be pinned in mode Impersonate: write ServiceAccount, or mode: Direct')],
    ),
    (
        "pin Namespace in a vcluster of GKE",
        [*DIRECT, *VIRTUAL, (("gcp", "pin"), "Namespace")],
        [(("gcp", "pin"),
          '"Namespace" cannot be pinned: namespace default of vcluster sync (prod) has no host namespace of its own: pods of other '
          "namespaces run in loft-devspace-v-sync, too; write ServiceAccount, or map it to one of its own")],
    ),
    (
        "a pin that is none",
        [*DIRECT, (("gcp", "pin"), "Pool")],
        [(("gcp", "pin"), "\"Pool\" is not one of 'ServiceAccount', 'Namespace' or 'Cluster'")],
    ),
    (
        "a pinned cluster of a fleet's pool",
        [*DIRECT, (("gcp", "pin"), "Cluster"), ((*GKE, "workloadPool"), "fleet-host.svc.id.goog")],
        [
            (
                (*GKE, "workloadPool"),
                "is fleet-host.svc.id.goog, which is not the pool of the cluster's own project: Google says how principals name "
                'a cluster in such a pool only; write pin "ServiceAccount" or "Namespace"',
            )
        ],
    ),
    (
        "a pinned cluster in mode Impersonate",
        [*GCP, (("gcp", "pin"), "Cluster")],
        [(("gcp", "pin"), '"Cluster" cannot be pinned in mode Impersonate: write ServiceAccount, or mode: Direct')],
    ),
    (
        "a number that is not that of a fleet's own pool",
        [*DIRECT, ((*GKE, "workloadPool"), "team-a.global.123456789012.workload.id.goog"), ((*GKE, "projectNumber"), "5")],
        [
            (
                (*GKE, "projectNumber"),
                "is 5, and pool team-a.global.123456789012.workload.id.goog is of project 123456789012",
            )
        ],
    ),
    (
        "more members than one reconcile can carry",
        [*DIRECT, (ACCOUNTS, [{"name": f"a{i}"} for i in range(33)]),
         (ROLES, [role(on={"bucket": f"bucket-{i}"}) for i in range(32)])],
        [(ROLES, "33 principals and 32 roles make 1056 IAM members, of which 1024 are allowed: split them over several PodIdentities, "
                 "or write mode: Impersonate")],
    ),
    # roles
    *[
        (f"a condition on a {next(iter(on))}", [*GCP, ((*ROLES, 0), role(on=on, condition=condition()))],
         [((*ROLES, 0, "condition"),
           f"cannot be set on {words}: conditions on it are not supported; grant the role on its project with it")])
        for on, words in (
            ({"table": {"datasetId": "sales", "tableId": "orders"}}, "table sales.orders"),
            ({"topic": {"name": "orders"}}, "topic orders"),
            ({"subscription": {"name": "orders"}}, "subscription orders"),
            ({"repository": {"location": "us", "name": "gcr.io"}}, "repository gcr.io"),
        )
    ],
    (
        "an organization's role on another",
        [*GCP, ((*ROLES, 0), role("organizations/1/roles/auditor", on={"organizationId": "2"}))],
        [((*ROLES, 0, "role"),
          '"organizations/1/roles/auditor" is a role of organization 1, which cannot be granted on organization 2')],
    ),
    (
        "a table with a partition",
        [*GCP, ((*ROLES, 0, "on"), {"table": {"datasetId": "sales", "tableId": "orders$20260101"}})],
        [((*ROLES, 0, "on", "table", "tableId"), '"orders$20260101" is not a table\'s id: not PROJECT.DATASET.TABLE')],
    ),
    (
        "a bucket with two dots",
        [*GCP, ((*ROLES, 0, "on"), {"bucket": "a..b"})],
        [((*ROLES, 0, "on", "bucket"), '"a..b" is not a bucket\'s name: lower case letters, digits, \'-\', \'_\' and \'.\'')],
    ),
    (
        "a role without roles/",
        [*GCP, ((*ROLES, 0, "role"), "storage.admin")],
        [((*ROLES, 0, "role"), f'"storage.admin" is not an IAM role: {ROLE_RULE}')],
    ),
    (
        "a role of another project",
        [*GCP, ((*ROLES, 0, "role"), "projects/other-project/roles/reader")],
        [((*ROLES, 0, "role"),
          '"projects/other-project/roles/reader" is a role of project other-project, which cannot be granted in project '
          "customer-project")],
    ),
    (
        "a project's role on a folder",
        [*GCP, ((*ROLES, 0), role("projects/customer-project/roles/reader", on={"folderId": "12"}))],
        [((*ROLES, 0, "role"),
          '"projects/customer-project/roles/reader" is a role of project customer-project, which cannot be granted on folder 12')],
    ),
    (
        "one grant twice",
        [*GCP, (ROLES, [role(), role(on={"projectId": "customer-project"})])],
        [((*ROLES, 1), "an earlier entry grants roles/spanner.viewer on project customer-project, too: leave one of them out")],
    ),
    ("a role on two resources", [*GCP, ((*ROLES, 0, "on"), {"bucket": "reports", "projectId": "other-project"})],
     [((*ROLES, 0, "on"), f"{ON}projectId, bucket")]),
    ("a role on nothing", [*GCP, ((*ROLES, 0, "on"), {})], [((*ROLES, 0, "on"), f"{ON}none")]),
    ("a role on null", [*GCP, ((*ROLES, 0, "on"), None)], [((*ROLES, 0, "on"), "is null; write a value, or leave the field out")]),
    (
        "on without quotes",
        [*GCP, ((*ROLES, 0, "true"), {"bucket": "reports"})],
        [((*ROLES, 0, "true"), 'is what YAML makes of on without quotes: write "on"')],
    ),
    (
        "a folder with its prefix",
        [*GCP, ((*ROLES, 0, "on"), {"folderId": "folders/12"})],
        [((*ROLES, 0, "on", "folderId"), '"folders/12" is not a number of Google Cloud: digits, in quotes')],
    ),
    (
        "a number without quotes",
        [*GCP, ((*ROLES, 0, "on"), {"organizationId": 12})],
        [((*ROLES, 0, "on", "organizationId"), "must be a string, not 12: put it in quotes")],
    ),
    (
        "a bucket's URL",
        [*GCP, ((*ROLES, 0, "on"), {"bucket": "gs://reports"})],
        [((*ROLES, 0, "on", "bucket"), '"gs://reports" is not a bucket\'s name: lower case letters, digits, \'-\', \'_\' and \'.\'')],
    ),
    (
        "a secret's path",
        [*GCP, ((*ROLES, 0, "on"), {"secret": {"name": "projects/p/secrets/s"}})],
        [((*ROLES, 0, "on", "secret", "name"),
          '"projects/p/secrets/s" is not a secret\'s name: letters, digits, \'-\' and \'_\'; not its path')],
    ),
    (
        "a dataset with its project",
        [*GCP, ((*ROLES, 0, "on"), {"dataset": {"datasetId": "p.sales"}})],
        [((*ROLES, 0, "on", "dataset", "datasetId"), '"p.sales" is not a dataset\'s id: letters, digits and \'_\'; not PROJECT.DATASET')],
    ),
    (
        "a key without its key ring",
        [*GCP, ((*ROLES, 0, "on"), {"cryptoKey": {"location": "europe-west1", "name": "k"}})],
        [((*ROLES, 0, "on", "cryptoKey", "keyRing"), "is required")],
    ),
    # conditions
    (
        "a condition without a title",
        [*GCP, ((*ROLES, 0, "condition"), {"expression": "true"})],
        [((*ROLES, 0, "condition", "title"), "is required")],
    ),
    (
        "a condition without an expression",
        [*GCP, ((*ROLES, 0, "condition"), {"title": "t"})],
        [((*ROLES, 0, "condition", "expression"), "is required")],
    ),
    (
        "a condition that is blank",
        [*GCP, ((*ROLES, 0, "condition"), condition("  "))],
        [((*ROLES, 0, "condition", "expression"), "is empty")],
    ),
    (
        "a condition of 13 operators",
        [*GCP, ((*ROLES, 0, "condition"), condition(" && ".join(["!false"] * 7)))],
        [((*ROLES, 0, "condition", "expression"), "has 13 logical operators (&&, || and !); IAM allows 12")],
    ),
    (
        "a condition whose quote is not closed",
        [*GCP, ((*ROLES, 0, "condition"), condition('resource.name == "x'))],
        [((*ROLES, 0, "condition", "expression"), 'has a " that nothing closes')],
    ),
    (
        "a condition whose bracket is not closed",
        [*GCP, ((*ROLES, 0, "condition"), condition('resource.name.startsWith("x"'))],
        [((*ROLES, 0, "condition", "expression"), "has a ( that nothing closes")],
    ),
    (
        "a condition with a bracket too many",
        [*GCP, ((*ROLES, 0, "condition"), condition("true)"))],
        [((*ROLES, 0, "condition", "expression"), "has a ) that closes nothing")],
    ),
    (
        "a condition on a basic role",
        [*GCP, ((*ROLES, 0), role("roles/viewer", condition=condition()))],
        [((*ROLES, 0, "condition"), "cannot be set on roles/viewer: basic roles take no conditions")],
    ),
    (
        "a condition on a dataset",
        [*GCP, ((*ROLES, 0), role("roles/bigquery.dataViewer", on={"dataset": {"datasetId": "sales"}}, condition=condition()))],
        [((*ROLES, 0, "condition"),
          "cannot be set on dataset sales: conditions on it are not supported; grant the role on its project with it")],
    ),
    (
        "21 conditions on one role",
        [*GCP, (ROLES, [role(condition=condition(title=f"t{i}")) for i in range(21)])],
        [((*ROLES, 20), "is the 21st grant of roles/spanner.viewer on project customer-project; IAM allows 20")],
    ),
    # service accounts in clusters
    (
        "managed service accounts in a cluster that nobody can reach",
        [*GCP, (("serviceAccountManagement",), "Annotate")],
        [((*CLUSTER, "kubernetesProviderConfigRef"), "is required: serviceAccountManagement Annotate writes to this cluster")],
    ),
    (
        "errors of several kinds in one message",
        [*GCP, ((*GKE, "location"), "Europe"), ((*ACCOUNT, "accountId"), "abc"), ((*ROLES, 0, "role"), "viewer"), (("gcp", "zzz"), 1)],
        [((*GKE, "location"), '"Europe" is not a Google Cloud location: such as europe-west1 or europe-west1-b'),
         ((*ACCOUNT, "accountId"), '"abc" is not a service account\'s id: accountId must match ^[a-z]([-a-z0-9]{4,28})[a-z0-9]$'),
         ((*ROLES, 0, "role"), f'"viewer" is not an IAM role: {ROLE_RULE}'),
         (("gcp", "zzz"), "unknown field; known here: mode, pin, projectId, providerConfigRef, roles, serviceAccount")],
    ),
]  # fmt: skip

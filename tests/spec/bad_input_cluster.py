"""Bad PodIdentityClusters, with every error that has to be named."""

from typing import Any

from tests.support.clusters import ACCOUNT, ISSUER, OF_ACCOUNT, OF_OTHER, OTHER_ACCOUNT, eks, gke, vcluster

_OBSERVE = "write it, or observe: true, which reads it from the real cluster"
_ONE = "spec: needs exactly one of eks, gke, kubernetes, vcluster; has "
_PATTERN = "lower case letters, digits, '-' and '*', which stands for any characters"
_LABEL = "lower case letters, digits and '-', beginning and ending with a letter or digit"
_KIND = (
    "is ProviderConfig, and with managedResources.scope Cluster it has to be usable without a namespace: write the name alone"
)
_KUBERNETES = {"kubernetes": {"oidcIssuer": "https://oidc.example.com/clusters/edge"}}
_CLUSTER = {"scope": "Cluster"}
_NAMED = {"kind": "ProviderConfig", "name": "prod"}

CASES: list[tuple[str, Any, list[str]]] = [
    ("no object", "prod", ['spec: must be an object, not "prod"']),
    ("none", {}, [f"{_ONE}none"]),
    ("two", {**eks(), **gke()}, [f"{_ONE}eks, gke"]),
    ("unknown field", {**eks(), "usableFor": {}}, ["spec.usableFor: unknown field; did you mean usableFrom?"]),
    ("no region", eks(region=...), ["spec.eks.region: is required"]),
    (
        "region of no partition",
        eks(region="xx-north-1"),
        [
            'spec.eks.region: "xx-north-1" is not a region of any partition of AWS; those begin with af, ap, ca, cn, eu, eusc, il, me, mx, sa or us'
        ],
    ),
    ("no account", eks(observe=...), [f"spec.eks.accountId: is required: {_OBSERVE}"]),
    ("observe false", eks(observe=False), [f"spec.eks.accountId: is required: {_OBSERVE}"]),
    (
        "no issuer for OIDC providers",
        eks(observe=False, accountId=ACCOUNT, oidcProviders=[OF_ACCOUNT]),
        [f"spec.eks.oidcIssuer: is required for oidcProviders: {_OBSERVE}"],
    ),
    (
        "several at once",
        eks(observe=False, region="eu", oidcProviders=[OF_ACCOUNT, OF_OTHER]),
        [
            f"spec.eks.accountId: is required: {_OBSERVE}",
            f"spec.eks.oidcIssuer: is required for oidcProviders: {_OBSERVE}",
            'spec.eks.region: "eu" is not an AWS region: such as eu-central-1',
        ],
    ),
    (
        "an account that is a number",
        eks(accountId=678801588313),
        ["spec.eks.accountId: must be a string, not 678801588313: put it in quotes"],
    ),
    (
        "OIDC providers twice",
        eks(oidcProviders=[OF_ACCOUNT, OF_OTHER, OF_ACCOUNT]),
        [
            f'spec.eks.oidcProviders[2].accountId: "{ACCOUNT}" is listed twice: an account has one OIDC provider for an issuer',
        ],
    ),
    (
        "an OIDC provider without a provider config",
        eks(oidcProviders=[{"accountId": ACCOUNT}]),
        ["spec.eks.oidcProviders[0].providerConfigRef: is required"],
    ),
    (
        "OIDC providers outside EKS twice",
        {"kubernetes": {**_KUBERNETES["kubernetes"], "oidcProviders": [OF_OTHER, OF_OTHER]}},
        [
            f'spec.kubernetes.oidcProviders[1].accountId: "{OTHER_ACCOUNT}" is listed twice: '
            "an account has one OIDC provider for an issuer",
        ],
    ),
    (
        "a version without the add-on",
        eks(podIdentityAgent={"addon": False, "version": "v1.3.8-eksbuild.2"}),
        ["spec.eks.podIdentityAgent.version: is the add-on's: write addon: true, or leave version out"],
    ),
    (
        "a version alone",
        eks(podIdentityAgent={"version": "v1.3.8-eksbuild.2"}),
        ["spec.eks.podIdentityAgent.addon: is required"],
    ),
    (
        "a version that is none",
        eks(podIdentityAgent={"addon": True, "version": "latest"}),
        ['spec.eks.podIdentityAgent.version: "latest" is not an add-on\'s version: such as v1.3.8-eksbuild.2'],
    ),
    ("GKE without project", gke(observe=...), [f"spec.gke.projectId: is required: {_OBSERVE}"]),
    (
        "observe outside clouds",
        {"kubernetes": {**_KUBERNETES["kubernetes"], "observe": True}},
        [
            "spec.kubernetes.observe: unknown field; known here: additionalIssuers, audience, audiences, oidcIssuer, oidcProviders, partition"
        ],
    ),
    ("no issuer", {"kubernetes": {}}, ["spec.kubernetes.oidcIssuer: is required"]),
    (
        "a namespace with cluster-scoped resources",
        {**eks(), "managedResources": {**_CLUSTER, "namespace": "platform"}},
        [
            "spec.managedResources.namespace: has no meaning with scope Cluster, whose resources have no namespace: leave it out",
        ],
    ),
    (
        "a namespace that is none",
        {**eks(), "managedResources": {"namespace": "Platform"}},
        [f'spec.managedResources.namespace: "Platform" is not a DNS-1123 label: {_LABEL}'],
    ),
    (
        "a scope that is none",
        {**eks(), "managedResources": {"scope": "cluster"}},
        ["spec.managedResources.scope: \"cluster\" is not one of 'Namespaced' or 'Cluster'; did you mean Cluster?"],
    ),
    (
        "namespaced provider configs with cluster-scoped resources",
        {
            **eks(oidcProviders=[OF_ACCOUNT, {"accountId": OTHER_ACCOUNT, "providerConfigRef": _NAMED}]),
            "aws": {"providerConfigRef": _NAMED},
            "managedResources": _CLUSTER,
        },
        [
            f"spec.aws.providerConfigRef.kind: {_KIND}",
            f"spec.eks.oidcProviders[1].providerConfigRef.kind: {_KIND}",
        ],
    ),
    (
        "a namespaced provider config of Google Cloud with cluster-scoped resources",
        {**gke(), "gcp": {"providerConfigRef": _NAMED}, "managedResources": _CLUSTER},
        [f"spec.gcp.providerConfigRef.kind: {_KIND}"],
    ),
    (
        "no namespaces",
        {**eks(), "usableFrom": {"namespaces": []}},
        ["spec.usableFrom.namespaces: has 0 items; needs at least 1"],
    ),
    # Where a field's name is mistyped, API servers that are not asked to be strict drop it, and leave this.
    ("usable from nowhere", {**eks(), "usableFrom": {}}, ["spec.usableFrom.namespaces: is required"]),
    (
        "namespaces twice",
        {**eks(), "usableFrom": {"namespaces": ["a", "a"]}},
        ['spec.usableFrom.namespaces: lists "a" twice'],
    ),
    (
        "other patterns",
        {**eks(), "usableFrom": {"namespaces": ["team-?", "team-[ab]", "Team-*"]}},
        [
            f'spec.usableFrom.namespaces[{i}]: "{p}" is not a pattern of namespaces: {_PATTERN}'
            for i, p in enumerate(("team-?", "team-[ab]", "Team-*"))
        ],
    ),
    (
        "the vcluster itself",
        vcluster(hostCluster="me"),
        [
            'spec.vcluster.hostCluster: "me" is this PodIdentityCluster itself; name that of the cluster which the vcluster runs in'
        ],
    ),
    ("no host", vcluster(hostCluster=...), ["spec.vcluster.hostCluster: is required"]),
    (
        "two host namespaces",
        vcluster(hostNamespace="a"),
        ["spec.vcluster: needs exactly one of hostNamespace, project; has hostNamespace, project"],
    ),
    (
        "no sync",
        vcluster(serviceAccountSync=False),
        [
            "spec.vcluster.serviceAccountSync: is false: host SA is vc-workload-sync for every pod then, and none can have an "
            "identity of its own; turn sync.toHost.serviceAccounts on, or list vc-workload-sync in the host cluster, for all of them",
        ],
    ),
    (
        "nothing synced",
        vcluster(mappingsOnly=True),
        ["spec.vcluster.mappingsOnly: is true without namespaceMappings: no namespace would be synced"],
    ),
    (
        "a combination of policies",
        {**eks(), "managementPolicies": ["Create"]},
        [
            "spec.managementPolicies: Create is not a combination that providers support; see managementPolicies in "
            "Crossplane's docs",
        ],
    ),
    (
        "AWS with GKE",
        {**gke(), "aws": {}},
        ["spec.aws: says nothing for a GKE cluster: identities in AWS cannot use one"],
    ),
    (
        "Google Cloud with EKS",
        {**eks(), "gcp": {}},
        ["spec.gcp: says nothing for an EKS cluster: identities in Google Cloud need a GKE cluster"],
    ),
    (
        "Google Cloud with another cluster",
        {**_KUBERNETES, "gcp": {}},
        ["spec.gcp: says nothing for a cluster outside GKE: identities in Google Cloud need a GKE cluster"],
    ),
    (
        "a source role of another account",
        {**eks(accountId=ACCOUNT), "aws": {"sourceRoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/host"}},
        [
            f'spec.aws.sourceRoleArn: "arn:aws:iam::{OTHER_ACCOUNT}:role/host" is in account {OTHER_ACCOUNT}, the cluster in '
            f"{ACCOUNT}: EKS assumes roles of its account",
        ],
    ),
    (
        "a source role of another partition",
        {**eks(), "aws": {"sourceRoleArn": f"arn:aws-cn:iam::{ACCOUNT}:role/host"}},
        [
            f'spec.aws.sourceRoleArn: partition mismatch: "arn:aws-cn:iam::{ACCOUNT}:role/host" is in aws-cn, the cluster is in aws',
        ],
    ),
    (
        "a source role outside EKS",
        {**_KUBERNETES, "aws": {"sourceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/host"}},
        ["spec.aws.sourceRoleArn: needs an EKS cluster: only EKS assumes it for pods"],
    ),
    ("null", {**eks(), "aws": None}, ["spec.aws: is null; write a value, or leave the field out"]),
    (
        "an issuer that is none",
        eks(oidcIssuer=ISSUER.removeprefix("https://")),
        [
            f'spec.eks.oidcIssuer: "{ISSUER.removeprefix("https://")}" is not an OIDC issuer: give the issuer URL (https://...), '
            "without query, fragment or any port but 443",
        ],
    ),
]
"""What it is, the spec, and the message's errors. The PodIdentityCluster is called `me`."""

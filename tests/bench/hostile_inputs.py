"""What a hostile or careless tenant may write: single inputs, and shapes whose sizes can be searched for the worst.

Everything passes the structure of the XRDs, unless it says so, and needs no more than write access to the kinds of this project.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.catalogue.entry import NOTHING_FETCHED
from function.compose import compose
from function.naming import DERIVED_NAME
from function.observed import Observed
from function.resources.managed import EXTERNAL_NAME

Object = dict[str, Any]
Sizes = Mapping[str, int]

_ACCOUNT = "111122223333"
_EKS: Object = {"region": "eu-central-1", "accountId": _ACCOUNT}
_GKE: Object = {"projectId": "prod-436507", "projectNumber": "123456789012", "location": "europe-west1"}
_ONE_CLUSTER = [{"name": "c", "eks": _EKS}]
_ONE_ACCOUNT = [{"name": "a"}]
_ROLE_ARN = f"arn:aws:iam::{_ACCOUNT}:role/shared"
_READABLE: Object = {"actions": ["s3:GetObject"], "resources": ["*"]}


@dataclass(frozen=True)
class Asked:
    """What one call brings."""

    xr: Object
    role: Object = field(default_factory=dict)
    """What the composed Role is observed to have beside what was asked for: `metadata`, `status`."""
    association: Object = field(default_factory=dict)
    """The same of the association."""
    entries: tuple[Object, ...] = ()
    """The entries of the catalogue that were fetched."""

    def request(self) -> fnv1.RunFunctionRequest:
        """The call as Crossplane makes it."""
        built = fnv1.RunFunctionRequest()
        resource.update(built.observed.composite, self.xr)
        for entry in self.entries:
            resource.update(built.required_resources[f"cluster-{entry['metadata']['name']}"].items.add(), entry)
        seen = {"Role": self.role, "PodIdentityAssociation": self.association}
        if any(seen.values()):
            # Nobody but Crossplane knows what the resources are called.
            for composed in compose(self.xr, Observed({}), NOTHING_FETCHED).resources:
                if shown := seen.get(composed.kind):
                    resource.update(built.observed.resources[composed.name], {**composed.object(), **shown})
        return built


@dataclass(frozen=True)
class Input:
    """One input. Where it is edited, every edit is another text, so that nothing can be remembered."""

    name: str
    make: Callable[[int], Asked]
    edits: int = 1


@dataclass(frozen=True)
class Shape:
    """Inputs of one form: for each size the least and the most that the search tries."""

    name: str
    sizes: Mapping[str, tuple[int, int]]
    make: Callable[[Sizes], Asked]


def podidentity(spec: Object, name: str = "x", namespace: str = "evil", kind: str = "PodIdentity") -> Object:
    """An XR; without a namespace, as claims have it."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "podidentity.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def in_aws(**aws: Any) -> Object:
    """A spec with one cluster and one service account."""
    return {"clusters": _ONE_CLUSTER, "serviceAccounts": _ONE_ACCOUNT, "aws": aws}


def in_gcp(**gcp: Any) -> Object:
    """The same in Google Cloud."""
    return {"clusters": [{"name": "c", "gke": _GKE}], "serviceAccounts": _ONE_ACCOUNT, "gcp": gcp}


def _accounts(count: int, namespaces: int, length: int = 1, end: str = "") -> list[Object]:
    return [
        {
            "name": f"s{k}".ljust(length, "s"),
            "namespaces": [f"n{j}{end}".ljust(min(length, 63), "n") for j in range(namespaces)],
        }
        for k in range(count)
    ]


def _vclusters(sizes: Sizes, host: Mapping[str, Any], *, form: str = "exact") -> list[Object]:
    def mappings(number: int) -> Object:
        count = range(sizes["mappings"])
        if form == "exact":
            return {f"n{j}": f"h{j}-{number}" for j in count}
        if form == "nested":
            # Every host side begins a host namespace of every other, and the virtual sides are long.
            return {f"v{j:02d}{'v' * 29}*": f"{'h' * (j % 30 + 1)}*" for j in count} | {
                f"n{j}": f"{'h' * 31}{j}-{number}" for j in range(sizes["namespaces"])
            }
        return {f"n{j}-*": f"h{j}-{number}-*" for j in count}

    return [
        {
            "name": f"v{number}",
            **host,
            "vcluster": {
                "name": f"vc{number}",
                "hostNamespace": f"hn{number}",
                "serviceAccountSync": True,
                "namespaceMappings": mappings(number),
            },
        }
        for number in range(sizes["clusters"])
    ]


def _namespaced(sizes: Sizes, form: str) -> list[Object]:
    return _accounts(sizes["accounts"], sizes["namespaces"], end="-x" if form == "pattern" else "")


def _vclusters_in_eks(sizes: Sizes, *, form: str = "exact", **aws: Any) -> Asked:
    clusters = _vclusters(sizes, {"eks": {**_EKS, "clusterName": "h"}}, form=form)
    spec = {"clusters": clusters, "serviceAccounts": _namespaced(sizes, form)}
    return Asked(podidentity({**spec, "aws": {"trust": {"maxCharacters": 8192}, **aws}}))


def _vclusters_in_gke(sizes: Sizes, *, form: str = "exact", **gcp: Any) -> Asked:
    clusters = _vclusters(sizes, {"gke": {**_GKE, "clusterName": "h"}}, form=form)
    spec = {"clusters": clusters, "serviceAccounts": _namespaced(sizes, form)}
    granted = {"projectId": "customer-project", "roles": [{"role": "roles/viewer"}]}
    return Asked(podidentity({**spec, "gcp": {**granted, **gcp}}))


_MOST_VCLUSTERS = {"clusters": 16, "mappings": 64, "accounts": 16, "namespaces": 4}


def _trust_action(action: Any) -> Asked:
    statement = {"Effect": "Allow", "Principal": {"AWS": _ACCOUNT}, "Action": action}
    return Asked(podidentity(in_aws(trust={"statements": [statement]})))


def _observing(policy: Any, accounts: int, clusters: int) -> Asked:
    """A role with a trust policy of the tenant's own making, looked at for many pods."""
    spec = {
        "clusters": [{"name": f"c{number}", "eks": _EKS} for number in range(clusters)],
        "serviceAccounts": [{"name": f"s{number}"} for number in range(accounts)],
        "aws": {"role": {"arn": _ROLE_ARN, "observe": True}},
    }
    text = policy if isinstance(policy, str) else json.dumps({"Version": "2012-10-17", "Statement": policy})
    seen = {"arn": _ROLE_ARN, "assumeRolePolicy": text}
    good = [{"type": kind, "status": "True", "reason": "Seen"} for kind in ("Ready", "Synced")]
    return Asked(podidentity(spec), role={"status": {"atProvider": seen, "conditions": good}})


def _allow(**more: Any) -> Object:
    service = {"Service": "pods.eks.amazonaws.com"}
    return {"Effect": "Allow", "Principal": service, "Action": ["sts:AssumeRole", "sts:TagSession"], **more}


def _like(values: list[str]) -> Object:
    return {"StringLike": {"aws:RequestTag/kubernetes-service-account": values}}


def _inline(statements: Any) -> Object:
    return in_aws(permissions={"inlinePolicies": [{"name": "a", "statements": statements}]})


def _catalogue(sizes: Sizes) -> Asked:
    spec: Object = {
        "clusters": [{"name": f"c{number}"} for number in range(sizes["clusters"])],
        "serviceAccounts": _accounts(sizes["accounts"], 1),
        "aws": {"trust": {"maxCharacters": 8192}},
    }
    patterns = [f"{number}{'*e' * sizes['pattern']}"[:63] for number in range(sizes["patterns"])]

    def entry(name: str) -> Object:
        made = {"eks": _EKS, "usableFrom": {"namespaces": [*patterns, "*"]}}
        entry = podidentity(made, name, "", "PodIdentityCluster")
        result = compose(entry, Observed({}), NOTHING_FETCHED)
        conditions = [{"type": c.type, "status": c.status, "reason": c.reason, "message": c.message} for c in result.conditions]
        return {**entry, "status": {**(result.status or {}), "conditions": conditions}}

    named = [f"c{number}" for number in range(len(spec["clusters"]))]
    return Asked(podidentity(spec, namespace="e" * 63), entries=tuple(map(entry, named)))


def _roles_in_gcp(sizes: Sizes, **gcp: Any) -> Asked:
    """Roles with conditions, each for every principal."""
    roles = [
        {
            "role": "roles/storage.objectViewer",
            "condition": {"title": f"t{number}", "expression": f'"{number}{"x" * sizes["expression"]}" != ""'},
            "on": {"bucket": f"b{number}".ljust(sizes["target"], "b")},
        }
        for number in range(sizes["roles"])
    ]
    accounts = [{"name": f"s{k}".ljust(sizes["name"], "s"), "namespaces": [f"n{k}"]} for k in range(sizes["accounts"])]
    spec = in_gcp(projectId="customer-project", roles=roles, **gcp)
    return Asked(podidentity({**spec, "serviceAccounts": accounts}))


def _remembered(number: int) -> Asked:
    """A small spec that makes much: an existing role, both credentials, service accounts of their own."""
    issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/"
    spec = {
        "clusters": [
            {
                "name": f"c{k}",
                "eks": {**_EKS, "oidcIssuer": f"{issuer}{k:032X}"},
                "kubernetesProviderConfigRef": {"name": f"c{k}"},
            }
            for k in range(16)
        ],
        "serviceAccounts": [{"name": f"s{k}-{number}"} for k in range(64)],
        "serviceAccountManagement": "Own",
        "aws": {"role": {"arn": _ROLE_ARN}, "credentials": ["PodIdentity", "IRSA"]},
    }
    return Asked(podidentity(spec))


def _expressions(number: int) -> Asked:
    sizes = {"roles": 64, "expression": 11_900, "target": 63, "accounts": 16, "name": 1}
    asked = _roles_in_gcp(sizes, mode="Direct")
    asked.xr["spec"]["gcp"]["projectId"] = f"customer-project-{number}"
    return asked


def _collision(namespace: str, name: str) -> Asked:
    return Asked(podidentity(in_gcp(projectId="shared-project"), name, namespace))


def _forged(owner: Object) -> Asked:
    claim = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "PodIdentityClaim", **owner}
    spec = {
        "claimRef": claim,
        "clusters": [{"name": "k", "kubernetes": {"oidcIssuer": "https://oidc.example.com/k"}}],
        "serviceAccounts": _ONE_ACCOUNT,
        "aws": {"accountId": _ACCOUNT, "trust": {"pin": "Namespace"}},
    }
    return Asked(podidentity(spec, namespace="", kind="XPodIdentity"))


def _nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"StringEquals": value}
    return value


def _named(name: str, annotations: Mapping[str, str] | None = None) -> Object:
    return {"metadata": {"annotations": {EXTERNAL_NAME: name, **(annotations or {})}}}


_SYNCED_FALSE = {
    "type": "Synced",
    "status": "False",
    "reason": "ReconcileError",
    "message": "create failed: InvalidParameter: tag x: Association already exists: a-victim00000000000",
}
_ESCAPES = "a\x1b[2J\x1b]0;owned\x07\nerror: all is well"
_GITHUB = f"arn:aws:iam::{_ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


def _web_identity(**more: Any) -> Asked:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", **more}
    return Asked(podidentity(in_aws(trust={"statements": [statement]})))


def _fixed(name: str, asked: Callable[[], Asked]) -> Input:
    return Input(name, lambda _: asked())


def _json_policy(statements: int) -> Object:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "x"}] * statements})
    return in_aws(permissions={"inlinePolicies": [{"name": "a", "documentJSON": text}]})


INPUTS = (
    # vclusters: subjects x other vclusters x mappings.
    _fixed("vclusters, EKS", lambda: _vclusters_in_eks(_MOST_VCLUSTERS)),
    _fixed("vclusters, GKE, Impersonate", lambda: _vclusters_in_gke(_MOST_VCLUSTERS)),
    _fixed("vclusters, GKE, Direct", lambda: _vclusters_in_gke(_MOST_VCLUSTERS, mode="Direct")),
    _fixed("vclusters, GKE, Direct, pin Namespace", lambda: _vclusters_in_gke(_MOST_VCLUSTERS, mode="Direct", pin="Namespace")),
    _fixed(
        "vclusters, EKS, with managed policies",
        lambda: _vclusters_in_eks(
            _MOST_VCLUSTERS,
            permissions={
                "managedPolicies": [
                    {
                        "name": f"p{k}",
                        "statements": [{"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::{'b' * 5600}"]}],
                    }
                    for k in range(3)
                ]
            },
        ),
    ),
    # Patterns of users' own text.
    _fixed("a trust action of 1 MB", lambda: _trust_action("sts:" + "*a" * 500_000)),
    _fixed("a trust action of 100 kB", lambda: _trust_action("sts:" + "*a" * 50_000)),
    Input(
        "22 trust actions, 970 kB", lambda e: _trust_action([f"sts:{e}-{j:04d}" + "*a" * 22_000 for j in range(22)]), edits=3
    ),
    # An observed trust policy.
    _fixed(
        "observed policy, 121 patterns",
        lambda: _observing([_allow(Condition=_like([f"{'*a' * 31}{k}" for k in range(121)]))], 64, 16),
    ),
    _fixed(
        "observed policy, 60 denials",
        lambda: _observing(
            [*({**_allow(Sid=f"s{k}"), "Effect": "Deny", "Condition": _like([f"x{k}"])} for k in range(60))], 64, 16
        ),
    ),
    _fixed("observed policy, ${ x 3,900", lambda: _observing([_allow(Condition=_like(["${" * 3900]))], 64, 16)),
    _fixed(
        "observed policy, ${ and 8,000 spaces", lambda: _observing([_allow(Condition=_like(["${" + " " * 8000 + "}"]))], 64, 16)
    ),
    # More faults than are shown.
    _fixed("100,000 wrong actions", lambda: Asked(podidentity(_inline([{"actions": ["x"] * 100_000, "resources": ["*"]}])))),
    _fixed(
        "50,000 wrong condition keys",
        lambda: Asked(
            podidentity(in_aws(trust={"conditions": {"StringEquals": {f"bad key {k:05d}": "x" for k in range(50_000)}}}))
        ),
    ),
    _fixed(
        "20,000 unknown operators",
        lambda: Asked(podidentity(in_aws(trust={"conditions": {f"Strng{k:06d}": 1 for k in range(20_000)}}))),
    ),
    _fixed("20,000 bad statements in documentJSON", lambda: Asked(podidentity(_json_policy(20_000)))),
    _fixed("30,000 short trust actions", lambda: _trust_action([f"sts:x{k}" for k in range(30_000)])),
    _fixed("50,000 bad tags", lambda: Asked(podidentity({**in_aws(), "tags": {f"aws:{k}": "\x01" for k in range(50_000)}}))),
    # Owners.
    _fixed("claimRef of namespace *", lambda: _forged({"namespace": "*", "name": "x"})),
    _fixed("claimRef of namespace ${*}", lambda: _forged({"namespace": "${*}", "name": "x"})),
    _fixed("claimRef of a list", lambda: _forged({"namespace": ["a"], "name": [None, 43200]})),
    _fixed("claimRef of nothing", lambda: _forged({})),
    _fixed("one account id of two owners: the one", lambda: _collision("team", "a-reports-aa03e1321")),
    _fixed("one account id of two owners: the other", lambda: _collision("team-a", "reports-aa0b964b0")),
    _fixed(
        "a role that was derived for another owner",
        lambda: Asked(podidentity(in_aws()), role=_named("platform-backup-575f11db3afc1657", {DERIVED_NAME: "role"})),
    ),
    # What AWS refuses, and what is public.
    _fixed("web identity without a condition", lambda: _web_identity(Principal={"Federated": _GITHUB})),
    _fixed("Cognito without a condition", lambda: _web_identity(Principal={"Federated": "cognito-identity.amazonaws.com"})),
    _fixed(
        "a wildcard in a principal",
        lambda: Asked(
            podidentity(
                in_aws(
                    trust={
                        "statements": [
                            {
                                "Effect": "Allow",
                                "Action": "sts:AssumeRole",
                                "Principal": {"AWS": f"arn:aws:iam::{_ACCOUNT}:role/*/x"},
                            }
                        ]
                    }
                )
            )
        ),
    ),
    # Text that is not for terminals; the XRD keeps it out of names, a file does not.
    _fixed(
        "escapes in names (a file's)", lambda: Asked(podidentity({**in_aws(), "serviceAccounts": [{"name": _ESCAPES}] * 2}))
    ),
    _fixed(
        "escapes in a role (a file's)",
        lambda: Asked(podidentity(in_gcp(projectId="p-12345", roles=[{"role": "roles/\x1b[31mx\u202e"}] * 2))),
    ),
    # Edited by hand.
    _fixed("a role's external name edited", lambda: Asked(podidentity(in_aws()), role=_named("edited-by-hand"))),
    _fixed(
        "an id within a message",
        lambda: Asked(
            podidentity({**in_aws(association={"onConflict": "Adopt"})}),
            association={"status": {"conditions": [_SYNCED_FALSE]}},
        ),
    ),
    _fixed(
        "an imported association edited",
        lambda: Asked(podidentity(in_aws()), association=_named("\n../%x ${y}*", {"podidentity.dev/imported": "true"})),
    ),
    # Others.
    _fixed(
        "a session tag in letters that fold",
        lambda: Asked(
            podidentity(in_aws(trust={"conditions": {"StringEquals": {"aws:RequestTag/kubernete\u017f-namespace": "x"}}}))
        ),
    ),
    _fixed("conditions nested 20 levels", lambda: Asked(podidentity(in_aws(trust={"conditions": _nested(20)})))),
    _fixed(
        "NaN in a condition (a file's)",
        lambda: Asked(podidentity(in_aws(trust={"conditions": {"StringEquals": {"aws:RequestTag/x": float("nan")}}}))),
    ),
    Input("1,024 subjects of 4.7 kB", _remembered, edits=5),
    Input("CEL expressions, 777 kB", _expressions, edits=3),
    _fixed(
        "1,024 subjects with long names",
        lambda: Asked(
            podidentity(
                {
                    "clusters": [{"name": f"c{k:062d}", "eks": _EKS} for k in range(16)],
                    "serviceAccounts": [{"name": f"s{k:062d}." + "s" * 180, "namespace": "n" * 63} for k in range(64)],
                    "aws": {"trust": {"pin": "Cluster", "maxCharacters": 8192}},
                }
            )
        ),
    ),
)

_OF_VCLUSTERS = {"clusters": (1, 16), "mappings": (1, 64), "accounts": (1, 64), "namespaces": (1, 64)}
_OF_ROLES = {"roles": (1, 64), "expression": (1, 11_900), "target": (3, 63), "accounts": (1, 64), "name": (1, 253)}


def _nested_vclusters(sizes: Sizes) -> Asked:
    small = {**sizes, "mappings": max(1, min(sizes["mappings"], 64 - sizes["namespaces"]))}
    return _vclusters_in_gke({**small, "clusters": sizes["clusters"]}, form="nested", mode="Direct")


def _hosts_and_vclusters(sizes: Sizes) -> Asked:
    """GKE clusters of one pool: service accounts of some, called as vclusters of the others call theirs."""
    ends = [f"{'x-' * number}a" for number in range(16 - sizes["hosts"])]
    hosts = [f"host{number}" for number in range(sizes["hosts"])]
    clusters: list[Object] = [{"name": host, "gke": {**_GKE, "clusterName": host}} for host in hosts]
    clusters += [
        {
            "name": f"v{number}",
            "gke": {**_GKE, "clusterName": f"h{number}"},
            "vcluster": {
                "name": end,
                "hostNamespace": "n0",
                "serviceAccountSync": True,
                "namespaceMappings": {"*": f"all-{number}-*"},
            },
        }
        for number, end in enumerate(ends)
    ]
    name = f"{'-x' * sizes['joints']}-{ends[-1]}"
    accounts = [{"name": f"s{k}{name}", "namespace": "n0", "clusters": hosts} for k in range(sizes["accounts"])]
    gcp = {"projectId": "customer-project", "roles": [{"role": "roles/viewer"}], "mode": "Direct"}
    return Asked(podidentity({"clusters": clusters, "serviceAccounts": accounts, "gcp": gcp}))


def _many_associations(sizes: Sizes) -> Asked:
    tags = {f"t{k}".ljust(sizes["tag length"], "t"): "v" * sizes["tag length"] for k in range(sizes["tags"])}
    spec = {
        "clusters": [{"name": f"c{k}", "eks": _EKS} for k in range(sizes["clusters"])],
        "serviceAccounts": _accounts(sizes["accounts"], sizes["namespaces"], sizes["name"]),
        "tags": tags,
        "aws": {"trust": {"pin": "Cluster", "maxCharacters": 8192}},
    }
    return Asked(podidentity(spec))


def _existing(sizes: Sizes) -> Asked:
    asked = _many_associations({"tags": 0, "tag length": 1, "namespaces": 1, "name": 1, **sizes})
    places = itertools.product(range(sizes["clusters"]), range(sizes["accounts"]))
    asked.xr["spec"]["aws"]["association"] = {
        "existing": [
            {"cluster": f"c{c}", "namespace": "n0", "serviceAccount": f"s{s}", "id": f"a-{c:08d}{s:09d}"}
            for c, s in itertools.islice(places, sizes["existing"])
        ]
    }
    return asked


def _tokens(sizes: Sizes) -> Asked:
    issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/"
    spec = {
        "clusters": [{"name": f"c{k}", "eks": {**_EKS, "oidcIssuer": f"{issuer}{k:032X}"}} for k in range(sizes["issuers"])],
        "serviceAccounts": [
            {**account, "clusters": [f"c{number % sizes['issuers']}"]}
            for number, account in enumerate(_accounts(sizes["accounts"], sizes["namespaces"], sizes["name"]))
        ],
        "aws": {"credentials": ["IRSA"], "trust": {"maxCharacters": 8192}},
    }
    return Asked(podidentity(spec))


def _pinned(sizes: Sizes) -> Asked:
    """Service accounts that have little in common, so that a short policy for them is hard to find."""
    spec = {
        "clusters": [{"name": f"c{k}", "eks": _EKS} for k in range(sizes["clusters"])],
        "serviceAccounts": [
            {
                "name": f"s{k}",
                "namespaces": list(dict.fromkeys(f"n{(k * 7 + j * j) % 61}" for j in range(sizes["namespaces"]))),
                "clusters": sorted({f"c{(k * step + step) % sizes['clusters']}" for step in range(1, sizes["places"] + 1)}),
            }
            for k in range(sizes["accounts"])
        ],
        "aws": {"trust": {"maxCharacters": 8192}},
    }
    return Asked(podidentity(spec))


def _statements(sizes: Sizes) -> Asked:
    statements = [
        {
            "actions": [f"s3:Get{j}".ljust(sizes["length"], "x") for j in range(sizes["actions"])],
            "resources": [f"arn:aws:s3:::b{k}-{j}".ljust(sizes["length"], "*") for j in range(sizes["resources"])],
            "conditions": {
                "StringLike": {f"aws:PrincipalTag/k{j}": ["v" * sizes["length"]] for j in range(sizes["conditions"])}
            },
        }
        for k in range(sizes["statements"])
    ]
    policies = [{"name": f"p{k}", "statements": statements} for k in range(sizes["policies"])]
    return Asked(podidentity(in_aws(permissions={"inlinePolicies": policies})))


def _documents(sizes: Sizes) -> Asked:
    statement = {"Effect": "Allow", "Action": ["s3:*"] * sizes["actions"], "Resource": ["*" * sizes["length"]]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement] * sizes["statements"]})
    policies = [{"name": f"p{k}", "documentJSON": text} for k in range(sizes["policies"])]
    return Asked(podidentity(in_aws(permissions={"managedPolicies": policies})))


def _trust_statements(sizes: Sizes) -> Asked:
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"{j:012d}" for j in range(sizes["principals"])]},
            "Action": ["sts:" + "*A" * sizes["length"] for _ in range(sizes["actions"])],
        }
        for _ in range(sizes["statements"])
    ]
    return Asked(podidentity(in_aws(trust={"statements": statements, "maxCharacters": 8192})))


def _conditions(sizes: Sizes) -> Asked:
    operators = ["StringEquals", "StringLike", "StringNotEquals", "ArnLike", "StringEqualsIfExists", "ForAllValues:StringLike"]
    conditions = {
        operator: {
            f"aws:RequestTag/k{k}": [f"{j}{'${x}' * sizes['length']}" for j in range(sizes["values"])]
            for k in range(sizes["keys"])
        }
        for operator in operators[: sizes["operators"]]
    }
    return Asked(podidentity(in_aws(trust={"conditions": conditions, "maxCharacters": 8192})))


def _unknown(sizes: Sizes) -> Asked:
    """Misspelt fields and values, for each of which something like it is looked for."""
    spec = in_aws(trust={"conditions": {f"Strng{k}": {"x": "y"} for k in range(sizes["operators"])}})
    fields: Object = {f"clustr{k}": [] for k in range(sizes["fields"])}
    accounts = [{"name": "A" * sizes["length"], f"namspace{k}": "x"} for k in range(sizes["accounts"])]
    return Asked(podidentity({**spec, **fields, "serviceAccounts": accounts}))


def _presets(sizes: Sizes) -> Asked:
    zones = [f"arn:aws:route53:::hostedzone/Z{k:019d}" for k in range(sizes["zones"])]
    secrets = [
        f"arn:aws:secretsmanager:eu-central-1:{_ACCOUNT}:secret:{k}{'s' * sizes['length']}-*" for k in range(sizes["secrets"])
    ]
    presets = [
        {"name": "ExternalDNS", "hostedZoneArns": zones},
        {"name": "CertManager", "hostedZoneArns": zones},
        {"name": "ExternalSecrets", "secretArns": secrets},
    ]
    return Asked(podidentity(in_aws(permissions={"presets": presets})))


def _tags(sizes: Sizes) -> Asked:
    tags = {f"k{k}".ljust(sizes["length"], "k"): "v" * sizes["length"] for k in range(sizes["tags"])}
    return Asked(podidentity({**in_aws(association={"tags": tags}), "tags": tags}))


def _mappings_text(sizes: Sizes) -> Asked:
    mappings = {
        f"{number}{'${name}' * sizes['placeholders']}{'a' * sizes['length']}*": f"h{number}{'*' * sizes['stars']}"
        for number in range(sizes["mappings"])
    }
    where = {"name": "v" * 63, "hostNamespace": "h", "serviceAccountSync": True, "namespaceMappings": mappings}
    clusters = [{"name": f"c{k}", "eks": _EKS, "vcluster": where} for k in range(sizes["clusters"])]
    return Asked(podidentity({**in_aws(), "clusters": clusters, "serviceAccounts": _accounts(sizes["accounts"], 1)}))


def _observed_policy(sizes: Sizes) -> Asked:
    statements = [
        {
            **_allow(Condition=_like([f"{k}-{j}{'*a' * sizes['stars']}" for j in range(sizes["values"])])),
            **({"Effect": "Deny"} if k % 2 else {}),
        }
        for k in range(sizes["statements"])
    ]
    return _observing(statements, sizes["accounts"], sizes["clusters"])


def _observed_variables(sizes: Sizes) -> Asked:
    value = "${" * sizes["opened"] + " " * sizes["spaces"] + "'" * sizes["quotes"] + "}" * sizes["closed"]
    return _observing([_allow(Condition=_like([value]))], sizes["accounts"], sizes["clusters"])


def _expression_text(sizes: Sizes) -> Asked:
    text = (
        "(" * sizes["brackets"]
        + "`" * sizes["quotes"]
        + " " * sizes["spaces"]
        + '"\\' * sizes["strings"]
        + "a" * sizes["words"]
    )
    condition = {"title": "t", "expression": (text or "a")[:12_000]}
    roles = [
        {"role": "roles/storage.objectViewer", "condition": {**condition, "title": f"t{k}"}} for k in range(sizes["roles"])
    ]
    return Asked(podidentity(in_gcp(projectId="customer-project", roles=roles)))


def _entry(sizes: Sizes) -> Asked:
    """An entry of the catalogue itself."""
    providers = [{"accountId": f"{k:012d}", "providerConfigRef": {"name": f"p{k}"}} for k in range(sizes["providers"])]
    issuers = [f"https://oidc.example.com/{k}" for k in range(sizes["issuers"])]
    kubernetes = {
        "oidcIssuer": "https://oidc.example.com/k",
        "additionalIssuers": issuers,
        "oidcProviders": providers,
        "audiences": [f"a{k}".ljust(sizes["length"], "a") for k in range(sizes["audiences"])],
    }
    return Asked(podidentity({"kubernetes": kubernetes}, namespace="", kind="PodIdentityCluster"))


def _vclusters_of_namespace(sizes: Sizes) -> Asked:
    return _vclusters_in_gke(sizes, form="pattern", mode="Direct", pin="Namespace")


SHAPES = (
    Shape("vclusters with exact mappings, EKS", _OF_VCLUSTERS, _vclusters_in_eks),
    Shape("vclusters with patterns, EKS", _OF_VCLUSTERS, lambda s: _vclusters_in_eks(s, form="pattern")),
    Shape("vclusters with exact mappings, GKE", _OF_VCLUSTERS, lambda s: _vclusters_in_gke(s, mode="Direct")),
    Shape("vclusters with nested host patterns, GKE", {**_OF_VCLUSTERS, "namespaces": (1, 32)}, _nested_vclusters),
    Shape("vclusters with patterns, pin Namespace", _OF_VCLUSTERS, _vclusters_of_namespace),
    Shape("names as vclusters make them", {"hosts": (1, 15), "accounts": (1, 64), "joints": (1, 105)}, _hosts_and_vclusters),
    Shape(
        "texts of mappings",
        {
            "clusters": (1, 16),
            "mappings": (1, 64),
            "accounts": (1, 64),
            "placeholders": (0, 2000),
            "length": (0, 4000),
            "stars": (0, 50),
        },
        _mappings_text,
    ),
    Shape("roles in Google Cloud, Direct", _OF_ROLES, lambda s: _roles_in_gcp(s, mode="Direct")),
    Shape("roles in Google Cloud, Impersonate", _OF_ROLES, _roles_in_gcp),
    Shape(
        "texts of CEL expressions",
        {
            "roles": (1, 64),
            "brackets": (0, 12_000),
            "quotes": (0, 12_000),
            "spaces": (0, 12_000),
            "strings": (0, 6000),
            "words": (0, 12_000),
        },
        _expression_text,
    ),
    Shape(
        "entries of the catalogue",
        {"clusters": (1, 16), "accounts": (1, 64), "patterns": (0, 63), "pattern": (1, 31)},
        _catalogue,
    ),
    Shape(
        "an entry with OIDC providers",
        {"providers": (0, 100), "issuers": (0, 3), "audiences": (0, 99), "length": (1, 255)},
        _entry,
    ),
    Shape(
        "associations",
        {
            "clusters": (1, 16),
            "accounts": (1, 64),
            "namespaces": (1, 64),
            "name": (1, 253),
            "tags": (0, 50),
            "tag length": (3, 127),
        },
        _many_associations,
    ),
    Shape("associations taken over", {"clusters": (1, 16), "accounts": (1, 64), "existing": (0, 1024)}, _existing),
    Shape("IRSA", {"issuers": (1, 16), "accounts": (1, 64), "namespaces": (1, 64), "name": (1, 253)}, _tokens),
    Shape(
        "pinned service accounts", {"clusters": (1, 16), "accounts": (1, 64), "namespaces": (1, 61), "places": (1, 16)}, _pinned
    ),
    Shape(
        "statements of inline policies",
        {
            "policies": (1, 128),
            "statements": (1, 200),
            "actions": (1, 200),
            "resources": (1, 200),
            "conditions": (0, 50),
            "length": (1, 1000),
        },
        _statements,
    ),
    Shape(
        "documents of managed policies",
        {"policies": (1, 25), "statements": (1, 300), "actions": (1, 300), "length": (1, 3000)},
        _documents,
    ),
    Shape(
        "trust statements",
        {"statements": (1, 128), "principals": (1, 1000), "actions": (1, 500), "length": (0, 5000)},
        _trust_statements,
    ),
    Shape(
        "trust conditions",
        {"operators": (1, 6), "keys": (1, 2000), "values": (1, 2000), "length": (0, 2000)},
        _conditions,
    ),
    Shape(
        "misspelt fields",
        {"operators": (0, 5000), "fields": (0, 5000), "accounts": (1, 64), "length": (1, 5000)},
        _unknown,
    ),
    Shape("presets", {"zones": (1, 64), "secrets": (1, 64), "length": (1, 400)}, _presets),
    Shape("tags", {"tags": (0, 20_000), "length": (1, 400)}, _tags),
    Shape(
        "an observed trust policy",
        {"accounts": (1, 64), "clusters": (1, 16), "statements": (1, 100), "values": (1, 300), "stars": (0, 2000)},
        _observed_policy,
    ),
    Shape(
        "variables in an observed trust policy",
        {
            "accounts": (1, 64),
            "clusters": (1, 16),
            "opened": (0, 4000),
            "spaces": (0, 8000),
            "quotes": (0, 4000),
            "closed": (0, 4000),
        },
        _observed_variables,
    ),
)

_MOST_KILOBYTES = 1500
"""etcd stores no larger object."""


def storable(asked: Asked) -> bool:
    """Whether the API server would take the object: etcd's limit."""
    return _weight(asked.xr["spec"], _MOST_KILOBYTES * 1000) <= _MOST_KILOBYTES * 1000


def _weight(value: Any, most: int) -> int:
    """About how many bytes of JSON it makes; looked at no further than the most."""
    if not isinstance(value, dict | list):
        return len(value) + 2 if isinstance(value, str) else 4
    weight = 2
    for part in itertools.chain(value, value.values()) if isinstance(value, dict) else value:
        weight += _weight(part, most - weight) + 1
        if weight > most:
            break
    return weight


def inputs(only: str) -> Iterator[Input]:
    """The inputs whose names contain the text."""
    return (each for each in INPUTS if only.lower() in each.name.lower())


def shapes(only: str) -> Iterator[Shape]:
    """The shapes whose names contain the text."""
    return (each for each in SHAPES if only.lower() in each.name.lower())

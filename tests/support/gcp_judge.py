"""Judges what is rendered for Google Cloud by what a spec lists. Nothing in it is the function's own code.

Source: Google Cloud, "Principal identifiers" and "Workload Identity Federation for GKE"; the CRDs of provider-upjet-gcp v3.0.0.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.support.random_gcp import Pod, listed_clusters, listed_pods

USER = "roles/iam.workloadIdentityUser"


class Member(NamedTuple):
    """What a member stands for."""

    kind: str
    """`gsa`, `ksa`, `subject`, `namespace` or `cluster`."""
    pool: str = ""
    number: str | None = None
    namespace: str = ""
    name: str = ""
    email: str = ""
    cluster: str = ""


_POOL = r"(?P<pool>(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]+\.(?:svc|global\.[0-9]+\.workload)\.id\.goog)"
_FEDERATED = rf"//iam\.googleapis\.com/projects/(?P<number>[0-9]+)/locations/global/workloadIdentityPools/{_POOL}"
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NAME = r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?"
_FORMS = {
    "subject": re.compile(rf"principal:{_FEDERATED}/subject/ns/(?P<namespace>{_LABEL})/sa/(?P<name>{_NAME})"),
    "namespace": re.compile(rf"principalSet:{_FEDERATED}/namespace/(?P<namespace>{_LABEL})"),
    "cluster": re.compile(rf"principalSet:{_FEDERATED}/kubernetes\.cluster/(?P<cluster>https://[a-z0-9./:-]+)"),
    "ksa": re.compile(rf"serviceAccount:{_POOL}\[(?P<namespace>{_LABEL})/(?P<name>{_NAME})\]"),
    "gsa": re.compile(r"serviceAccount:(?P<email>[a-z0-9][-a-z0-9.]*@(?:[-a-z0-9.]+\.iam|developer)\.gserviceaccount\.com)"),
}


def decode(member: str, *, in_dataset: bool = False) -> Member:
    """What a member stands for; ValueError where it is in no form that Google has."""
    plain = member
    if in_dataset and member.startswith(("principal", "iamMember:")):
        plain = member.removeprefix("iamMember:")
        if plain == member or not plain.startswith("principal"):
            raise ValueError(f"{member} cannot be in the access list of a dataset")
    for kind, form in _FORMS.items():
        found = form.fullmatch(plain)
        if found:
            return Member(kind, **found.groupdict())
    raise ValueError(f"{member} is in no form of a member")


# Each kind's API group and its resource in forProvider, by the name in `on`: P is the project, the rest is what is written.
_KINDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "projectId": ("cloudplatform", "ProjectIAMMember", {"project": "{P}"}),
    "folderId": ("cloudplatform", "FolderIAMMember", {"folder": "folders/{value}"}),
    "organizationId": ("cloudplatform", "OrganizationIAMMember", {"orgId": "{value}"}),
    "bucket": ("storage", "BucketIAMMember", {"bucket": "{value}"}),
    "managedFolder": ("storage", "ManagedFolderIAMMember", {"bucket": "{bucket}", "managedFolder": "{folder}/"}),
    "serviceAccount": (
        "cloudplatform",
        "ServiceAccountIAMMember",
        {"serviceAccountId": "projects/{P}/serviceAccounts/{email}"},
    ),
    "secret": ("secretmanager", "SecretIAMMember", {"project": "{P}", "secretId": "{name}"}),
    "topic": ("pubsub", "TopicIAMMember", {"project": "{P}", "topic": "{name}"}),
    "subscription": ("pubsub", "SubscriptionIAMMember", {"project": "{P}", "subscription": "{name}"}),
    "managedZone": ("dns", "ManagedZoneIAMMember", {"project": "{P}", "managedZone": "{name}"}),
    "dataset": ("bigquery", "DatasetIAMMember", {"project": "{P}", "datasetId": "{datasetId}"}),
    "table": ("bigquery", "TableIAMMember", {"project": "{P}", "datasetId": "{datasetId}", "tableId": "{tableId}"}),
    "keyRing": ("kms", "KeyRingIAMMember", {"keyRingId": "{P}/{location}/{name}"}),
    "cryptoKey": ("kms", "CryptoKeyIAMMember", {"cryptoKeyId": "{P}/{location}/{keyRing}/{name}"}),
    "spannerInstance": ("spanner", "InstanceIAMMember", {"project": "{P}", "instance": "{instance}"}),
    "spannerDatabase": (
        "spanner",
        "DatabaseIAMMember",
        {"project": "{P}", "instance": "{instance}", "database": "{database}"},
    ),
    "repository": (
        "artifact",
        "RegistryRepositoryIAMMember",
        {"project": "{P}", "location": "{location}", "repository": "{name}"},
    ),
    "cloudRunService": ("cloudrun", "ServiceIAMMember", {"project": "{P}", "location": "{location}", "service": "{name}"}),
}

Grant = tuple[Any, ...]
"""A kind, what names the resource, role, condition, and who."""


def faults(spec: Mapping[str, Any], objects: Mapping[str, Mapping[str, Any]], kind: str = "PodIdentity") -> list[str]:
    """Everything in which rendered objects, by their composition resource names, are not what a spec asks for."""
    # Service accounts of Kubernetes and the order of deletion are other tests' matter.
    ours = [o for o in objects.values() if ".gcp." in o["apiVersion"]]
    found = [*_of_objects(spec, ours, kind)]
    accounts = [o for o in ours if o["kind"] == "ServiceAccount"]
    members = [o for o in ours if o["kind"] != "ServiceAccount"]
    found += _of_account(spec, accounts)
    decoded = Counter[Grant]()
    for one in members:
        fields = one["spec"]["forProvider"]
        try:
            who = decode(fields["member"], in_dataset=one["kind"] == "DatasetIAMMember")
        except ValueError as error:
            found.append(str(error))
            continue
        where = {name: value for name, value in fields.items() if name not in ("member", "role", "condition")}
        decoded[(one["kind"], *_flat(where), fields["role"], *_flat(fields.get("condition", {})), who)] += 1
    expected = Counter(_expected(spec, email_of(spec, accounts)))
    found += [f"granted {count} times: {grant}" for grant, count in decoded.items() if count > 1]
    found += [f"not asked for: {grant}" for grant in decoded if grant not in expected]
    found += [f"missing: {grant}" for grant in expected if grant not in decoded]
    return found


def _flat(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(fields.items()))


def _of_objects(spec: Mapping[str, Any], objects: Iterable[Mapping[str, Any]], kind: str) -> Iterator[str]:
    """Kinds, versions and references."""
    groups = {member: f"{group}.gcp" for group, member, _ in _KINDS.values()}
    groups |= {"ServiceAccount": "cloudplatform.gcp", "ServiceAccountIAMMember": "cloudplatform.gcp"}
    written = spec["gcp"].get("providerConfigRef", {}).get("name", "default")
    for one in objects:
        name = one["kind"]
        if name.endswith(("IAMBinding", "IAMPolicy")) or name not in groups:
            yield f"{name} takes away what others granted, or is unknown"
            continue
        older = name in ("ServiceAccount", "ManagedFolderIAMMember")
        if kind == "PodIdentity":
            version, reference = f"{groups[name]}.m.upbound.io/v1beta1", {"kind": "ClusterProviderConfig", "name": written}
        else:
            version, reference = f"{groups[name]}.upbound.io/{'v1beta1' if older else 'v1beta2'}", {"name": written}
        if one["apiVersion"] != version:
            yield f"{name} is {one['apiVersion']}, not {version}"
        if one["spec"]["providerConfigRef"] != reference:
            yield f"{name} refers to {one['spec']['providerConfigRef']}"
        if one["spec"]["managementPolicies"] != spec.get("managementPolicies", ["*"]):
            yield f"{name} has policies {one['spec']['managementPolicies']}"


def _of_account(spec: Mapping[str, Any], accounts: list[Mapping[str, Any]]) -> Iterator[str]:
    gcp = spec["gcp"]
    composed = gcp.get("mode") != "Direct" and "email" not in gcp.get("serviceAccount", {})
    if len(accounts) != composed:
        yield f"{len(accounts)} service accounts"
    for account in accounts:
        if account["spec"]["forProvider"]["project"] != gcp["projectId"]:
            yield "the service account is in another project"
        wanted = gcp.get("serviceAccount", {}).get("accountId")
        if wanted not in (None, _id(account)):
            yield f"the service account is called {_id(account)}"


def _id(account: Mapping[str, Any]) -> str:
    name: str = account["metadata"]["annotations"]["crossplane.io/external-name"]
    return name


def email_of(spec: Mapping[str, Any], accounts: Iterable[Mapping[str, Any]]) -> str:
    """The service account's email; nothing in mode Direct."""
    gcp = spec["gcp"]
    if "email" in gcp.get("serviceAccount", {}):
        email: str = gcp["serviceAccount"]["email"]
        return email
    domain, _, project = gcp["projectId"].rpartition(":")
    host = f"{project}.{domain}" if domain else project
    return next((f"{_id(account)}@{host}.iam.gserviceaccount.com" for account in accounts), "")


def _expected(spec: Mapping[str, Any], email: str) -> Iterator[Grant]:
    gcp, pods = spec["gcp"], listed_pods(dict(spec))
    if gcp.get("mode") == "Direct":
        grantees = {_principal(pod, by_namespace=gcp.get("pin") == "Namespace") for pod in pods}
        if gcp.get("pin") == "Cluster":
            grantees = {Member("cluster", pool, number, cluster=url) for pool, number, url in listed_clusters(dict(spec))}
    else:
        grantees = {Member("gsa", email=email)}
        where = ("serviceAccountId", f"projects/{gcp['projectId']}/serviceAccounts/{email}")
        for pod in {pod if pod.pool.endswith(".workload.id.goog") else pod._replace(number=None) for pod in pods}:
            yield ("ServiceAccountIAMMember", where, USER, Member("subject" if pod.number else "ksa", *pod))
    for role in gcp.get("roles", ()):
        for who in grantees:
            yield (*_target(role.get("on"), gcp["projectId"], email), role["role"], *_flat(role.get("condition", {})), who)


def _principal(pod: Pod, *, by_namespace: bool) -> Member:
    if by_namespace:
        return Member("namespace", pod.pool, pod.number, pod.namespace)
    return Member("subject", *pod)


def _target(on: Mapping[str, Any] | None, project: str, own: str) -> tuple[Any, ...]:
    ((name, value),) = (on or {"projectId": project}).items()
    facts = dict(value) if isinstance(value, Mapping) else {"value": value}
    project = value if name == "projectId" else facts.get("projectId", project)
    if name == "serviceAccount":
        facts.setdefault("email", own)
        # The email says the project, but for those of other services, and those of a domain's projects.
        if facts["email"] != own and facts["email"].endswith(".iam.gserviceaccount.com"):
            project = facts["email"].partition("@")[2].partition(".")[0]
    _, kind, fields = _KINDS[name]
    return (kind, *_flat({field: form.format(P=project, **facts).replace("//", "/") for field, form in fields.items()}))

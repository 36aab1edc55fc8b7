"""Checks what would be asked of Google against the discovery documents that google-api-python-client ships. Nothing is sent."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@cache
def document(service: str, version: str) -> dict[str, Any]:
    """The discovery document of a service."""
    found = find_spec("googleapiclient")
    if found is None or found.origin is None:
        raise RuntimeError("google-api-python-client is not installed")
    file = Path(found.origin).parent / "discovery_cache" / "documents" / f"{service}.{version}.json"
    read: dict[str, Any] = json.loads(file.read_text())
    return read


def method(service: str, version: str, name: str) -> dict[str, Any]:
    """A method, `projects.topics.setIamPolicy`."""
    *resources, last = name.split(".")
    place = document(service, version)
    for resource in resources:
        place = place["resources"][resource]
    found: dict[str, Any] = place["methods"][last]
    return found


def schema(service: str, version: str, name: str) -> dict[str, Any]:
    """A schema."""
    found: dict[str, Any] = document(service, version)["schemas"][name]
    return found


def path_problems(asked: Mapping[str, Any], parameters: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the parameters in the path of a method."""
    known = {name: fact for name, fact in asked["parameters"].items() if fact["location"] == "path"}
    for name, fact in known.items():
        if name not in parameters:
            yield f"{name}: missing"
        elif not re.search(fact.get("pattern", "^.+$"), parameters[name]):
            yield f"{name}: {parameters[name]!r} does not match {fact['pattern']}"
    yield from (f"{name}: unknown" for name in parameters if name not in known)


# The resource that an IAM member is of, as Terraform's google provider names it to each service from forProvider's fields.
_IAM_POLICIES: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "ProjectIAMMember": ("cloudresourcemanager", "v3", "projects", {"resource": "projects/{project}"}),
    "FolderIAMMember": ("cloudresourcemanager", "v3", "folders", {"resource": "{folder}"}),
    "OrganizationIAMMember": ("cloudresourcemanager", "v3", "organizations", {"resource": "organizations/{orgId}"}),
    "ServiceAccountIAMMember": ("iam", "v1", "projects.serviceAccounts", {"resource": "{serviceAccountId}"}),
    "BucketIAMMember": ("storage", "v1", "buckets", {"bucket": "{bucket}"}),
    "ManagedFolderIAMMember": (
        "storage",
        "v1",
        "managedFolders",
        {"bucket": "{bucket}", "managedFolder": "{managedFolder}"},
    ),
    "SecretIAMMember": ("secretmanager", "v1", "projects.secrets", {"resource": "projects/{project}/secrets/{secretId}"}),
    "TopicIAMMember": ("pubsub", "v1", "projects.topics", {"resource": "projects/{project}/topics/{topic}"}),
    "SubscriptionIAMMember": (
        "pubsub",
        "v1",
        "projects.subscriptions",
        {"resource": "projects/{project}/subscriptions/{subscription}"},
    ),
    "ManagedZoneIAMMember": ("dns", "v1", "managedZones", {"resource": "projects/{project}/managedZones/{managedZone}"}),
    "TableIAMMember": ("bigquery", "v2", "tables", {"resource": "projects/{project}/datasets/{datasetId}/tables/{tableId}"}),
    "KeyRingIAMMember": ("cloudkms", "v1", "projects.locations.keyRings", {"resource": "{keyRingId}"}),
    "CryptoKeyIAMMember": ("cloudkms", "v1", "projects.locations.keyRings.cryptoKeys", {"resource": "{cryptoKeyId}"}),
    "InstanceIAMMember": ("spanner", "v1", "projects.instances", {"resource": "projects/{project}/instances/{instance}"}),
    "DatabaseIAMMember": (
        "spanner",
        "v1",
        "projects.instances.databases",
        {"resource": "projects/{project}/instances/{instance}/databases/{database}"},
    ),
    "RegistryRepositoryIAMMember": (
        "artifactregistry",
        "v1",
        "projects.locations.repositories",
        {"resource": "projects/{project}/locations/{location}/repositories/{repository}"},
    ),
    "ServiceIAMMember": (
        "run",
        "v1",
        "projects.locations.services",
        {"resource": "projects/{project}/locations/{location}/services/{service}"},
    ),
}
KINDS = (*_IAM_POLICIES, "DatasetIAMMember")

# How the provider reads what names a key: Terraform's google provider, kms_utils.go.
_PROJECT = r"(?P<project>(?:[a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9])"
_KEY_RING = re.compile(rf"{_PROJECT}/(?P<location>[a-z0-9-]+)/(?P<ring>[a-zA-Z0-9_-]{{1,63}})")
_KEY = re.compile(rf"{_KEY_RING.pattern}/(?P<key>[a-zA-Z0-9_-]{{1,63}})")


def member_problems(member: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the request behind an IAM member."""
    fields = member["spec"]["forProvider"]
    if member["kind"] == "DatasetIAMMember":
        return list(_dataset_problems(fields))
    service, version, resource, form = _IAM_POLICIES[member["kind"]]
    asked = method(service, version, f"{resource}.setIamPolicy")
    try:
        parameters = {name: text.format(**_with_keys(fields)) for name, text in form.items()}
    except (KeyError, ValueError) as error:
        return [f"{member['kind']}: {error}"]
    named = set(re.findall(r"{(\w+)}", " ".join(form.values())))
    unused = {name for name in fields if name not in named} - {"member", "role", "condition"}
    return [
        *path_problems(asked, parameters),
        *(f"{name}: unused" for name in unused),
        *_policy_problems(service, version, fields),
    ]


def _with_keys(fields: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(fields)
    for name, form, path in (
        ("keyRingId", _KEY_RING, "projects/{project}/locations/{location}/keyRings/{ring}"),
        ("cryptoKeyId", _KEY, "projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{key}"),
    ):
        if name in fields:
            parts = form.fullmatch(fields[name])
            if parts is None:
                raise ValueError(f"{name}: {fields[name]!r} does not match {form.pattern}")
            found[name] = path.format(**parts.groupdict())
    return found


def _policy_problems(service: str, version: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """Whether role, member and condition are in the schema of the service's policies."""
    policy = schema(service, version, "Policy")
    bindings = policy["properties"].get("bindings", {}).get("items", {})
    if service == "dns":  # its schemas call the policy and its bindings otherwise: the name Policy was taken
        bindings = schema(service, version, "GoogleIamV1Policy")["properties"]["bindings"]["items"]
    binding = schema(service, version, bindings["$ref"]) if "$ref" in bindings else bindings
    yield from (f"{name}: unknown" for name in ("role", "members", "condition") if name not in binding["properties"])
    if "condition" in fields:
        condition = schema(service, version, binding["properties"]["condition"]["$ref"])
        for name, value in fields["condition"].items():
            if condition["properties"].get(name, {}).get("type") != "string" or not isinstance(value, str):
                yield f"condition.{name}: unknown, or no string"


def _dataset_problems(fields: Mapping[str, Any]) -> Iterator[str]:
    """A dataset has an access list: a service account's member becomes an email, a principal's an iamMember."""
    entry = schema("bigquery", "v2", "Dataset")["properties"]["access"]["items"]["properties"]
    name = "iamMember" if fields["member"].startswith("iamMember:principal") else "userByEmail"
    if entry[name]["type"] != "string" or entry["role"]["type"] != "string":
        yield f"{name}: unknown"
    if name == "userByEmail" and not re.fullmatch(r"serviceAccount:[^@:]+@[^@:]+", fields["member"]):
        yield f"member: {fields['member']!r} is neither an email nor an iamMember"
    parameters = {"projectId": fields.get("project", ""), "datasetId": fields.get("datasetId", "")}
    yield from path_problems(method("bigquery", "v2", "datasets.patch"), parameters)


def account_problems(account: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the request behind a service account, by the words of its schema."""
    account_id = account["metadata"]["annotations"]["crossplane.io/external-name"]
    words = schema("iam", "v1", "CreateServiceAccountRequest")["properties"]["accountId"]["description"]
    found = re.search(r"must be (\d+)-(\d+) characters long, and match the regular expression `([^`]+)`", words)
    assert found, words
    least, most, pattern = found.groups()
    if not int(least) <= len(account_id) <= int(most) or not re.fullmatch(pattern, account_id):
        yield f"accountId: {account_id!r}"
    fields = account["spec"]["forProvider"]
    for name in ("displayName", "description"):
        limit = byte_limit(name)
        if len(fields[name].encode()) > limit:
            yield f"{name}: {len(fields[name].encode())} bytes, at most {limit}"
    known = {*schema("iam", "v1", "ServiceAccount")["properties"], "project"}
    yield from (f"{name}: unknown" for name in fields if name not in known)
    yield from path_problems(method("iam", "v1", "projects.serviceAccounts.create"), {"name": f"projects/{fields['project']}"})


def byte_limit(field: str) -> int:
    """How many bytes a text of a service account may have."""
    words = schema("iam", "v1", "ServiceAccount")["properties"][field]["description"]
    found = re.search(r"maximum length is (\d+) UTF-8 bytes", words)
    assert found, words
    return int(found[1])

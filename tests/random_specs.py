"""Random PodIdentities of every shape of trust, and every pod that could be mistaken for one of theirs."""

import json
import random
from collections.abc import Iterator
from typing import Any

from function.clouds.aws.pod_requests import Pod
from function.composition import CompositionResult

ACCOUNT = "111122223333"
REGION = "eu-central-1"
NAMESPACES = ("data", "web", "ops", "kube-system", "blue", "green", "batch", "payments")
NAMES = ("api", "worker", "cron", "api-canary")


def random_spec(rng: random.Random, max_characters: int = 8192) -> dict[str, Any]:
    """1 to 4 clusters, 1 to 64 entries whose names, namespaces and clusters overlap, any pin, session tags on and off."""
    clusters = [f"c{i}" for i in range(rng.randint(1, 4))]
    names = [f"{name}-{i}" for i in range(rng.choice((1, 1, 2, 4, 16))) for name in NAMES]
    tags = rng.random() < 0.85
    return {
        "clusters": [{"name": c, "eks": {"region": REGION, "accountId": ACCOUNT}} for c in clusters],
        "serviceAccounts": _distinct(rng, clusters, names),
        "aws": {
            "disableSessionTags": not tags,
            "trust": {
                "pin": rng.choices(("ServiceAccount", "Namespace", "Cluster", "None"), (8, 2, 1, 1))[0]
                if tags
                else rng.choice(("Cluster", "None")),
                "sourceAccount": rng.random() < 0.2,
                "sourceOrganization": rng.random() < 0.2,
                "maxCharacters": max_characters,
            },
        },
    }


def _distinct(rng: random.Random, clusters: list[str], names: list[str]) -> list[dict[str, Any]]:
    """Entries that never list a subject twice, which would be refused."""
    entries: list[dict[str, Any]] = []
    taken: set[tuple[str, str, str]] = set()
    # People write the same few lists again and again.
    shapes = [
        (rng.sample(clusters, rng.randint(1, len(clusters))), rng.sample(NAMESPACES, rng.randint(1, 4)))
        for _ in range(rng.choice((4, 16, 64)))
    ]
    for _ in range(rng.choice((1, 2, 3, 8, 16, 64))):
        where, namespaces = rng.choice(shapes)
        name = rng.choice(names)
        subjects = {(c, n, name) for c in where for n in namespaces}
        if not subjects & taken:
            taken |= subjects
            entries.append({"name": name, "clusters": where, "namespaces": namespaces})
    return entries


def arn(cluster: str, region: str = REGION, account: str = ACCOUNT) -> str:
    """The ARN of a cluster whose handle is its name."""
    return f"arn:aws:eks:{region}:{account}:cluster/{cluster}"


def listed(spec: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Every (cluster ARN, namespace, service account) of the spec, without the function's own code."""
    every = [c["name"] for c in spec["clusters"]]
    return {
        (arn(cluster), namespace, entry["name"])
        for entry in spec["serviceAccounts"]
        for cluster in entry.get("clusters", every)
        for namespace in entry["namespaces"]
    }


def candidates(spec: dict[str, Any], rng: random.Random, most: int) -> Iterator[tuple[str, str, str]]:
    """The listed subjects, and those that a careless policy would let in: every other combination, and near misses."""
    subjects = sorted(listed(spec))
    arns, namespaces, names = ({subject[i] for subject in subjects} for i in range(3))
    others = {(a, n, s) for a in arns for n in namespaces for s in names} - set(subjects)
    stranger = subjects[0]
    near = {
        (arn(stranger[0].rpartition("/")[2], region="us-east-1"), stranger[1], stranger[2]),
        (arn(stranger[0].rpartition("/")[2], account="999999999999"), stranger[1], stranger[2]),
        (f"{stranger[0]}-2", stranger[1], stranger[2]),
        (stranger[0], f"{stranger[1]}-2", stranger[2]),
        (stranger[0], stranger[1], f"{stranger[2]}-2"),
        (stranger[0], stranger[1].upper(), stranger[2]),
        (stranger[0], "*", "*"),
    }
    yield from rng.sample(subjects, min(len(subjects), most))
    yield from rng.sample(sorted(others), min(len(others), most))
    yield from sorted(near)


def admitted(subject: tuple[str, str, str], spec: dict[str, Any]) -> bool:
    """Whether the pin that the user wrote admits the subject."""
    trust, subjects = spec["aws"]["trust"], listed(spec)
    if trust["pin"] == "None":
        return not trust["sourceAccount"] or subject[0].split(":")[4] == ACCOUNT
    known = {"ServiceAccount": 3, "Namespace": 2, "Cluster": 1}[trust["pin"]]
    return subject[:known] in {one[:known] for one in subjects}


def pod(subject: tuple[str, str, str], spec: dict[str, Any]) -> Pod:
    """The pod of a subject, as EKS would announce it."""
    return Pod(*subject, session_tags=not spec["aws"]["disableSessionTags"], org="o-acme123456")


def trust_policy(result: CompositionResult) -> dict[str, Any]:
    """The role's trust policy."""
    (role,) = (r for r in result.resources if r.name.startswith("role-"))
    policy: dict[str, Any] = json.loads(role.object()["spec"]["forProvider"]["assumeRolePolicy"])
    return policy

"""Random PodIdentities of every shape of trust, and every pod that could be mistaken for one of theirs."""

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

from function.clouds.aws.trust.requests import Pod
from function.result import Result

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


def _distinct(rng: random.Random, clusters: list[str], names: list[str], most: int = 64) -> list[dict[str, Any]]:
    """At most so many entries, that never list a subject twice, which would be refused."""
    entries: list[dict[str, Any]] = []
    taken: set[tuple[str, str, str]] = set()
    # People write the same few lists again and again.
    shapes = [
        (rng.sample(clusters, rng.randint(1, len(clusters))), rng.sample(NAMESPACES, rng.randint(1, 4)))
        for _ in range(rng.choice((4, 16, 64)))
    ]
    for _ in range(rng.choice([number for number in (1, 2, 3, 8, 16, 64) if number <= most])):
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
    """The listed subjects, and those that a careless policy would let in."""
    yield from around(listed(spec), rng, most)


def around(listed: Iterable[tuple[str, str, str]], rng: random.Random, most: int) -> Iterator[tuple[str, str, str]]:
    """Some of these subjects, some of the other combinations of their parts, and near misses."""
    subjects = sorted(listed)
    arns, namespaces, names = ({subject[i] for subject in subjects} for i in range(3))
    others = {(a, n, s) for a in arns for n in namespaces for s in names} - set(subjects)
    stranger = subjects[0]
    near = {
        (_elsewhere(stranger[0], 3, "us-east-1"), stranger[1], stranger[2]),
        (_elsewhere(stranger[0], 4, "999999999999"), stranger[1], stranger[2]),
        (f"{stranger[0]}-2", stranger[1], stranger[2]),
        (stranger[0], f"{stranger[1]}-2", stranger[2]),
        (stranger[0], stranger[1], f"{stranger[2]}-2"),
        (stranger[0], stranger[1].upper(), stranger[2]),
        (stranger[0], "*", "*"),
    }
    yield from rng.sample(subjects, min(len(subjects), most))
    yield from rng.sample(sorted(others), min(len(others), most))
    yield from sorted(near)


def _elsewhere(text: str, part: int, value: str) -> str:
    parts = text.split(":", 5)
    return ":".join((*parts[:part], value, *parts[part + 1 :]))


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


def trust_policy(result: Result) -> dict[str, Any]:
    """The role's trust policy."""
    (role,) = (r for r in result.resources if r.name.startswith("role-"))
    policy: dict[str, Any] = json.loads(role.object()["spec"]["forProvider"]["assumeRolePolicy"])
    return policy


ROLES_ACCOUNT, OTHER_ACCOUNT = "340605141517", "444455556666"
REGIONS = {"aws": ("eu-central-1", "eu-west-1"), "aws-cn": ("cn-north-1",), "aws-us-gov": ("us-gov-west-1",)}
AUDIENCE = "sts.amazonaws.com"


def random_token_spec(rng: random.Random) -> dict[str, Any]:
    """IRSA alone, beside EKS Pod Identity on the same clusters, or by the cluster: EKS has the one, all others have the other."""
    wanted = rng.choice((["IRSA"], ["PodIdentity", "IRSA"], ["IRSA", "PodIdentity"], None))
    partition = rng.choices(tuple(REGIONS), (8, 1, 1))[0]
    clusters = [_token_cluster(rng, f"c{i}", wanted, partition) for i in range(rng.randint(1, 4))]
    if wanted is None or not any("eks" in cluster for cluster in clusters):
        clusters.append(_kubernetes(rng, "edge"))
    if wanted and len(wanted) > 1 and not ("eks" in clusters[0] and "oidcIssuer" in clusters[0]["eks"]):
        clusters.insert(0, {"name": "first", "eks": _eks(rng, "first", partition, issuer=True)})
    accounts = {cluster["eks"]["accountId"] for cluster in clusters if "eks" in cluster}
    associated = any("PodIdentity" in kinds for kinds in credentials_of(clusters, wanted).values())
    aws: dict[str, Any] = {
        "role": rng.choice(({}, {"name": "reports", "path": "/data/"})),
        "trust": {
            "pin": rng.choices(("ServiceAccount", "Namespace"), (3, 1))[0],
            "sourceAccount": associated and rng.random() < 0.2,
            "sourceOrganization": associated and rng.random() < 0.2,
            "maxCharacters": 8192,
        },
    }
    if wanted:
        aws["credentials"] = wanted
    if len(accounts) != 1 or rng.random() < 0.3:
        aws["accountId"] = ACCOUNT if associated else ROLES_ACCOUNT
    return {"clusters": clusters, "serviceAccounts": _accounts_in(rng, clusters), "aws": aws}


def random_chain_spec(rng: random.Random) -> dict[str, Any]:
    """A target role that exists or is composed, behind a role that is composed or exists; session tags on and off."""
    clusters, partition = _eks_clusters(rng)
    target: dict[str, Any] = {"arn": f"arn:{partition}:iam::{OTHER_ACCOUNT}:role/team/reports"}
    composed = rng.random() < 0.8
    if composed:
        target = _role(rng, "target")
        target["accountId"] = rng.choice((ACCOUNT, OTHER_ACCOUNT))
        target["providerConfigRef"] = {"name": "customer"}
    tags = rng.random() < 0.5
    aws: dict[str, Any] = {"disableSessionTags": not tags, "targetRole": target, "role": _role(rng, "source")}
    pins = ("ServiceAccount", "ServiceAccount", "Namespace", "Cluster", "None")
    aws["trust"] = {"pin": rng.choice(pins if tags else pins[-2:]), "maxCharacters": 8192}
    if composed and rng.random() < 0.2:
        aws["role"] = {"arn": f"arn:{partition}:iam::{ACCOUNT}:role/platform/source"}
        aws["trust"]["pin"] = rng.choice(pins)
    elif rng.random() < 0.3:
        aws["trust"] |= {"sourceAccount": True, "sourceOrganization": True}
    return {"clusters": clusters, "serviceAccounts": _accounts_in(rng, clusters), "aws": aws}


def random_source_role_spec(rng: random.Random) -> dict[str, Any]:
    """A role that somebody else's role may assume: every pin, session tags on and off, in its account and another."""
    clusters, partition = _eks_clusters(rng)
    aws = {
        "sourceRoleArn": f"arn:{partition}:iam::{ACCOUNT}:role/{rng.choice(('', 'platform/', 'a/b/'))}host-primary-role",
        "disableSessionTags": rng.random() < 0.4,
        "role": _role(rng, "target"),
        "trust": {
            "pin": rng.choice(("ServiceAccount", "ServiceAccount", "Namespace", "Cluster", "None")),
            "maxCharacters": 8192,
        },
    }
    if rng.random() < 0.6:
        aws |= {"accountId": rng.choice((ACCOUNT, OTHER_ACCOUNT)), "providerConfigRef": {"name": "customer"}}
    return {"clusters": clusters, "serviceAccounts": _accounts_in(rng, clusters), "aws": aws}


def _role(rng: random.Random, name: str) -> dict[str, Any]:
    return {**({"name": name} if rng.random() < 0.5 else {}), **({"path": "/data/teams/"} if rng.random() < 0.5 else {})}


def _eks_clusters(rng: random.Random) -> tuple[list[dict[str, Any]], str]:
    partition = rng.choices(tuple(REGIONS), (8, 1, 1))[0]
    handles = [f"c{i}" for i in range(rng.randint(1, 4))]
    return [{"name": handle, "eks": _eks(rng, handle, partition, issuer=rng.random() < 0.2)} for handle in handles], partition


def _token_cluster(rng: random.Random, handle: str, wanted: list[str] | None, partition: str) -> dict[str, Any]:
    if rng.random() < 0.4:
        return _kubernetes(rng, handle)
    alone = wanted == ["IRSA"]
    eks = _eks(rng, handle, partition, issuer=alone or rng.random() < 0.6)
    return {"name": handle, "eks": eks | ({"accountId": rng.choice((ACCOUNT, OTHER_ACCOUNT))} if alone else {})}


def _eks(rng: random.Random, handle: str, partition: str, *, issuer: bool) -> dict[str, Any]:
    eks = {"region": rng.choice(REGIONS[partition]), "accountId": ACCOUNT}
    if rng.random() < 0.3:
        eks["clusterName"] = f"{handle}_Prod"
    if issuer and rng.random() < 0.2:
        eks["audience"] = AUDIENCE
    if issuer:
        port = rng.choice(("", "", ":443"))
        end = "com.cn" if partition == "aws-cn" else "com"
        eks["oidcIssuer"] = f"https://oidc.eks.{eks['region']}.amazonaws.{end}{port}/id/{rng.getrandbits(64):016X}"
    return eks


def _kubernetes(rng: random.Random, handle: str) -> dict[str, Any]:
    issuer = rng.choice(("https://oidc.example.com/clusters/{}", "https://{}.example.com", "https://{}.example.com:443/oidc/"))
    facts: dict[str, Any] = {"oidcIssuer": issuer.format(handle)}
    if rng.random() < 0.5:
        facts["audience"] = rng.choice((AUDIENCE, "sts.amazonaws.com.cn", f"https://{handle}.example.com/aws"))
    if rng.random() < 0.3:
        facts["additionalIssuers"] = [f"https://{handle}-new.example.com/oidc"]
    return {"name": handle, "kubernetes": facts}


def _accounts_in(rng: random.Random, clusters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    handles = [cluster["name"] for cluster in clusters]
    entries = _distinct(rng, handles, [f"{name}-{i}" for i in range(rng.choice((1, 1, 2))) for name in NAMES], 8)
    for entry in entries:
        if set(entry["clusters"]) == set(handles) and rng.random() < 0.5:
            del entry["clusters"]
        if entry["namespaces"] == ["data"]:
            del entry["namespaces"]  # the owner's
    return entries


def credentials_of(clusters: list[dict[str, Any]], wanted: list[str] | None) -> dict[str, set[str]]:
    """Which credentials the pods of each cluster get, without the function's own code."""
    found = {}
    for cluster in clusters:
        if "kubernetes" in cluster:
            can = {"IRSA"}
        elif wanted is None:
            can = {"PodIdentity"}
        else:
            can = {"PodIdentity"} | ({"IRSA"} if "oidcIssuer" in cluster["eks"] else set())
        found[cluster["name"]] = can if wanted is None else can & set(wanted)
    return found


def partition_of(spec: dict[str, Any]) -> str:
    """The partition of a spec's regions; `aws` where there is none."""
    regions = {cluster["eks"]["region"] for cluster in spec["clusters"] if "eks" in cluster}
    return next((name for name, known in REGIONS.items() if regions & set(known)), "aws")


def arn_of(cluster: dict[str, Any], partition: str) -> str:
    """The ARN of an EKS cluster of a spec."""
    eks = cluster["eks"]
    return f"arn:{partition}:eks:{eks['region']}:{eks['accountId']}:cluster/{eks.get('clusterName', cluster['name'])}"


def listed_by_handle(spec: dict[str, Any]) -> dict[str, set[tuple[str, str]]]:
    """The (namespace, service account) that are listed for each cluster, without the function's own code."""
    found: dict[str, set[tuple[str, str]]] = {cluster["name"]: set() for cluster in spec["clusters"]}
    for entry in spec["serviceAccounts"]:
        for handle in entry.get("clusters", found):
            found[handle] |= {(namespace, entry["name"]) for namespace in entry.get("namespaces", ["data"])}
    return found


def listed_pods(spec: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The (cluster ARN, namespace, service account) whose pods EKS Pod Identity serves, or would with a source role's."""
    kinds, partition = credentials_of(spec["clusters"], spec["aws"].get("credentials")), partition_of(spec)
    arns = {cluster["name"]: arn_of(cluster, partition) for cluster in spec["clusters"] if "eks" in cluster}
    return {
        (arns[handle], *account)
        for handle, accounts in listed_by_handle(spec).items()
        for account in accounts
        if "PodIdentity" in kinds[handle]
    }


def listed_tokens(spec: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    """The (issuer, audience, namespace, service account) of the tokens that are trusted."""
    kinds = credentials_of(spec["clusters"], spec["aws"].get("credentials"))
    facts = {cluster["name"]: cluster.get("kubernetes") or cluster["eks"] for cluster in spec["clusters"]}
    return {
        (issuer, facts[handle].get("audience", AUDIENCE), *account)
        for handle, accounts in listed_by_handle(spec).items()
        for account in accounts
        if "IRSA" in kinds[handle]
        for issuer in (facts[handle]["oidcIssuer"], *facts[handle].get("additionalIssuers", ()))
    }

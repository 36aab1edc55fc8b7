"""Who asks for a role, rightly and wrongly, and what is to come of it: by the spec and AWS' guides, without our own code.

Every row of what a trust policy has to be tried with is here: other namespaces, service accounts, clusters and regions,
session tags disabled, other services, tokens of another subject, audience or issuer, other roles of the source account,
the ARN of a session where that of a role belongs, and an external id right, wrong and absent.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlsplit

from function.clouds.aws.iam.evaluate import Principal, Request
from function.observed import Observed
from function.result import Result
from tests.support.random_specs import (
    ACCOUNT,
    OTHER_ACCOUNT,
    arn,
    around,
    listed_pods,
    listed_tokens,
    partition_of,
)
from tests.support.xrs import composed, provided, request

EKS = "pods.eks.amazonaws.com"
ACTIONS = ("sts:AssumeRole", "sts:TagSession")
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
OWN_ORG, OTHER_ORG = "o-acme123456", "o-other99999"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

Triple = tuple[str, str, str]
Context = Mapping[str, str | tuple[str, ...]]
PINNED = {"ServiceAccount": 3, "Namespace": 2, "Cluster": 1, "None": 0}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Requests of one caller for one role, of which every one has to be allowed."""

    name: str
    wanted: bool
    requests: tuple[Request, ...]
    own: Mapping[str, Any] | None = None
    """What the caller's own policy allows, where the trust policy leaves that to the caller's account."""


@dataclass(frozen=True, slots=True)
class Made:
    """A role that was rendered."""

    arn: str
    trust: Mapping[str, Any]
    inline: Mapping[str, Mapping[str, Any]]
    """Its inline policies by name."""

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class Roles:
    """What was rendered: the role that pods get, and the one it is chained to."""

    first: Made | None
    target: Made | None
    source_arn: str
    """The role that assumes the target, whoever owns it."""
    target_arn: str
    grant: Mapping[str, Any]
    """What the source role is allowed, rendered or printed for its owner."""


def roles(spec: dict[str, Any]) -> Roles:
    """What a spec renders."""
    result = composed(spec)
    assert not result.fatal, result.fatal
    aws, partition = spec["aws"], partition_of(spec)
    account = aws.get("accountId") or next(c["eks"]["accountId"] for c in spec["clusters"] if "eks" in c)
    manifests = [made.object() for made in result.resources]
    found = [manifest for manifest in manifests if manifest["kind"] == "Role"]
    if "sourceRoleArn" in aws:
        (only,) = found
        target = _made(only, account, partition)
        return Roles(None, target, aws["sourceRoleArn"], target.arn, _printed(spec, result))
    target = aws.get("targetRole", {})
    second = _made(found[-1], target["accountId"], partition) if "accountId" in target else None
    first = _made(found[0], account, partition) if "arn" not in aws.get("role", {}) else None
    source = first.arn if first else aws["role"]["arn"]
    goal = second.arn if second else target.get("arn", "")
    grant = first.inline.get("assume-target-role", {}) if first else _printed(spec, result)
    return Roles(first, second, source, goal, grant)


def _made(manifest: Mapping[str, Any], account: str, partition: str) -> Made:
    wanted = manifest["spec"]["forProvider"]
    name = manifest["metadata"]["annotations"]["crossplane.io/external-name"]
    inline = {policy["name"]: json.loads(policy["policy"]) for policy in wanted["inlinePolicy"] if policy}
    return Made(f"arn:{partition}:iam::{account}:role{wanted['path']}{name}", json.loads(wanted["assumeRolePolicy"]), inline)


def _printed(spec: dict[str, Any], result: Result) -> Mapping[str, Any]:
    """The grant that RoleReady prints, once all is there, for the owner of a role that is not composed."""
    there = {made.name: provided(made.object()) for made in result.resources}
    conditions = composed(spec, observed=Observed(request(spec, observed=there).observed.resources)).conditions
    (message,) = (condition.message for condition in conditions if condition.type == "RoleReady")
    found: Mapping[str, Any] = json.loads(message.partition(" must be allowed: ")[2])
    return found


def service(pod: Triple, *, tags: bool = True, name: str = EKS, org: str | None = OWN_ORG) -> tuple[Request, ...]:
    """What EKS asks of the role that it associates with a pod."""
    account = pod[0].split(":")[4]
    context: Context = {
        "aws:SourceArn": pod[0],
        "aws:SourceAccount": account,
        "aws:ResourceAccount": account,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": name,
    }
    if org:
        context = {**context, "aws:SourceOrgId": org, "aws:ResourceOrgId": OWN_ORG}
    sent = {**context, **(tags_of(pod) if tags else {})}
    return tuple(Request(action, Principal("Service", name), sent) for action in ACTIONS)


def tags_of(pod: Triple) -> Context:
    cluster, namespace, account = pod
    tags = {
        "eks-cluster-arn": cluster,
        "eks-cluster-name": cluster.split("/")[1],
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": account,
        "kubernetes-pod-name": "pod",
        "kubernetes-pod-uid": "00000000-0000-0000-0000-000000000000",
    }
    sent: Context = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**sent, "aws:TagKeys": tuple(tags), "sts:TransitiveTagKeys": tuple(tags)}


def session(role_arn: str, sent: Context, *, principal_arn: str | None = None) -> tuple[Request, ...]:
    """What a session of a role asks of another; with tags it has to be allowed to tag, too."""
    _, partition, _, _, account, path = role_arn.split(":", 5)
    caller = Principal("AWS", f"arn:{partition}:sts::{account}:assumed-role/{path.split('/')[-1]}/eks-session")
    context: Context = {
        "aws:PrincipalArn": principal_arn or role_arn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalIsAWSService": "false",
        **sent,
    }
    actions = ACTIONS if any(key.startswith("aws:RequestTag/") for key in sent) else ACTIONS[:1]
    return tuple(Request(action, caller, context) for action in actions)


def issuer_name(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"


def provider_arn(url: str, account: str, partition: str) -> str:
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer_name(url)}"


def token(provider: str, issuer: str, subject: str | None, audience: str | None) -> tuple[Request, ...]:
    """What a pod with a token asks for itself; the issuer is the name that IAM gives the claims."""
    account = provider.split(":")[4]
    claims = {"aws:ResourceAccount": account, f"{issuer}:sub": subject, f"{issuer}:aud": audience}
    return (Request(WEB_IDENTITY, Principal("Federated", provider), {key: claim for key, claim in claims.items() if claim}),)


def external_id(pod: Triple) -> str:
    _, _, _, region, account, cluster = pod[0].split(":")
    return f"{region}/{account}/{cluster.removeprefix('cluster/')}/{pod[1]}/{pod[2]}"


def of_first_role(spec: dict[str, Any], role: Made, rng: Random, most: int) -> Iterator[Attempt]:
    """All who could try to get the role of the pods."""
    yield from _by_eks(spec, role, rng, most)
    yield from _by_token(spec, role, rng, most)


def _by_eks(spec: dict[str, Any], role: Made, rng: Random, most: int) -> Iterator[Attempt]:
    pods, tags = listed_pods(spec), not spec["aws"].get("disableSessionTags", False)
    pinned = PINNED[spec["aws"]["trust"]["pin"]]
    subjects = pods or {(arn("c0"), "data", "api")}
    for pod in around(subjects, rng, most):
        wanted = _pinned(pod, pods, spec["aws"]["trust"]["pin"], role.account, tags=tags)
        wanted = wanted and (pod[0].split(":")[4] == role.account or not spec["aws"]["trust"].get("sourceAccount"))
        yield Attempt(f"EKS for {pod}", wanted, service(pod, tags=tags))
    pod = min(subjects)
    yield Attempt("EKS without session tags", bool(pods) and not (tags and pinned), service(pod, tags=False))
    guarded = spec["aws"]["trust"].get("sourceOrganization", False)
    yield Attempt("EKS of another organization", bool(pods) and not guarded, service(pod, tags=tags, org=OTHER_ORG))
    yield Attempt("EKS of no organization", bool(pods) and not guarded, service(pod, tags=tags, org=None))
    for name in ("eks.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com"):
        yield Attempt(name, False, service(pod, tags=tags, name=name))
    for account in (role.account, OTHER_ACCOUNT):
        spoof = f"arn:{role.arn.split(':')[1]}:iam::{account}:role/admin"
        yield Attempt(f"a role of {account} with the tags of EKS", False, session(spoof, tags_of(pod)), EVERYTHING)


def _pinned(pod: Triple, listed: set[Triple], pin: str, account: str, *, tags: bool) -> bool:
    """Whether a pin admits a pod; without session tags it cannot be narrower than the cluster."""
    known = PINNED[pin]
    assert tags or known <= 1
    return bool(listed) and pod[:known] in {one[:known] for one in listed}


def _by_token(spec: dict[str, Any], role: Made, rng: Random, most: int) -> Iterator[Attempt]:
    trusted, partition = listed_tokens(spec), role.arn.split(":")[1]
    known = 4 if spec["aws"]["trust"]["pin"] == "ServiceAccount" else 3
    prefixes = {one[:known] for one in trusted}

    def attempt(name: str, one: tuple[str, str, str, str], *, wanted: bool | None = None, **other: str | None) -> Attempt:
        issuer, audience, namespace, account = one
        values: dict[str, Any] = {
            "provider": provider_arn(issuer, role.account, partition),
            "issuer": issuer_name(issuer),
            "subject": f"system:serviceaccount:{namespace}:{account}",
            "audience": audience,
        }
        return Attempt(name, one[:known] in prefixes if wanted is None else wanted, token(**values | other))

    some = trusted or {("https://oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF", "sts.amazonaws.com", "data", "api")}
    parts = [sorted({one[i] for one in some}) for i in range(4)]
    others = {(rng.choice(parts[0]), rng.choice(parts[1]), rng.choice(parts[2]), rng.choice(parts[3])) for _ in range(most)}
    for one in sorted({*rng.sample(sorted(some), min(len(some), most)), *others}):
        yield attempt(f"token {one}", one)
    one = min(some)
    issuer, audience, namespace, account = one
    for other in (f"{namespace}-2", namespace.upper(), f"x{namespace}", "*"):
        yield attempt(f"token of namespace {other}", (issuer, audience, other, account))
    for other in (f"{account}-2", account.upper(), f"x{account}", "*", f"{account}:x"):
        yield attempt(f"token of service account {other}", (issuer, audience, namespace, other))
    for other in ("other", f"{audience}.cn", audience.upper()):
        yield attempt(f"token for audience {other}", (issuer, other, namespace, account))
    for other in (f"{issuer}/x", issuer[:-1], issuer.replace("oidc", "0idc").replace("example", "exarnple")):
        yield attempt(f"token of issuer {other}", (other, audience, namespace, account))
    foreign = provider_arn(f"{issuer}/x", role.account, partition)
    yield attempt("another issuer with the claims of this one", one, wanted=False, provider=foreign)
    yield attempt("this issuer with the claims of another one", one, wanted=False, issuer=f"{issuer_name(issuer)}/x")
    elsewhere = provider_arn(issuer, "999999999999", partition)
    yield attempt("the provider of another account", one, wanted=False, provider=elsewhere)
    yield attempt("a token without subject", one, wanted=False, subject=None)
    yield attempt("a token without audience", one, wanted=False, audience=None)
    yield attempt("a node's token", one, wanted=False, subject=f"system:node:{namespace}:{account}")
    yield attempt("a token of no prefix", one, wanted=False, subject=f"{namespace}:{account}")


def of_target_role(spec: dict[str, Any], found: Roles, rng: Random, most: int) -> Iterator[Attempt]:
    """All who could try to get the target role."""
    pods, tags, source = listed_pods(spec), not spec["aws"]["disableSessionTags"], found.source_arn
    pin = spec["aws"]["trust"]["pin"]
    for pod in around(pods, rng, most):
        if tags:
            wanted, sent = _pinned(pod, pods, pin, ACCOUNT, tags=True), tags_of(pod)
        else:
            wanted, sent = external_id(pod) in {external_id(one) for one in pods}, {"sts:ExternalId": external_id(pod)}
        yield Attempt(f"the source role for {pod}", wanted, session(source, sent), found.grant)
    pod = min(pods)
    right = tags_of(pod) if tags else {"sts:ExternalId": external_id(pod)}
    yield from _of_others(source, found.target_arn, right)
    sessions = session(source, right)[0].principal.name
    yield Attempt("its session's ARN as PrincipalArn", False, session(source, right, principal_arn=sessions), found.grant)
    unpinned = tags and PINNED[pin] == 0
    yield Attempt("no tags, no external id", unpinned, session(source, {}), found.grant)
    wrong = {"sts:ExternalId": external_id((pod[0], pod[1], f"{pod[2]}-2"))}
    yield Attempt("a wrong external id", unpinned, session(source, wrong), found.grant)
    if tags:
        yield Attempt("an external id for tags", unpinned, session(source, {"sts:ExternalId": external_id(pod)}), found.grant)
        for key in ("eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account")[: PINNED[pin]]:
            without = {name: value for name, value in right.items() if name != f"aws:RequestTag/{key}"}
            yield Attempt(f"without the tag {key}", False, session(source, without), found.grant)
    else:
        yield Attempt("tags for an external id", False, session(source, tags_of(pod)), found.grant)
        for identifier in (external_id(pod).upper(), f"{external_id(pod)}/", external_id(pod).partition("/")[2], "*"):
            sent = {"sts:ExternalId": identifier}
            yield Attempt(f"external id {identifier}", False, session(source, sent), found.grant)
    for name in (EKS, "ec2.amazonaws.com"):
        asked = service(pod, tags=tags, name=name)
        # sts:ExternalId is no key of TagSession.
        first = replace(asked[0], context={**asked[0].context, **right})
        yield Attempt(f"{name} itself", False, (first, *asked[1:]))
    provider = provider_arn("https://oidc.example.com/x", ACCOUNT, source.split(":")[1])
    subject = f"system:serviceaccount:{pod[1]}:{pod[2]}"
    yield Attempt("a pod with a token", False, token(provider, "oidc.example.com/x", subject, "sts.amazonaws.com"))


def _of_others(source: str, target: str, right: Context) -> Iterator[Attempt]:
    """Roles that may do everything in their accounts, with what the source role would send."""
    base, account = source.rpartition(":")[0].rpartition(":")[0], source.split(":")[4]
    name = source.rpartition("/")[2]
    for other in (
        f"{base}:{account}:role/admin",
        f"{source}-2",
        f"{base}:{account}:role/other/path/{name}",
        f"{base}:{account}:role/{name.upper()}",
        f"{base}:999999999999:role/{name}",
        target,
    ):
        yield Attempt(f"{other} in its place", False, session(other, right), EVERYTHING)


def strangers(target: str, source: str) -> Iterator[str]:
    """Roles that are not the target: of its account, of its name in other accounts, and near it."""
    head, account, path = target.rpartition(":")[0].rpartition(":")[0], target.split(":")[4], target.rpartition(":")[2]
    name = path.rpartition("/")[2]
    yield from (
        f"{head}:{account}:role/admin",
        f"{head}:999999999999:{path}",
        f"{target}-2",
        target[:-1],
        f"{head}:{account}:role/other/path/{name}",
        source,
    )

"""Trust statements of the user's that no caller can use, or that IAM refuses for whom they admit.

Source: the AWS IAM User Guide, "AWS JSON policy elements: Principal" and "Compare AWS STS credentials" (which call is whose);
"Identity-provider controls for shared OIDC providers", as of 2026-11-30; "Available keys for AWS web identity federation".
"""

import re
from collections.abc import Iterator

from function.clouds.aws.iam.policy import Statement
from function.clouds.aws.iam.values import covers
from function.errors import FieldError, Path, listed, quoted
from function.resources.readiness import few
from function.spec.arn import Arn

# Providers that many organizations have in common, and the claim by which IAM wants them told apart. IAM refuses a trust policy
# that does not look at it. Those whose issuer is not one fixed name are left out.
_SHARED = {
    **dict.fromkeys(
        (
            "agent.buildkite.com",
            "app.terraform.io",
            "gitlab.com",
            "oidc-configuration.audit-log.githubusercontent.com",
            "oidc.codefresh.io",
            "proidc.upbound.io",
            "scalr.io",
            "studio.datachain.ai/api",
            "token.actions.githubusercontent.com",
            "tokens.cloud.shisho.dev",
            "vstoken.actions.githubusercontent.com",
        ),
        "sub",
    ),
    **dict.fromkeys(("api.pulumi.com/oidc", "cognito-identity.amazonaws.com", "oidc.vercel.com", "sandboxes.cloud"), "aud"),
}
# Providers that IAM knows without an ARN, and their claims: which app somebody signed in to, and who.
_APPS = {
    "accounts.google.com": ("aud", "oaud", "sub"),
    "graph.facebook.com": ("app_id", "id"),
    "www.amazon.com": ("app_id", "user_id"),
}
# Issuers of managed Kubernetes: EKS, GKE, AKS. Every pod there can ask for a token of any audience.
_OF_CLUSTERS = re.compile(r"oidc\.eks\.|container\.googleapis\.com/|[a-z0-9-]+\.oic\.[a-z0-9.-]*aks\.azure\.")
_CALL = "AssumeRoleWithWebIdentity"

# Each holds only for a token whose claim is one of the values. Every token has the claims that are asked for here, so those
# that hold without a claim serve as well.
_POSITIVE = frozenset(
    f"{prefix}{operator}{suffix}"
    for prefix in ("", "ForAnyValue:", "ForAllValues:")
    for operator in ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
    for suffix in ("", "IfExists")
)

_ASKING = ("StringEquals", "StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike")


def check_callers(statement: Statement, at: Path, account: str | None) -> Iterator[FieldError]:
    """Principals that can do none of the statement's calls, foreign providers, and claims that no token has.

    `account` is the role's, None where it is not known.
    """
    if statement.effect != "Allow":
        return
    # An action of another kind, such as sts:TagSession, may stand beside a call of another statement.
    calls = [action for action in statement.action if _is_call(action)]
    named = [(kind, value) for kind, values in sorted(statement.principal.items()) for value in values]
    can = {_call_of(*each) for each in named}
    if calls and not any(_covers(action, call) for action in calls for call in can):
        are_for_others = f"{listed(few(dict.fromkeys(calls)))} is for others"
        for kind, value in named:
            message = (
                f"{quoted(value)} can only do sts:{_call_of(kind, value)}, and {are_for_others}: it would never be admitted"
            )
            yield FieldError((*at, "Principal", kind), message)
    providers = [Arn(value) for kind, value in named if kind == "Federated" and value.startswith("arn:")]
    for arn in providers:
        if account and arn.account != account:
            message = f"{quoted(arn)} is in account {arn.account}: a role trusts the providers of its own account, {account}"
            yield FieldError((*at, "Principal", "Federated"), message)
    issuers = [value.partition("-provider/")[2] or value for kind, value in named if kind == "Federated"]
    misplaced = list(_check_claims(statement, issuers, (*at, "Condition")))
    yield from misplaced
    if not misplaced and _admits_tokens(statement):
        tokens = [value for kind, value in named if kind == "Federated" and _call_of(kind, value) == _CALL]
        yield from _check_subjects(
            statement, [value.partition("-provider/")[2] or value for value in tokens], (*at, "Condition")
        )


def _admits_tokens(statement: Statement) -> bool:
    if statement.not_action:
        return not any(_covers(action, _CALL) for action in statement.not_action)
    return any(_covers(action, _CALL) for action in statement.action)


def _check_subjects(statement: Statement, issuers: list[str], at: Path) -> Iterator[FieldError]:
    """Providers that are trusted whoever their tokens are for."""
    asked = [
        (key.lower(), values)
        for operator, conditions in statement.condition.items()
        for key, values in conditions.items()
        if operator in _POSITIVE
    ]
    for issuer in issuers:
        name = issuer.rstrip("/")
        claims, shared = _claims(name), name in _SHARED
        keys = {f"{each}:{claim}".lower() for each in (issuer, name) for claim in claims}
        if any(key in keys and all(_narrows(value, shared=shared) for value in values) for key, values in asked):
            continue
        if shared:
            message = f"IAM refuses to trust {name} without, since everybody can get its tokens"
        else:
            message = f"without one, whoever has a token of {name} could assume the role"
        yield FieldError(at, f"needs a condition on {name}:{claims[0]}, which says who it is: {message}")


def _claims(name: str) -> tuple[str, ...]:
    """The claims of which one has to be asked for, the one to propose first."""
    if name in _APPS:
        return _APPS[name]
    if name in _SHARED:
        return (_SHARED[name],)
    return ("sub",) if _OF_CLUSTERS.match(name) else ("sub", "aud")


def _narrows(value: str, *, shared: bool) -> bool:
    """Whether a pattern leaves anybody out.

    Subjects of shared providers are a label and what it is of, `repo:owner/name:...`: the label alone leaves nobody out.
    """
    if "${" in value:
        return False
    prefix = re.split(r"[*?]", value, maxsplit=1)[0]
    if prefix == value:
        return bool(value)
    parts = [part for part in prefix.split(":") if part.strip("/")]
    return len(parts) >= (2 if shared else 1)


def _check_claims(statement: Statement, issuers: list[str], at: Path) -> Iterator[FieldError]:
    """Claims of another provider than those that are trusted, which no token has."""
    known = {issuer.lower() for issuer in issuers}
    for operator, conditions in statement.condition.items():
        # What asks whether a claim is absent, or is another, holds without it.
        for key in conditions if operator in _ASKING else ():
            issuer, _, claim = key.rpartition(":")
            # The names of other keys, aws:SourceArn and the like, have no dot before the colon.
            if issuers and "." in issuer.partition("/")[0] and issuer.lower() not in known:
                trusted = listed(few(issuers))
                message = f"{claim} is a claim of {issuer}, and the statement trusts {trusted}: it would admit nobody"
                yield FieldError((*at, operator, key), message)


def _call_of(kind: str, value: str) -> str:
    """The call by which a principal assumes a role."""
    if kind != "Federated":
        return "AssumeRole"
    return "AssumeRoleWithSAML" if ":saml-provider/" in value else _CALL


def _is_call(action: str) -> bool:
    return any(_covers(action, call) for call in ("AssumeRole", "AssumeRoleWithSAML", _CALL))


def _covers(action: str, call: str) -> bool:
    return covers(action, f"sts:{call}")

"""Trust statements of the user's that no caller can use, or that IAM refuses for whom they admit.

Source: the AWS IAM User Guide, "AWS JSON policy elements: Principal" and "Compare AWS STS credentials" (which call is whose);
"Identity-provider controls for shared OIDC providers", as of 2026-11-30.
"""

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
    yield from _check_claims(statement, issuers, (*at, "Condition"), shared=bool(calls))


def _check_claims(statement: Statement, issuers: list[str], at: Path, *, shared: bool) -> Iterator[FieldError]:
    """Claims of another provider than those that are trusted, which no token has; and the claim that a shared one needs."""
    keys = {key.lower() for keys in statement.condition.values() for key in keys}
    for operator, conditions in statement.condition.items():
        # What asks whether a claim is absent, or is another, holds without it.
        for key in conditions if operator in _ASKING else ():
            issuer, _, claim = key.rpartition(":")
            # The names of other keys, aws:SourceArn and the like, have no dot before the colon.
            if issuers and "." in issuer.partition("/")[0] and issuer.lower() not in map(str.lower, issuers):
                message = f"{claim} is a claim of {issuer}, and the statement trusts {listed(issuers)}: it would admit nobody"
                yield FieldError((*at, operator, key), message)
    for issuer in issuers:
        name = issuer.rstrip("/")
        if shared and name in _SHARED and f"{issuer}:{_SHARED[name]}" not in keys:
            message = (
                f"needs a condition on {name}:{_SHARED[name]}: IAM refuses to trust {name} without, since everybody can get "
                "its tokens"
            )
            yield FieldError(at, message)


def _call_of(kind: str, value: str) -> str:
    """The call by which a principal assumes a role."""
    if kind != "Federated":
        return "AssumeRole"
    return "AssumeRoleWithSAML" if ":saml-provider/" in value else "AssumeRoleWithWebIdentity"


def _is_call(action: str) -> bool:
    return any(_covers(action, call) for call in ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"))


def _covers(action: str, call: str) -> bool:
    return covers(action, f"sts:{call}")

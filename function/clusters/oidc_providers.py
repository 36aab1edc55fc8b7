"""The OIDC providers in IAM that roles need to trust a cluster's issuer: one for each account, of any kind of cluster."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from function.clusters.entry import NO_OIDC_PROVIDERS, Surroundings
from function.conditions import OIDC_PROVIDERS_READY, Condition
from function.errors import FieldError, Path, quoted
from function.naming import resource_name
from function.observed import Observed
from function.resources.managed import ComposedResource
from function.resources.readiness import why
from function.spec.arn import Arn
from function.spec.issuer import Issuer
from function.spec.management import ProviderConfigRef
from function.spec.model import ListMap, Strict
from function.spec.patterns import AccountId

PREFIX = "oidc-provider-"
"""What the composition resource names begin with."""


class OIDCProvider(Strict):
    """The IAM OIDC provider of the cluster's issuer in one account."""

    account_id: AccountId
    """The account, that of the roles which trust the issuer, 12 digits in quotes. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef
    """The provider config that makes it, one of that account. Example: `{name: prod}`."""


OIDCProviders = Annotated[list[OIDCProvider], Field(max_length=100), ListMap(("accountId",))]


def check_providers(providers: Sequence[OIDCProvider], kind: str) -> Iterator[FieldError]:
    """Two providers in one account."""
    seen = set()
    for index, provider in enumerate(providers):
        if provider.account_id in seen:
            message = f"{quoted(provider.account_id)} is listed twice: an account has one OIDC provider for an issuer"
            yield FieldError(("spec", kind, "oidcProviders", index, "accountId"), message)
        seen.add(provider.account_id)


def references(providers: Sequence[OIDCProvider], kind: str) -> Iterator[tuple[Path, ProviderConfigRef]]:
    """The provider configs of the providers, with their paths."""
    for index, provider in enumerate(providers):
        yield ("spec", kind, "oidcProviders", index, "providerConfigRef"), provider.provider_config_ref


def plan_providers(
    providers: Sequence[OIDCProvider], issuer: Issuer, partition: str, audience: str, around: Surroundings
) -> dict[str, ComposedResource]:
    """The providers of an issuer by their account; IAM finds the thumbprints itself."""
    return {each.account_id: _provider(each, issuer, partition, audience, around) for each in providers}


def _provider(provider: OIDCProvider, issuer: Issuer, partition: str, audience: str, around: Surroundings) -> ComposedResource:
    arn = Arn.of_oidc_provider(partition, provider.account_id, issuer.name)
    return around.resource(
        # The audience can be changed in place.
        resource_name("oidc-provider", around.namespace, arn),
        ("iam", "aws"),
        "OpenIDConnectProvider",
        arn,
        {"url": f"https://{issuer.name}", "clientIdList": [audience]},
        provider_config=provider.provider_config_ref,
    )


def providers_ready(listed: int, providers: Mapping[str, ComposedResource], observed: Observed) -> Condition:
    """Whether roles can trust the cluster's issuer, in the accounts that are listed."""
    kind = OIDC_PROVIDERS_READY
    if not listed:
        return NO_OIDC_PROVIDERS
    waiting = {}
    for account, provider in providers.items():
        seen = observed.get(provider.name)
        arn = seen and seen.text("status", "atProvider", "arn")
        if arn and arn != provider.external_name:
            message = (
                f"the OIDC provider of account {account} is {arn}, not {provider.external_name}: its provider config is "
                "another account's"
            )
            return Condition(kind, "False", "OtherAccount", message)
        state = seen.conditions() if seen else None
        if state is None or not state.good:
            waiting[account] = why(state)
    if waiting:
        account, reason = next(iter(waiting.items()))
        message = f"{len(waiting)} of {listed} OIDC providers are not ready; that of account {account} {reason}"
        return Condition(kind, "False", "Waiting", message)
    return Condition(kind, "True", "Available", f"all OIDC providers are ready ({listed})")


def issuer_unknown(listed: int, existing: Mapping[str, ComposedResource]) -> Condition:
    """What to say while the issuer is not known; the providers that exist stay."""
    if not listed:
        return NO_OIDC_PROVIDERS
    there = f", and those that exist stay ({len(existing)})" if existing else ""
    message = f"the OIDC providers wait until the cluster's issuer is known{there}"
    return Condition(OIDC_PROVIDERS_READY, "False", "Waiting", message)

"""The OIDC providers in IAM that roles need to trust a cluster's issuer: one for each account, of any kind of cluster."""

from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from function.clusters.entry import NO_OIDC_PROVIDERS, Surroundings
from function.conditions import OIDC_PROVIDERS_READY, Condition
from function.errors import FieldError, Path, listed, quoted
from function.naming import resource_name
from function.observed import Observed
from function.resources.managed import ComposedResource
from function.resources.readiness import few, why
from function.spec.arn import Arn
from function.spec.issuer import Issuer
from function.spec.management import ProviderConfigRef
from function.spec.model import Distinct, ListMap, Strict
from function.spec.patterns import AccountId, Audience

PREFIX = "oidc-provider-"
"""What the composition resource names begin with."""


class OIDCProvider(Strict):
    """The IAM OIDC provider of the cluster's issuer in one account."""

    account_id: AccountId
    """The account, that of the roles which trust the issuer, 12 digits in quotes. Example: `"678801588313"`."""
    provider_config_ref: ProviderConfigRef
    """The provider config that makes it, one of that account. Example: `{name: prod}`."""


OIDCProviders = Annotated[list[OIDCProvider], Field(max_length=100), ListMap(("accountId",))]

Audiences = Annotated[list[Audience], Field(max_length=99), Distinct]
"""IAM admits at most 100 client ids for a provider, and one is the audience of the pods' tokens."""


class Provider(NamedTuple):
    """One OIDC provider."""

    account: str
    resource: ComposedResource
    missing: tuple[str, ...]
    """Audiences that it is to admit, and does not yet."""
    others: tuple[str, ...]
    """Audiences that somebody else had it admit."""


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
    providers: Sequence[OIDCProvider], issuers: Sequence[Issuer], partition: str, audiences: Sequence[str], around: Surroundings
) -> tuple[Provider, ...]:
    """The providers of the issuers, in each account; IAM finds the thumbprints itself."""
    return tuple(_provider(each, issuer, partition, audiences, around) for issuer in issuers for each in providers)


def _provider(
    provider: OIDCProvider, issuer: Issuer, partition: str, audiences: Sequence[str], around: Surroundings
) -> Provider:
    """One provider. Its audiences are in initProvider, so that those which somebody else put there stay.

    Where it exists and lacks one of ours, forProvider has all of them until it is there.
    """
    arn = Arn.of_oidc_provider(partition, provider.account_id, issuer.name)
    # Audiences can be changed in place.
    key = resource_name("oidc-provider", around.namespace, arn)
    wanted = tuple(dict.fromkeys(audiences))
    seen = around.observed.get(key)
    there = tuple(sorted(seen.texts("status", "atProvider", "clientIdList"))) if seen else ()
    # The provider shows an empty list as none.
    known = seen is not None and seen.text("status", "atProvider", "arn") is not None
    missing = tuple(each for each in wanted if each not in there) if known else ()
    resource = around.resource(
        key,
        ("iam", "aws"),
        "OpenIDConnectProvider",
        arn,
        {"url": f"https://{issuer.name}"} | ({"clientIdList": [*there, *missing]} if missing else {}),
        init_provider={"clientIdList": list(wanted)},
        # It would write the audiences that are there into forProvider, which then takes away those that come later.
        without_policy="LateInitialize",
        provider_config=provider.provider_config_ref,
    )
    return Provider(provider.account_id, resource, missing, tuple(each for each in there if each not in wanted))


def providers_ready(providers: Sequence[Provider], observed: Observed) -> Condition:
    """Whether roles can trust the cluster's issuers, in the accounts that are listed."""
    kind = OIDC_PROVIDERS_READY
    if not providers:
        return NO_OIDC_PROVIDERS
    waiting = []
    for account, resource, missing, _ in providers:
        seen = observed.get(resource.name)
        arn = seen and seen.text("status", "atProvider", "arn")
        if arn and arn != resource.external_name:
            message = (
                f"the OIDC provider of account {account} is {arn}, not {resource.external_name}: its provider config is "
                "another account's"
            )
            return Condition(kind, "False", "OtherAccount", message)
        state = seen.conditions() if seen else None
        if state is None or not state.good:
            waiting.append((account, why(state)))
        elif missing:
            waiting.append((account, f"does not admit {listed(missing)} yet"))
    if waiting:
        account, reason = waiting[0]
        message = f"{len(waiting)} of {len(providers)} OIDC providers are not ready; that of account {account} {reason}"
        return Condition(kind, "False", "Waiting", message)
    return Condition(kind, "True", "Available", f"all OIDC providers are ready ({len(providers)}){_of_others(providers)}")


def _of_others(providers: Sequence[Provider]) -> str:
    """What else the providers admit."""
    found = [(account, others) for account, _, _, others in providers if others]
    if not found:
        return ""
    said = listed(few(f"that of account {account} also admits {listed(others)}" for account, others in found))
    return f"; {said}, which is not written here and stays"


def issuer_unknown(listed: int, existing: Sequence[Provider]) -> Condition:
    """What to say while the issuer is not known; the providers that exist stay."""
    if not listed:
        return NO_OIDC_PROVIDERS
    there = f", and those that exist stay ({len(existing)})" if existing else ""
    message = f"the OIDC providers wait until the cluster's issuer is known{there}"
    return Condition(OIDC_PROVIDERS_READY, "False", "Waiting", message)

"""IAM of one account: OIDC providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.standin.cloud import errors

Answer = dict[str, Any]

THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
"""What IAM finds where it is given none: that of the certificate above those of all of EKS's issuers."""


@dataclass
class OIDCProvider:
    """An OIDC provider as IAM keeps it."""

    arn: str
    url: str
    """Without https://, which IAM does not give back."""
    client_ids: list[str]
    thumbprints: list[str]
    tags: dict[str, str] = field(default_factory=dict)


class OIDCProviders:
    """OIDC providers by ARN, in which the URL stands, and the calls on them."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._providers: dict[str, OIDCProvider] = {}

    def create_open_id_connect_provider(
        self,
        _: datetime,
        *,
        url: str,
        client_ids: Sequence[str] = (),
        thumbprints: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """CreateOpenIDConnectProvider."""
        place = url.removeprefix("https://")
        arn = f"arn:aws:iam::{self._account}:oidc-provider/{place}"
        if arn in self._providers:
            raise errors.oidc_provider_exists(url)
        found = list(thumbprints) or [THUMBPRINT]
        self._providers[arn] = OIDCProvider(arn, place, list(client_ids), found, dict(tags or {}))
        return {"arn": arn}

    def get_open_id_connect_provider(self, _: datetime, *, arn: str) -> OIDCProvider:
        """GetOpenIDConnectProvider."""
        if arn not in self._providers:
            raise errors.no_such_oidc_provider(arn)
        return self._providers[arn]

    def list_open_id_connect_providers(self, _: datetime) -> list[str]:
        """ListOpenIDConnectProviders: their ARNs."""
        return sorted(self._providers)

    def add_client_id_to_open_id_connect_provider(self, now: datetime, *, arn: str, client_id: str) -> Answer:
        """AddClientIDToOpenIDConnectProvider, which may be asked for twice."""
        provider = self.get_open_id_connect_provider(now, arn=arn)
        if client_id not in provider.client_ids:
            provider.client_ids.append(client_id)
        return {}

    def remove_client_id_from_open_id_connect_provider(self, now: datetime, *, arn: str, client_id: str) -> Answer:
        """RemoveClientIDFromOpenIDConnectProvider, which may be asked for twice."""
        provider = self.get_open_id_connect_provider(now, arn=arn)
        provider.client_ids = [each for each in provider.client_ids if each != client_id]
        return {}

    def update_open_id_connect_provider_thumbprint(self, now: datetime, *, arn: str, thumbprints: Sequence[str]) -> Answer:
        """UpdateOpenIDConnectProviderThumbprint, which replaces them all."""
        self.get_open_id_connect_provider(now, arn=arn).thumbprints = [*thumbprints]
        return {}

    def tag_open_id_connect_provider(self, now: datetime, *, arn: str, tags: Mapping[str, str]) -> Answer:
        """TagOpenIDConnectProvider."""
        self.get_open_id_connect_provider(now, arn=arn).tags.update(tags)
        return {}

    def untag_open_id_connect_provider(self, now: datetime, *, arn: str, tag_keys: Sequence[str]) -> Answer:
        """UntagOpenIDConnectProvider."""
        provider = self.get_open_id_connect_provider(now, arn=arn)
        for key in tag_keys:
            provider.tags.pop(key, None)
        return {}

    def delete_open_id_connect_provider(self, _: datetime, *, arn: str) -> Answer:
        """DeleteOpenIDConnectProvider, which does not mind that there is none."""
        self._providers.pop(arn, None)
        return {}

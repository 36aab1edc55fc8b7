"""The issuer of a cluster's service account tokens (OIDC), as it is written and as IAM calls it."""

import ipaddress
from functools import cached_property

DEFAULT_AUDIENCE = "sts.amazonaws.com"
"""The audience that the EKS webhook asks tokens for, in every partition."""

_SCHEME, _PORT = "https://", ":443"
_PRIVATE = frozenset(
    [
        *("alt", "cluster", "corp", "default", "example", "home", "home.arpa", "internal", "intranet", "invalid", "lan"),
        *("local", "localdomain", "localhost", "mail", "onion", "private", "svc", "test"),
    ]
)
"""Ends of names that no public name server knows: Kubernetes' own, those that RFC 2606, 6761, 6762, 7686, 8375, 9476 and ICANN
set apart, and what networks use that have none of these."""
_OF_KOPS = "api.internal."
"""What kOps calls an API server within its network."""


class Issuer(str):
    """An issuer's URL, as it is written."""

    @cached_property
    def is_public(self) -> bool:
        """Whether its host can have a public name or address."""
        host = self.name.partition("/")[0].lower()
        try:
            return ipaddress.ip_address(host).is_global
        except ValueError:
            first, *others = host.split(".")
            ends = {others[-1], ".".join(others[-2:])} if others else {host}
            return bool(first and others) and "" not in others and not ends & _PRIVATE and not host.startswith(_OF_KOPS)

    @cached_property
    def name(self) -> str:
        """What IAM calls it, in ARNs and condition keys: the URL without scheme and default port."""
        host, slash, path = self.removeprefix(_SCHEME).partition("/")
        return f"{host.removesuffix(_PORT)}{slash}{path}"

"""The issuer of a cluster's service account tokens (OIDC), as it is written and as IAM calls it."""

from functools import cached_property

DEFAULT_AUDIENCE = "sts.amazonaws.com"
"""The audience that the EKS webhook asks tokens for, in every partition."""

_SCHEME, _PORT = "https://", ":443"


class Issuer(str):
    """An issuer's URL, as it is written."""

    @cached_property
    def name(self) -> str:
        """What IAM calls it, in ARNs and condition keys: the URL without scheme and default port."""
        host, slash, path = self.removeprefix(_SCHEME).partition("/")
        return f"{host.removesuffix(_PORT)}{slash}{path}"

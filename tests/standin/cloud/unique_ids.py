"""The ids that IAM gives to what is made, by which two of the same name can be told apart."""

import hashlib

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def unique_id(prefix: str, account: str, number: int) -> str:
    """The id of an account's nth thing: the same whenever the journal is read again."""
    digest = hashlib.sha256(f"{account} {number}".encode()).digest()
    return prefix + "".join(_BASE32[byte % 32] for byte in digest[:17])

"""Policy documents, as far as IAM reads them here."""

import json

from tests.standin.cloud import errors


def check(document: str) -> None:
    """Raise AWSError unless it is JSON that has statements; what they say is not read."""
    try:
        read = json.loads(document)
    except ValueError:
        raise errors.malformed_policy() from None
    if not isinstance(read, dict) or "Statement" not in read:
        raise errors.policy_syntax()

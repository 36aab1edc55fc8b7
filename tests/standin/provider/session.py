"""Calls to a cloud for one managed resource, and errors as the clouds' clients print them."""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.standin.cloud.calls import Cloud, service
from tests.standin.cloud.errors import AWSError
from tests.standin.cloud.refusal import CloudError


class Refused(Exception):
    """A refused call, in the words of the cloud's client."""

    def __init__(self, message: str, error: CloudError) -> None:
        super().__init__(message)
        self.error = error

    @classmethod
    def by(cls, call: str, error: CloudError) -> "Refused":
        """Of one call."""
        return cls(_by_aws_sdk(call, error) if isinstance(error, AWSError) else str(error), error)


def _by_aws_sdk(call: str, error: AWSError) -> str:
    # The real request id differs from call to call; this one does not, so that a retry that fails alike writes nothing.
    request = uuid.uuid5(uuid.NAMESPACE_OID, f"{call} {error}")
    return (
        f"operation error {service(call)}: {call}, https response error StatusCode: {error.status}, "
        f"RequestID: {request}, {error}"
    )


def all_of(steps: Iterable[tuple[str, Callable[[], object]]]) -> None:
    """Take all steps, each with words for it; then raise Refused, one line for each that was."""
    refusals = []
    for words, step in steps:
        try:
            step()
        except Refused as refused:
            refusals.append(Refused(f"{words}: {refused}", refused.error))
    if refusals:
        raise Refused("\n".join(map(str, refusals)), refusals[0].error)


@contextmanager
def saying(words: str) -> Iterator[None]:
    """Put words, if there are any, before the refusal of whatever is called meanwhile."""
    try:
        yield
    except Refused as refused:
        raise Refused(": ".join(filter(None, (words, str(refused)))), refused.error) from None


class Session:
    """The cloud as one managed resource's provider config opens it."""

    def __init__(self, cloud: Cloud, account: str, by: str, now: datetime, denied: Collection[str] = ()) -> None:
        self._cloud = cloud
        self._denied = denied
        self.account = account
        """The account of AWS, or the project of Google Cloud, that the provider config names."""
        self._by = by
        self.now = now

    def call(self, call: str, **arguments: Any) -> Any:
        """Make a call. Raises Refused."""
        try:
            return self._cloud.call(call, self.account, self._by, self.now, arguments, self._denied)
        except CloudError as error:
            raise Refused.by(call, error) from None

    def find(self, call: str, **arguments: Any) -> Any:
        """Make a call that reads; None where there is no such thing."""
        try:
            return self.call(call, **arguments)
        except Refused as refused:
            if refused.error.status == 404:
                return None
            raise

    def unless_gone(self, call: str, **arguments: Any) -> None:
        """Make a call that removes something, which may be gone already."""
        try:
            self.call(call, **arguments)
        except Refused as refused:
            if refused.error.status != 404:
                raise

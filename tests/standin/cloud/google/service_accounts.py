"""The service accounts of all projects."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.standin.cloud.google import errors

_OF_A_PROJECT = re.compile(r"(?P<id>[^@]+)@(?P<project>[^@]+)\.iam\.gserviceaccount\.com")
_OF_GOOGLE = re.compile(r"service-\d+@.+")


@dataclass
class ServiceAccount:
    """A service account as IAM keeps it."""

    project: str
    email: str
    unique_id: str
    created: datetime
    display_name: str = ""
    description: str = ""
    disabled: bool = False

    @property
    def name(self) -> str:
        """Its resource name."""
        return f"projects/{self.project}/serviceAccounts/{self.email}"


def email(project: str, account_id: str) -> str:
    """The email address of a service account; that of a domain-scoped project (example.com:p) has the project's parts turned."""
    domain, _, name = project.rpartition(":")
    return f"{account_id}@{name}{f'.{domain}' if domain else ''}.iam.gserviceaccount.com"


class ServiceAccounts:
    """Service accounts by email."""

    def __init__(self) -> None:
        self._accounts: dict[str, ServiceAccount] = {}
        self._made = 0

    def __iter__(self) -> Iterator[ServiceAccount]:
        return iter(self._accounts.values())

    def make(self, now: datetime, project: str, account_id: str, display_name: str, description: str) -> ServiceAccount:
        """A new one; one that had the same email before was another."""
        if not 6 <= len(account_id) <= 30:
            raise errors.account_id_length(account_id)
        address = email(project, account_id)
        if address in self._accounts:
            raise errors.account_exists(account_id, project)
        self._made += 1
        self._accounts[address] = ServiceAccount(
            project, address, unique_id(address, self._made), now, display_name, description
        )
        return self._accounts[address]

    def get(self, name: str) -> ServiceAccount:
        """The one of a resource name, in which - stands for any project."""
        _, project, _, address = name.split("/")
        found = self._accounts.get(address)
        if found is None or project not in (found.project, "-"):
            raise errors.no_such_account()
        return found

    def remove(self, account: ServiceAccount) -> None:
        """Remove it."""
        del self._accounts[account.email]

    def find(self, member: str) -> ServiceAccount | None:
        """The one that a member of a policy names."""
        kind, _, address = member.partition(":")
        return self._accounts.get(address.lower()) if kind == "serviceAccount" else None

    def lacks(self, member: str) -> bool:
        """Whether a member is a service account that does not exist; those of Google, and identity pools, all do."""
        kind, _, address = member.partition(":")
        return kind == "serviceAccount" and parse(address) is not None and self.find(member) is None


def parse(address: str) -> tuple[str, str] | None:
    """Project and account id of an email address; None where it is not one that a project's owner made."""
    found = _OF_A_PROJECT.fullmatch(address)
    if found is None or _OF_GOOGLE.fullmatch(address):
        return None
    name, _, domain = found["project"].partition(".")
    return f"{domain}:{name}" if domain else name, found["id"]


def unique_id(address: str, number: int) -> str:
    """The id of the nth service account: 21 digits, the same whenever the journal is read again."""
    digest = hashlib.sha256(f"{address} {number}".encode()).digest()
    return f"1{int.from_bytes(digest) % 10**20:020}"

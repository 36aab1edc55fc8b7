"""Our translation against vCluster's own functions, on random service accounts and mappings of namespaces."""

from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest

from function.clusters.vcluster_names import HostName, Mapping, Mappings, translate
from tests.oracle import random_vcluster
from tests.oracle.random_vcluster import LABEL
from tests.oracle.vcluster import Namespaces, ServiceAccount, host_names, mapped
from tests.tools import binaries
from tests.tools.binaries import MissingTool

ACCOUNTS = 10_000
MAPPINGS = 6_000

# What we refuse and upstream does not; every error of another kind has to be one of upstream's.
UNDEFINED = "and which one counts is undefined"
STRICTER = (
    UNDEFINED,
    # Upstream compares host sides before it replaces ${name}.
    "each needs a host side of its own",
    # A pattern whose "*" stands for nothing.
    "or write a pattern that leaves it out",
    # Upstream looks past the last two characters of a prefix that ends with "-".
    "begins no DNS-1123 label",
)
# What upstream says of mappings, and what we say then; the last ones are in other texts, too.
REASONS = {
    "are empty": "has no mapping",
    "duplicate host namespace": "each needs a host side of its own",
    "has mismatched wildcard": "a pattern maps to a pattern",
    "cannot be empty": "is empty: write a namespace",
    "must contain exactly one": 'has "*" before its end',
    "must have the wildcard": 'has "*" before its end',
    "multiple times": "it may have it once",
    "unsupported placeholder": "has a placeholder other than",
    "cannot be longer than 32": "vCluster allows 32",
    "must be no more than 63": "a namespace has at most 63",
    "must use a prefix before": 'is "*" alone',
    "conflicts with control plane": "the namespace that the vCluster itself runs in",
    "namespace pattern '": "begins no DNS-1123 label",
    "namespace name '": "is not a DNS-1123 label",
}


def test_the_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "CACHE", tmp_path)
    with pytest.raises(MissingTool, match=r"^hostnames has not been built: run `make oracle`$"):
        host_names([])


@pytest.mark.oracle
def test_service_accounts_are_called_what_vcluster_calls_them() -> None:
    accounts = [random_vcluster.service_account(Random(seed)) for seed in range(ACCOUNTS)]
    theirs = host_names(accounts)
    ours = [translate(a.name, a.namespace, a.vcluster, a.host_namespace, None) for a in accounts]
    different = [
        f"{account}: ours {our}, theirs {their}"
        for account, our, their in zip(accounts, ours, theirs, strict=True)
        # Without a name or a namespace, which no service account is, upstream gives no namespace either.
        if our is None or our.name != their.name or (our != their and account.name and account.namespace)
    ]
    assert not different, f"{len(different)} of {ACCOUNTS}:\n" + "\n".join(different[:10])

    lengths = Counter(len("-x-".join((a.name, a.namespace, a.vcluster)).encode()) for a in accounts)
    assert all(lengths[length] > ACCOUNTS // 50 for length in (62, 63, 64, 65)), lengths
    shortened = sum(len(name) == 62 and length > 63 for name, length in _names_and_lengths(accounts, theirs))
    assert shortened > ACCOUNTS // 50
    met = _collisions(accounts, theirs)
    assert met
    print(
        f"{ACCOUNTS} service accounts, {len(set(accounts))} of them distinct, {sum(n for length, n in lengths.items() if length > 63)} "
        f"too long as they are, {shortened} with a dot at the cut; "
        f"{sum(len(group) for group in met)} share a name of the host with another, in {len(met)} names, such as {met[0][:2]}"
    )


def _names_and_lengths(accounts: list[ServiceAccount], hosts: list[HostName]) -> list[tuple[str, int]]:
    joined = ("-x-".join((a.name, a.namespace, a.vcluster)) for a in accounts)
    return [(host.name, len(text.encode())) for text, host in zip(joined, hosts, strict=True)]


def _collisions(accounts: list[ServiceAccount], hosts: list[HostName]) -> list[list[ServiceAccount]]:
    """Service accounts of one virtual cluster that have one name on the host."""
    groups: dict[tuple[HostName, str], set[ServiceAccount]] = defaultdict(set)
    for account, host in zip(accounts, hosts, strict=True):
        if host.name:
            groups[host, account.vcluster].add(account)
    return [sorted(group) for group in groups.values() if len(group) > 1]


@pytest.mark.oracle
def test_namespaces_are_mapped_as_vcluster_maps_them() -> None:
    asked = [random_vcluster.namespaces(Random(seed)) for seed in range(MAPPINGS)]
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for one, theirs in zip(asked, mapped(asked), strict=True):
        ours = Mappings(tuple(Mapping(*entry) for entry in one.mappings.items()), one.vcluster, one.host_namespace, only=False)
        errors = [message for _, message in ours.errors()]
        if theirs.error:
            seen["refused by both"] += 1
            reason = next(kind for kind in REASONS if kind in theirs.error)
            seen[f'upstream says "{reason}"'] += 1
            wrong += [] if any(REASONS[reason] in error for error in errors) else [f"{one}: {theirs.error}, not {errors}"]
        elif errors:
            seen["refused by us alone"] += 1
            wrong += [f"{one}: {error}" for error in errors if not any(kind in error for kind in STRICTER)]
            undefined = any(UNDEFINED in error for error in errors)
            seen["of them undefined"] += undefined
            seen["of them seen to be so"] += undefined and any(len(hosts) > 1 for hosts in theirs.to_host)
        else:
            seen["accepted by both"] += 1
            wrong += _compare(one, ours, theirs.to_host, theirs.to_virtual, seen)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:10])
    print(f"{MAPPINGS} sets of mappings: {dict(seen)}")
    assert all(seen[f'upstream says "{reason}"'] for reason in REASONS), seen
    kinds = ("refused by both", "refused by us alone", "accepted by both", "of them seen to be so", "mapped", "not mapped")
    assert all(seen[kind] > MAPPINGS // 50 for kind in kinds), seen


def _compare(
    one: Namespaces, ours: Mappings, to_host: list[list[str]], to_virtual: list[list[str]], seen: Counter[str]
) -> list[str]:
    back = dict(zip(one.namespaces, to_virtual, strict=True))
    wrong = []
    for namespace, hosts in zip(one.namespaces, to_host, strict=True):
        if not LABEL.fullmatch(namespace):
            continue
        host = ours.host_namespace(namespace)
        seen["not mapped" if host is None else "mapped"] += 1
        if hosts != [host] * (host is not None):
            wrong.append(f"{one}: {namespace}: ours {host}, theirs {hosts}")
        if host is None or host not in back:
            continue
        # Of a namespace of its own, upstream knows whose it is, unless it takes what is no namespace, or mapped elsewhere, for one.
        rivals = [
            rival
            for rival in back[host]
            if rival != namespace and LABEL.fullmatch(rival) and ours.host_namespace(rival) == host
        ]
        owns = ours.owns(namespace)
        seen["way back of an own one" if owns else "way back of a shared one"] += 1
        if owns and (rivals or namespace not in back[host]):
            wrong.append(f"{one}: {namespace} owns {host}, which upstream takes for {back[host]}")
        if not owns:
            seen["seen to be shared"] += bool(rivals)
    return wrong

"""vCluster's names on the host: upstream's own examples, its rules for mappings, and what holds for every input."""

import itertools
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from function.clusters.vcluster_names import (
    HostName,
    Mapping,
    Mappings,
    project_namespace,
    single_namespace_name,
    translate,
    virtual_names,
)

LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)
SUBDOMAIN = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")

# What vCluster's documentation shows, and its tests expect.
PUBLISHED = [
    ("test", "my-namespace", "my-vcluster", "test-x-my-namespace-x-my-vcluster"),
    (
        "nginx-from-other-namespace",
        "some-other-namespace",
        "default-namespace-sync",
        "nginx-from-other-namespace-x-some-other-namespace-x--4b96e8f948",
    ),
    (
        "coredns-94f599b5-wdgzg",
        "kube-system",
        "default-namespace-sync",
        "coredns-94f599b5-wdgzg-x-kube-system-x-default-namespace-sync",
    ),
    ("edge", "team-a", "suffix", "edge-x-team-a-x-suffix"),
    ("nginx-service", "test", "suffix", "nginx-service-x-test-x-suffix"),
    ("test-pod", "default", "suffix", "test-pod-x-default-x-suffix"),
    ("my-pod", "default", "123", "my-pod-x-default-x-123"),
    ("my-pod", "default", "my-vc", "my-pod-x-default-x-my-vc"),
    ("my-pod", "", "my-vc", "my-pod-x--x-my-vc"),
]

# Computed once with upstream's functions.
COMPUTED = [
    ("demo-sa", "default", "sync", "demo-sa-x-default-x-sync"),
    ("default", "kube-system", "my-vc", "default-x-kube-system-x-my-vc"),
    ("ebs-csi-controller-sa", "kube-system", "tenant-a", "ebs-csi-controller-sa-x-kube-system-x-tenant-a"),
    (
        "payments-api",
        "payments-production",
        "customer-project-a-prod",
        "payments-api-x-payments-production-x-customer-project-a-prod",
    ),
    (
        "payments-api",
        "payments-production",
        "customer-project-alpha-prod",
        "payments-api-x-payments-production-x-customer-projec-95bb3cf4aa",
    ),
    (
        "workload-identity-test-service-account",
        "workload-identity-test-namespace",
        "workload-identity-vc",
        "workload-identity-test-service-account-x-workload-id-1b586a1c90",
    ),
    (
        "external-secrets-operator-controller-manager.x",
        "external-secrets",
        "platform-team-vcluster",
        "external-secrets-operator-controller-manager.x-x-ext-a5dae8d44d",
    ),
    # A "." before the digest goes, which leaves 62.
    (
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno.p",
        "ns",
        "vc-long-suffix",
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmno-89f07033ac",
    ),
    # 63 stay as they are, 64 do not.
    ("a" * 20, "b" * 20, "c" * 17, f"{'a' * 20}-x-{'b' * 20}-x-{'c' * 17}"),
    ("a" * 20, "b" * 20, "c" * 18, f"{'a' * 20}-x-{'b' * 20}-x-cccccc-356c751973"),
]


@pytest.mark.parametrize(("name", "namespace", "vcluster", "expected"), PUBLISHED + COMPUTED)
def test_names_are_upstreams(name: str, namespace: str, vcluster: str, expected: str) -> None:
    assert single_namespace_name(name, namespace, vcluster) == expected


def test_no_name_has_none() -> None:
    assert single_namespace_name("", "default", "sync") == ""


def test_length_is_counted_in_bytes() -> None:
    assert len("ü" * 30 + "-x-a-x-b") < 63
    assert single_namespace_name("ü" * 30, "a", "b").startswith("ü" * 26 + "-")


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (("a-x-b", "c"), ("a", "b-x-c"), "a-x-b-x-c-x-vc"),
        # Long ones are joined before they are digested.
        (("a" * 60 + "-x-b", "c"), ("a" * 60, "b-x-c"), "a" * 52 + "-12f4f19d6a"),
    ],
)
def test_names_meet(one: tuple[str, str], other: tuple[str, str], both: str) -> None:
    """Whoever translates has to compare the results."""
    assert single_namespace_name(*one, "vc") == single_namespace_name(*other, "vc") == both


def test_project_namespace() -> None:
    assert project_namespace("devspace", "sync") == "loft-devspace-v-sync"
    assert len(project_namespace("p" * 40, "v" * 40)) == 88


@given(SUBDOMAIN, LABEL, LABEL)
def test_legal_names_stay_legal(name: str, namespace: str, vcluster: str) -> None:
    host = single_namespace_name(name, namespace, vcluster)
    assert DNS_SUBDOMAIN.fullmatch(host)
    assert len(host.encode()) <= 63
    assert single_namespace_name(name, namespace, vcluster) == host


# Mappings


def mappings(*entries: tuple[str, str], only: bool = False, vcluster: str = "my-vc", own: str = "vcluster-ns") -> Mappings:
    return Mappings(tuple(Mapping(*entry) for entry in entries), vcluster, own, only)


def errors(*entries: tuple[str, str], vcluster: str = "my-vc", own: str = "vcluster-ns") -> list[tuple[str, str]]:
    return list(mappings(*entries, vcluster=vcluster, own=own).errors())


# The example of vCluster's documentation.
DOCUMENTED = mappings(
    ("frontend-prod", "customer-project-alpha-prod"), ("team-a-*", "h-team-a-*"), ("datasets-*", "${name}-data-*")
)


@pytest.mark.parametrize(
    ("namespace", "host"),
    [
        ("frontend-prod", "customer-project-alpha-prod"),
        ("team-a-dev", "h-team-a-dev"),
        ("team-a-staging", "h-team-a-staging"),
        ("datasets-raw", "my-vc-data-raw"),
        ("some-other-namespace", None),
        ("team-a", None),
        ("frontend-prod-2", None),
    ],
)
def test_documented_mappings(namespace: str, host: str | None) -> None:
    assert list(DOCUMENTED.errors()) == []
    assert DOCUMENTED.host_namespace(namespace) == host


def test_exact_goes_before_pattern() -> None:
    both = mappings(("team-*", "host-*"), ("team-a", "elsewhere"))
    assert list(both.errors()) == []
    assert both.host_namespace("team-a") == "elsewhere"
    assert both.host_namespace("team-b") == "host-b"


def test_the_vclusters_name_on_both_sides() -> None:
    named = mappings(("${name}-*", "host-${name}-*"), ("x-${name}", "${name}-y"))
    assert list(named.errors()) == []
    assert named.host_namespace("my-vc-a") == "host-my-vc-a"
    assert named.host_namespace("x-my-vc") == "my-vc-y"
    assert named.host_namespace("x-${name}") is None


def test_mirrored_text_can_be_too_long() -> None:
    """The caller refuses it: whether a mapping is too long depends on the namespace."""
    longer = mappings(("t-*", "tenants-of-customer-*"))
    assert list(longer.errors()) == []
    assert longer.host_namespace("t-" + "n" * 61) == "tenants-of-customer-" + "n" * 61


def test_translate() -> None:
    assert translate("demo-sa", "default", "sync", "team-x", None) == HostName("team-x", "demo-sa-x-default-x-sync")
    assert translate("sa", "team-a-dev", "my-vc", "vcluster-ns", DOCUMENTED) == HostName("h-team-a-dev", "sa")
    assert translate("sa", "default", "my-vc", "vcluster-ns", DOCUMENTED) == HostName("vcluster-ns", "sa-x-default-x-my-vc")


def test_what_is_not_mapped_is_not_synced_with_mappings_only() -> None:
    only = mappings(("synced-*", "host-${name}-synced-*"), ("important-configs", "host-configs-critical"), only=True)
    assert translate("sa", "synced-data-alpha", "my-vc", "vcluster-ns", only) == HostName("host-my-vc-synced-data-alpha", "sa")
    assert translate("sa", "experimental-app", "my-vc", "vcluster-ns", only) is None


# What upstream's tests accept (pkg/config/validation_test.go).
ACCEPTED = [
    [("vns1", "hns1")],
    [("vns1-${name}", "hns1")],
    [("vns-${name}-foo", "hns-${name}-bar")],
    [("vns-*", "hns-*")],
    [("vns-*", "hns-${name}-*")],
    [("vns-${name}-*", "hns-*")],
    [("vns-${name}-foo-*", "hns-${name}-bar-*")],
    [("vns-*", "${name}-hns--*")],
    [("vns1", "hns1"), ("vns2", "hns2"), ("vns-pat-*", "hns-pat-*"), ("vns-ph-${name}", "hns-ph-${name}")],
    [("vns1", "different-host-ns")],
    [("*", "all-*")],
    [("a" * 32 + "*", "b" * 32 + "*")],
    [("v" * 63, "h" * 63)],
]


@pytest.mark.parametrize("entries", ACCEPTED)
def test_accepted(entries: list[tuple[str, str]]) -> None:
    assert errors(*entries, vcluster="test-vc", own="vcluster-control-plane") == []


LABEL_RULE = "lower case letters, digits and '-', beginning and ending with a letter or digit"
PREFIX_RULE = "lower case letters, digits and '-', beginning with a letter or digit"
OWN = "the namespace that the vCluster itself runs in: write another"
UNDEFINED = "and which one counts is undefined"

REFUSED: list[tuple[list[tuple[str, str]], list[tuple[str, str]]]] = [
    ([], [("", "has no mapping: write at least one")]),
    ([("*", "*")], [("*", 'the host side is "*" alone: write something before it')]),
    (
        [("vns1", "hns-*")],
        [("vns1", '"vns1" maps to "hns-*": a pattern maps to a pattern, and one namespace to one namespace')],
    ),
    (
        [("vns-*", "hns1")],
        [("vns-*", '"vns-*" maps to "hns1": a pattern maps to a pattern, and one namespace to one namespace')],
    ),
    ([("", "hns1")], [("", 'the virtual namespace is empty: write a namespace, or a pattern such as "team-*"')]),
    ([("vns1", "")], [("vns1", 'the host namespace is empty: write a namespace, or a pattern such as "team-*"')]),
    ([("VNS1", "hns1")], [("VNS1", f'"VNS1" is not a DNS-1123 label: {LABEL_RULE}')]),
    ([("vns/foo", "hns")], [("vns/foo", f'"vns/foo" is not a DNS-1123 label: {LABEL_RULE}')]),
    ([("vns", "hns/bar")], [("vns", f'"hns/bar" is not a DNS-1123 label: {LABEL_RULE}')]),
    ([("vns1", "a" * 64)], [("vns1", f'"{"a" * 64}" is 64 characters; a namespace has at most 63')]),
    (
        [("vns-${name}-${name}", "hns1")],
        [("vns-${name}-${name}", '"vns-${name}-${name}" has "${name}" 2 times; it may have it once')],
    ),
    (
        [("vns1", "hns-${unsupported}")],
        [("vns1", '"hns-${unsupported}" has a placeholder other than "${name}", which is the only one there is')],
    ),
    ([("vns1", "hns-${name")], [("vns1", f'"hns-${{name" is not a DNS-1123 label: {LABEL_RULE}')]),
    (
        [("vns-*-*", "hns-*")],
        [("vns-*-*", '"vns-*-*" has "*" before its end: a pattern has one "*", as its last character')],
    ),
    (
        [("vns-*", "hns-*-end")],
        [("vns-*", '"hns-*-end" has "*" before its end: a pattern has one "*", as its last character')],
    ),
    (
        [("a" * 33 + "*", "hns-*")],
        [("a" * 33 + "*", f'"{"a" * 33}*" has 33 characters before its "*"; vCluster allows 32')],
    ),
    (
        [("vns-*", "a" * 30 + "${name}bbb*")],
        [
            (
                "vns-*",
                f'"{"a" * 30}${{name}}bbb*", here "{"a" * 30}test-vcbbb*", '
                'has 40 characters before its "*"; vCluster allows 32',
            )
        ],
    ),
    ([("-vns-*", "hns-*")], [("-vns-*", f'"-vns-*" begins no DNS-1123 label: {PREFIX_RULE}')]),
    ([("vns.foo-*", "hns-*")], [("vns.foo-*", f'"vns.foo-*" begins no DNS-1123 label: {PREFIX_RULE}')]),
    # Upstream looks past the last two characters of a prefix that ends with "-"; no namespace begins so.
    ([("vns-*", "host_-*")], [("vns-*", f'"host_-*" begins no DNS-1123 label: {PREFIX_RULE}')]),
    (
        [("vns1", "common-hns"), ("vns2", "common-hns")],
        [("vns2", '"vns1" and "vns2" both map to "common-hns": each needs a host side of its own')],
    ),
    (
        [("vns-a-*", "common-hns-*"), ("vns-b-*", "common-hns-*")],
        [("vns-b-*", '"vns-a-*" and "vns-b-*" both map to "common-hns-*": each needs a host side of its own')],
    ),
    # Upstream compares them with the placeholder in place, and accepts this.
    (
        [("vns-x", "hns-${name}"), ("vns-y", "hns-test-vc")],
        [("vns-y", '"vns-x" and "vns-y" both map to "hns-test-vc": each needs a host side of its own')],
    ),
    (
        [("vns-${name}", "hns-a"), ("vns-test-vc", "hns-b")],
        [("vns-test-vc", f'"vns-${{name}}" and "vns-test-vc" are the same namespace, {UNDEFINED}: write one of them')],
    ),
    ([("vns1", "vcluster-control-plane")], [("vns1", f'"vcluster-control-plane" is {OWN}')]),
    (
        [("vns-*", "vcluster-control*")],
        [("vns-*", f'"vcluster-control*" can be "vcluster-control-plane", {OWN}')],
    ),
    (
        [("team-*", "host-team-*"), ("*", "other-*")],
        [
            (
                "team-*",
                f'"team-*" and "*" can both match a namespace, {UNDEFINED}: write patterns that exclude one another',
            )
        ],
    ),
    (
        [("team*", "a-*"), ("team-a-*", "b-*"), ("team-b-*", "c-*"), ("tea", "d")],
        [
            (
                "team*",
                '"team*" gives the namespace "team" the host namespace "a-", which is not a DNS-1123 label: '
                'map "team" by itself, or write a pattern that leaves it out',
            ),
            (
                "team-a-*",
                f'"team-a-*" and "team*" can both match a namespace, {UNDEFINED}: write patterns that exclude one another',
            ),
            (
                "team-b-*",
                f'"team-b-*" and "team*" can both match a namespace, {UNDEFINED}: write patterns that exclude one another',
            ),
        ],
    ),
    (
        [("test-vc-*", "a-*"), ("${name}-*", "b-*")],
        [
            (
                "test-vc-*",
                f'"test-vc-*" and "${{name}}-*" can both match a namespace, {UNDEFINED}: '
                "write patterns that exclude one another",
            )
        ],
    ),
    # Everything at once.
    (
        [("A", "vcluster-control-plane"), ("b*c", "b"), ("d", "x_y")],
        [
            ("A", f'"A" is not a DNS-1123 label: {LABEL_RULE}'),
            ("A", f'"vcluster-control-plane" is {OWN}'),
            ("b*c", '"b*c" maps to "b": a pattern maps to a pattern, and one namespace to one namespace'),
            ("b*c", '"b*c" has "*" before its end: a pattern has one "*", as its last character'),
            ("d", f'"x_y" is not a DNS-1123 label: {LABEL_RULE}'),
        ],
    ),
]


@pytest.mark.parametrize(("entries", "expected"), REFUSED)
def test_refused(entries: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    assert errors(*entries, vcluster="test-vc", own="vcluster-control-plane") == expected
    assert errors(*reversed(entries), vcluster="test-vc", own="vcluster-control-plane") == expected


@pytest.mark.parametrize(
    ("host", "vcluster", "expected"),
    [
        ("vcluster-${name}", "control-plane", f'"vcluster-${{name}}", here "vcluster-control-plane", is {OWN}'),
        (
            "vcluster-${name}",
            "a.b",
            f'"vcluster-${{name}}", here "vcluster-a.b", is not a DNS-1123 label: {LABEL_RULE}',
        ),
    ],
)
def test_the_vclusters_name_makes_an_error(host: str, vcluster: str, expected: str) -> None:
    assert errors(("vns1", host), vcluster=vcluster, own="vcluster-control-plane") == [("vns1", expected)]


def test_a_bare_prefix_that_is_mapped_by_itself_is_no_error() -> None:
    assert errors(("team*", "a-*"), ("team", "b")) == []


@pytest.mark.parametrize(
    ("entries", "namespace", "expected"),
    [
        ([("a", "x"), ("b", "y")], "a", True),
        ([("a", "x"), ("b", "y")], "c", False),
        ([("a", "host-x"), ("team-*", "host-*")], "a", False),
        ([("a", "host-x"), ("team-*", "host-*")], "team-x", False),
        ([("a", "host-x"), ("team-*", "host-*")], "team-y", True),
        # team-x itself is elsewhere, so that host-x is a's alone.
        ([("a", "host-x"), ("team-*", "host-*"), ("team-x", "other")], "a", True),
        ([("a-*", "h-*"), ("b-*", "h-b-*")], "a-b-c", False),
        ([("a-*", "h-*"), ("b-*", "h-b-*")], "b-c", False),
        ([("a-*", "h-*"), ("b-*", "h-b-*")], "a-c", True),
        # "b-" would be no namespace.
        ([("a-*", "h-*"), ("b-*", "h-x*")], "a-x", True),
        # Nor would one of 64 characters.
        ([("a-*", "h-*"), ("a" * 32 + "*", "h-b*")], "a-b" + "c" * 32, True),
        ([("a-*", "h-*"), ("a" * 32 + "*", "h-b*")], "a-b" + "c" * 31, False),
    ],
)
def test_owns(entries: list[tuple[str, str]], namespace: str, expected: bool) -> None:
    assert errors(*entries) == []
    assert mappings(*entries).owns(namespace) is expected


SMALL = [
    text
    for length in range(1, 6)
    for text in map("".join, itertools.product("ab-", repeat=length))
    if DNS_LABEL.fullmatch(text)
]
SMALL_NAME = st.from_regex(r"[ab]([-ab]?[ab])?", fullmatch=True)
SMALL_PREFIX = st.from_regex(r"([ab][-ab]?)?", fullmatch=True)
SMALL_ENTRY = st.tuples(SMALL_NAME, SMALL_NAME) | st.tuples(SMALL_PREFIX, SMALL_PREFIX).map(
    lambda prefixes: (prefixes[0] + "*", prefixes[1] + "*")
)
SMALL_ENTRIES = st.lists(SMALL_ENTRY, min_size=1, max_size=4)


@given(SMALL_ENTRIES)
def test_owns_agrees_with_brute_force(entries: list[tuple[str, str]]) -> None:
    """A rival's name is at most as long as the host's and a prefix together, so that all of them are in SMALL."""
    made = mappings(*entries, own="c")
    assume(not list(made.errors()))
    hosts = {namespace: made.host_namespace(namespace) for namespace in SMALL}
    for namespace in SMALL:
        if len(namespace) <= 2:
            rivals = [other for other in SMALL if hosts[other] == hosts[namespace]]
            assert made.owns(namespace) is (hosts[namespace] is not None and len(rivals) == 1)


@given(SMALL_ENTRIES, SUBDOMAIN, st.booleans())
def test_translation_is_the_same_whatever_the_order(entries: list[tuple[str, str]], name: str, only: bool) -> None:
    made, backwards = mappings(*entries, only=only), mappings(*reversed(entries), only=only)
    assert list(made.errors()) == list(backwards.errors())
    assume(not list(made.errors()))
    for namespace in SMALL:
        first = translate(name, namespace, "my-vc", "vcluster-ns", made)
        assert first == translate(name, namespace, "my-vc", "vcluster-ns", made)
        assert first == translate(name, namespace, "my-vc", "vcluster-ns", backwards)


@given(SMALL_ENTRIES, LABEL | st.sampled_from(SMALL))
def test_host_namespaces_are_legal_but_for_their_length(entries: list[tuple[str, str]], namespace: str) -> None:
    made = mappings(*entries)
    assume(not list(made.errors()))
    host = made.host_namespace(namespace)
    assert host is None or len(host) > 63 or DNS_LABEL.fullmatch(host)


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=4), st.text(max_size=20))
def test_any_text_can_be_judged(entries: list[tuple[str, str]], namespace: str) -> None:
    made = mappings(*entries)
    assert all(message.isprintable() and not message.endswith(".") for _, message in made.errors())
    assert made.host_namespace(namespace) is not None or not made.owns(namespace)


# The tables, against the rules said plainly.


def named(text: str, made: Mappings) -> str:
    return text.replace("${name}", made.vcluster, 1)


def plain_host_namespace(made: Mappings, namespace: str) -> str | None:
    """Every mapping tried in its order: names before patterns, and the first that matches."""
    for virtual, host in made.entries:
        if "*" not in virtual and "*" not in host and named(virtual, made) == namespace:
            return named(host, made)
    for virtual, host in made.entries:
        if virtual.endswith("*") and host.endswith("*") and namespace.startswith(named(virtual, made)[:-1]):
            return named(host, made)[:-1] + namespace[len(named(virtual, made)[:-1]) :]
    return None


def plain_sources(made: Mappings, host: str) -> set[str]:
    """Every namespace that a mapping could lead to the host's namespace from, kept where it does."""
    tried = {named(virtual, made) for virtual, _ in made.entries if "*" not in virtual}
    for virtual, hosts in made.entries:
        if virtual.endswith("*") and hosts.endswith("*") and host.startswith(named(hosts, made)[:-1]):
            tried.add(named(virtual, made)[:-1] + host[len(named(hosts, made)[:-1]) :])
    return {each for each in tried if DNS_LABEL.fullmatch(each) and plain_host_namespace(made, each) == host}


# Few letters and the vcluster's own name, so that sides overlap, repeat and contradict one another; some are no mappings at all.
SIDE = st.lists(st.sampled_from(["a", "b", "-", "a", "b", "${name}", "vc", "*", "a" * 31]), max_size=4).map("".join)
PATTERN = SIDE.map(lambda text: text + "*")
ANY_ENTRY = st.tuples(SIDE | PATTERN, SIDE | PATTERN) | st.tuples(PATTERN, PATTERN) | SMALL_ENTRY
ANY_NAMESPACE = st.lists(st.sampled_from(["a", "b", "-", "vc", "a" * 31]), max_size=5).map("".join) | st.sampled_from(SMALL)


@given(st.lists(ANY_ENTRY, max_size=8), st.lists(ANY_NAMESPACE, max_size=8), st.booleans())
def test_tables_agree_with_the_plain_rules(entries: list[tuple[str, str]], namespaces: list[str], only: bool) -> None:
    made = mappings(*entries, vcluster="vc", only=only)
    sides = [named(side, made).rstrip("*") for entry in entries for side in entry]
    for namespace in (*namespaces, *sides, *(side + namespace for side in sides for namespace in namespaces[:2])):
        host = plain_host_namespace(made, namespace)
        assert made.host_namespace(namespace) == host
        assert made.sources(namespace) == plain_sources(made, namespace)
        assert made.owns(namespace) is (host is not None and plain_sources(made, host) <= {namespace})


# Making 64 mappings takes a while on a busy machine.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANY_ENTRY, min_size=64, max_size=64), st.lists(ANY_NAMESPACE, min_size=1, max_size=4))
def test_tables_of_many_mappings_agree_with_the_plain_rules(entries: list[tuple[str, str]], namespaces: list[str]) -> None:
    made = mappings(*entries, vcluster="vc")
    for namespace in namespaces:
        assert made.host_namespace(namespace) == plain_host_namespace(made, namespace)
        assert made.sources(namespace) == plain_sources(made, namespace)


def plain_virtual_names(host: str, vcluster: str) -> list[HostName]:
    """Every place where a host name can be cut in two."""
    end = f"-x-{vcluster}"
    joined = host[: -len(end)] if host.endswith(end) else ""
    cuts = [place for place in range(1, len(joined)) if joined.startswith("-x-", place)]
    return [HostName(joined[cut + 3 :], joined[:cut]) for cut in cuts if DNS_LABEL.fullmatch(joined[cut + 3 :])]


@given(st.lists(st.sampled_from(["a", "-", "x", "-x-", "-x-", "-x-vc", "b" * 30]), max_size=14).map("".join))
def test_virtual_names_agree_with_the_plain_rule(text: str) -> None:
    for host in (text, f"{text}-x-vc"):
        assert list(virtual_names(host, "vc")) == plain_virtual_names(host, "vc")


def test_a_name_of_the_longest_namespace_is_found() -> None:
    assert list(virtual_names(f"a-x-{'n' * 63}-x-vc", "vc")) == [HostName("n" * 63, "a")]
    assert list(virtual_names(f"a-x-{'n' * 64}-x-vc", "vc")) == []

"""Random service accounts of virtual clusters, and random mappings of namespaces, as many faulty as not."""

import re
from random import Random

from tests.oracle.vcluster import Namespaces, ServiceAccount

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

_INNER = "abcdefghijklmnopqrstuvwxyz0123456789-"
_OUTER = _INNER[:-1]
_KEPT = 52


def label(random: Random, length: int) -> str:
    """A DNS label of this length."""
    inner = "".join(random.choices(_INNER, k=max(0, length - 2)))
    return (random.choice(_OUTER) + inner + random.choice(_OUTER))[:length]


def service_account(random: Random) -> ServiceAccount:
    """Any of the kinds below."""
    return random.choice((_any, _of_few_words, _near_the_limit, _dot_at_the_cut, _illegal))(random)


def _any(random: Random) -> ServiceAccount:
    name = ".".join(label(random, random.randint(1, 63)) for _ in range(random.choice((1, 1, 2, 3))))
    return ServiceAccount(name, label(random, random.randint(1, 63)), label(random, random.randint(1, 53)))


def _of_few_words(random: Random) -> ServiceAccount:
    """So few that different ones meet in one name."""

    def words() -> str:
        return "-".join(random.choices(("a", "x", "b", "x-a"), k=random.randint(1, 4)))

    long = random.choice(("", "", "l" * 40 + "-"))
    return ServiceAccount(long + words(), words(), random.choice(("vc", "x", "a-x-b")))


def _near_the_limit(random: Random) -> ServiceAccount:
    room = random.randint(62, 65) - len("-x--x-")
    first = random.randint(1, room - 2)
    second = random.randint(1, room - 1 - first)
    return ServiceAccount(label(random, first), label(random, second), label(random, room - first - second))


def _dot_at_the_cut(random: Random) -> ServiceAccount:
    before = label(random, _KEPT + random.randint(-2, 1))
    return ServiceAccount(f"{before}.{label(random, random.randint(1, 9))}", label(random, 5), label(random, 6))


def _illegal(random: Random) -> ServiceAccount:
    """What no API server would have: no function may fail on it, and bytes are not characters."""
    text = ["".join(random.choices("ab.-_ü", k=random.randint(0, 40))) for _ in range(3)]
    return ServiceAccount(*text)


def namespaces(random: Random) -> Namespaces:
    """Mappings, and namespaces that they may be about."""
    vcluster = random.choices(("vc", "a", "my-vc.x", "v" * 33), weights=(12, 4, 1, 1))[0]
    entries = dict(_entry(random) for _ in range(random.choices((0, 1, 2, 3, 4), weights=(1, 20, 20, 20, 20))[0]))
    hosts = [_named(host, vcluster) for host in entries.values()]
    legal = [name for name in (host.replace("*", "-own") for host in hosts) if LABEL.fullmatch(name)]
    own = random.choice(legal) if legal and random.random() < 0.1 else "vcluster-ns"
    asked = {text for side in (*entries, *hosts) for text in _around(random, _named(side, vcluster))}
    return Namespaces(entries, vcluster, own, sorted(asked | {"default"}))


def _named(side: str, vcluster: str) -> str:
    return side.replace("${name}", vcluster)


def _around(random: Random, side: str) -> tuple[str, ...]:
    """Namespaces that a side is about, and some that it just is not."""
    start = side.replace("*", "")
    return (start, start + "a", f"{start}-{random.choice('ab')}", start + label(random, random.randint(1, 40)), start[:-1])


def _entry(random: Random) -> tuple[str, str]:
    pattern = random.random() < 0.6
    mixed = random.random() < 0.02
    anything = random.random() < (0.2 if pattern else 0)
    return "*" if anything else _side(random, pattern=pattern), _side(random, pattern=pattern != mixed)


def _side(random: Random, *, pattern: bool) -> str:
    if random.random() < 0.03:
        return random.choice(_FAULTY)
    words = random.choices(("a", "b", "ab", "team", "vc", "${name}"), weights=(4, 4, 4, 2, 1, 1), k=random.randint(1, 3))
    text = "-".join(words)
    return random.choice((f"{text}*", f"{text}-*", f"{text}-*")) if pattern else text


_FAULTY = (
    "", "", "", "*", "*", "*", "**", "a*b", "*a", "a-*-*", "A", "-a", "a-", "a.b", "a/b", "a_b*", "A-*", "-*", "--*", "_-*", "a_-*", "a.-*", "-a-*",
    "${name}${name}", "${name}-${name}*", "${other}", "a-${other}*", "${", "}", "}${", "${na${name}me}", "a" * 63, "a" * 64,
    "a" * 32 + "*", "a" * 33 + "*", "a" * 30 + "${name}*", "a" * 31 + "${name}*", "a" * 61 + "${name}", "a" * 62 + "${name}",
    "ü", "ü*", "a b", "a\n",
)  # fmt: skip

"""Requests that are made of the examples by mutating them: wildly, as somebody who attacks would, or gently, so that many stay valid.

A seed gives the same request in every process. Seeds that are even are wild.
"""

import copy
import functools
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.catalogue.entry import NOTHING_FETCHED, Fetched, requirement, spec_digest
from function.cli.catalogue import read_catalogue
from function.cli.files import Document, manifests, pod_identities
from function.compose import compose
from function.naming import DERIVED_NAME
from function.observed import NOTHING_OBSERVED, RESOURCE_NAME
from function.resources.managed import EXTERNAL_NAME
from tests.support import EXAMPLES
from tests.support.hostile import HOSTILE
from tests.support.xrs import provided

Object = dict[str, Any]
Place = tuple[str | int, ...]


@dataclass
class Asked:
    """What a call brings, as plain values."""

    xr: Object
    observed: dict[str, Object] = field(default_factory=dict)
    """By composition resource name."""
    required: dict[str, Any] = field(default_factory=dict)
    """Lists of fetched objects by the name of the requirement, unless a mutation left something else."""

    def encoded(self, *, observed: bool = True) -> bytes:
        """The request, with what is observed or without."""
        request = fnv1.RunFunctionRequest()
        # Not json_format, which refuses NaN and infinity; a client need not.
        request.observed.composite.resource.update(self.xr)
        for name, seen in self.observed.items() if observed else ():
            request.observed.resources[name].resource.update(seen)
        for name, found in self.required.items():
            items = request.required_resources[name].items
            # Protobuf holds objects alone here, whatever a mutation left.
            for each in found if isinstance(found, list) else ():
                if isinstance(each, dict):
                    items.add().resource.update(each)
        return request.SerializeToString(deterministic=True)


def mutated(seed: int) -> Asked:
    """An example's request, mutated."""
    rng = random.Random(seed)
    asked = copy.deepcopy(rng.choice(_examples()))
    (_mutate_gently if seed % 2 else _mutate_wildly)(asked, rng)
    return asked


def _mutate_gently(asked: Asked, rng: random.Random) -> None:
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        rng.choice(_GENTLE)(asked.xr, rng)
    if rng.random() < 0.3:
        _spoof(asked, rng)
    if rng.random() < 0.1:
        rng.choice((_claim, _everywhere, _twist))(asked.xr, rng)


def _mutate_wildly(asked: Asked, rng: random.Random) -> None:
    if rng.random() < 0.1:
        asked.xr["kind"] = rng.choice(
            ("PodIdentity", "XPodIdentity", "PodIdentityCluster", "PodIdentityClaim", "", None, "Role", "\x00")
        )
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        target = rng.random()
        if target < 0.7:
            rng.choice(_WILD)(asked.xr, rng)
        elif target < 0.85 and asked.observed:
            rng.choice(_WILD)(rng.choice(list(asked.observed.values())), rng)
        elif asked.required:
            rng.choice(_WILD)(asked.required, rng)
    if rng.random() < 0.5:
        _spoof(asked, rng)


@functools.cache
def _examples() -> tuple[Asked, ...]:
    """Each example in both flavours, without and with what it composes; and the entries of their catalogues."""
    found: list[Asked] = []
    entries: dict[str, Object] = {}
    for path in sorted(EXAMPLES.glob("*/xr.yaml")):
        catalogue = path.parent / "catalogue.yaml"
        known = {name: _plain(entry) for name, entry in (read_catalogue((catalogue,)) if catalogue.exists() else {}).items()}
        required = {requirement(name).name: [entry] for name, entry in known.items()}
        entries |= {json.dumps(entry["spec"]): entry for entry in known.values()}
        for flavour in ("xr.yaml", "claim.yaml"):
            (document,) = pod_identities(path.parent / flavour, "default")
            assert isinstance(document, Document)
            found += _without_and_with(Asked(_plain(document.xr()), required=required))
    entries |= {json.dumps(entry["spec"]): _plain(entry) for entry in manifests(EXAMPLES / "install" / "catalogue.yaml")}
    for entry in entries.values():
        found += _without_and_with(Asked({name: value for name, value in entry.items() if name != "status"}))
    return tuple(found)


def _without_and_with(asked: Asked) -> list[Asked]:
    """The request while nothing is composed, and where all is."""
    made = _provided(asked)
    return [asked, Asked(asked.xr, made, asked.required)] if made else [asked]


def _plain(value: Any) -> Any:
    """A copy in dicts and lists."""
    return json.loads(json.dumps(value))


def _provided(asked: Asked) -> dict[str, Object]:
    """What is composed, there and ready."""
    fetched = Fetched.read(asked.required) if asked.required else NOTHING_FETCHED
    made = (_plain(each.object()) | {"name": each.name} for each in compose(asked.xr, NOTHING_OBSERVED, fetched).resources)
    return {each.pop("name"): _plain(provided(each, at_provider=each.get("spec", {}).get("forProvider", {}))) for each in made}


# What a mutation may put down.

_CONFUSABLES = str.maketrans(
    {"a": "\u0430", "e": "\u0435", "o": "\u043e", "s": "\u017f", "i": "\u0131", "k": "\u212a", "-": "\u2010", "/": "\u2215"}
)
_TEXTS = (
    "", " ", "*", "?", "**", "${*}", "${aws:PrincipalTag/x}", "${", "a*", "*:*", "/", "..", "-", "a/b", "a:b", "arn:aws:iam::*:role/*",
    "null", "true", "0", "1e999", "NaN", "~", "=", "!!python/object", "{{x}}", "%s%n", "'", '"', '"}', "\\", "\\u0000", "{", "[",
    "system:serviceaccount:*:*", "kube-system", "default", "111122223333", "arn:aws:iam::111122223333:role/x", "a" * 63, "a" * 64, "a" * 254,
    "Ünïcödé 名前", "🚀", "\ufffd", "٣", "a\u0301", "Allow", "Deny", "sts:AssumeRole", "pods.eks.amazonaws.com", "https://oidc.example.com/x",
    *HOSTILE.values(),
)  # fmt: skip
_NUMBERS = (
    0,
    -1,
    1,
    2,
    63,
    64,
    65,
    100,
    3600,
    43200,
    43201,
    2**31,
    -(2**31),
    2**53,
    2**53 + 2,
    2**64,
    0.1,
    -0.0,
    1e308,
    5e-324,
    1e21,
)
_ENDLESS = (float("nan"), float("inf"), float("-inf"))
_LONG = (100, 1000, 5000, 40_000)


def _value(rng: random.Random) -> Any:
    """Anything."""
    kind = rng.randrange(9)
    if kind < 3:
        return rng.choice(_TEXTS)
    if kind < 5:
        return rng.choice((*_NUMBERS, *_ENDLESS))
    if kind == 5:
        return rng.choice((None, True, False, [], {}, [None], [[]], {"": None}))
    if kind == 6:
        return {rng.choice((*_TEXTS, *_keys())): rng.choice(_TEXTS) for _ in range(rng.randint(1, 4))}
    if kind == 7:
        return [_value(rng) for _ in range(rng.randint(1, 4))]
    return rng.choice(_TEXTS) * rng.choice(_LONG)


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a value, the whole one apart."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*at, key)
        yield from _places(inner, (*at, key))


def _at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def _choose(value: Any, rng: random.Random, fits: Callable[[Any], bool] = lambda _: True) -> tuple[Any, Any] | None:
    """The container and the key of a place whose value fits, if there is one. Deep ones are chosen as often as shallow ones."""
    places = [place for place in _places(value) if fits(_at(value, place))]
    if not places:
        return None
    depth = rng.choice(sorted({len(place) for place in places}))
    place = rng.choice([each for each in places if len(each) == depth])
    return _at(value, place[:-1]), place[-1]


@functools.cache
def _values() -> dict[str, list[Any]]:
    """The values that the examples have, by the names of their fields."""
    found: dict[str, list[Any]] = {}
    for asked in _examples():
        for place in _places(asked.xr):
            if isinstance(place[-1], str):
                value = _at(asked.xr, place)
                known = found.setdefault(place[-1], [])
                if value not in known:
                    known.append(value)
    return {name: found[name] for name in sorted(found)}


@functools.cache
def _keys() -> tuple[str, ...]:
    return tuple(_values())


# Wild mutations.


def _replace(root: Any, rng: random.Random) -> None:
    if chosen := _choose(root, rng):
        chosen[0][chosen[1]] = _value(rng)


def _add(root: Any, rng: random.Random) -> None:
    if chosen := _choose(root, rng, lambda value: isinstance(value, dict | list)):
        inner = chosen[0][chosen[1]]
        if isinstance(inner, dict):
            inner[rng.choice((*_keys(), *_TEXTS))] = _value(rng)
        else:
            inner.insert(rng.randint(0, len(inner)), _value(rng))


def _delete(root: Any, rng: random.Random) -> None:
    if chosen := _choose(root, rng):
        del chosen[0][chosen[1]]


def _twist(root: Any, rng: random.Random) -> None:
    """Do something to a text."""
    if chosen := _choose(root, rng, lambda value: isinstance(value, str)):
        container, key = chosen
        text, at = container[key], rng.randint(0, len(container[key]))
        container[key] = rng.choice(
            (
                text[:at] + rng.choice(list(HOSTILE.values())) + text[at:],
                text[:at] + rng.choice(("*", "?", "${*}", " ", "\t", ":", "/", "\u00a0", "\u3000")) + text[at:],
                text.translate(_CONFUSABLES),
                text.swapcase(),
                f" {text}\n",
                text * rng.choice((2, 50, 3000)),
                text[:at],
                text[::-1],
            )
        )


def _rename(root: Any, rng: random.Random) -> None:
    """Write a field under another name, or under a second one that looks the same."""
    chosen = _choose(root, rng)
    if chosen and isinstance(chosen[0], dict):
        container, key = chosen
        new = rng.choice((key.swapcase(), key.translate(_CONFUSABLES), f"{key} ", f"{key}\x00", rng.choice(_keys()), key * 200))
        container[new] = copy.deepcopy(container[key])
        if rng.random() < 0.5:
            container.pop(key)


def _graft(root: Any, rng: random.Random) -> None:
    """Put something that stands elsewhere here."""
    source = root if rng.random() < 0.5 else rng.choice(_examples()).xr
    taken, here = _choose(source, rng), _choose(root, rng)
    if taken and here:
        here[0][here[1]] = copy.deepcopy(taken[0][taken[1]])


def _repeat(root: Any, rng: random.Random) -> None:
    """Have an item many times."""
    if chosen := _choose(root, rng, lambda value: isinstance(value, list) and bool(value)):
        listed = chosen[0][chosen[1]]
        listed.extend(copy.deepcopy(rng.choice(listed)) for _ in range(rng.choice((1, 2, 20, 70, 300))))


def _nest(root: Any, rng: random.Random) -> None:
    if chosen := _choose(root, rng):
        value, key = chosen[0][chosen[1]], rng.choice((*_keys(), "a"))
        for _ in range(rng.choice((1, 2, 10, 25, 45))):
            value = [value] if rng.random() < 0.3 else {key: value}
        chosen[0][chosen[1]] = value


_OWNERS: tuple[Any, ...] = (
    "x",
    "kube-system",
    "",
    "*",
    "a*",
    "${*}",
    "a.b",
    "A",
    "x" * 300,
    ["a"],
    None,
    5,
    {"a": "b"},
    *HOSTILE.values(),
)


def _claim(root: Any, rng: random.Random) -> None:
    """Another owner: one part of it is something else, or all are, or it is nothing that has parts."""
    spec, metadata = root.get("spec"), root.get("metadata")
    parts = ("namespace", "name", "kind", "apiVersion")
    changed = rng.choice((("namespace",), ("name",), parts))
    claim = {part: "data" for part in parts if rng.random() < 0.9} | {part: rng.choice(_OWNERS) for part in changed}
    if isinstance(spec, dict) and ("claimRef" in spec or rng.random() < 0.3):
        known = spec.get("claimRef")
        claim = {**(known if isinstance(known, dict) else {}), **claim}
        spec["claimRef"] = rng.choice((claim, claim, claim, claim, rng.choice(_OWNERS), [claim]))
    elif isinstance(metadata, dict):
        metadata[rng.choice(("namespace", "name"))] = rng.choice(_OWNERS)


def _everywhere(root: Any, rng: random.Random) -> None:
    """Change a text alike wherever it stands, so that what refers to it does so still."""
    places = [place for place in _places(root) if isinstance(_at(root, place), str)]
    if places:
        old = _at(root, rng.choice(places))
        new = rng.choice(
            (
                rng.choice(list(HOSTILE.values())),
                f"{old}{rng.choice(list(HOSTILE.values()))}",
                f"{old}*",
                old.translate(_CONFUSABLES),
            )
        )
        for place in places:
            if _at(root, place) == old:
                _at(root, place[:-1])[place[-1]] = new


def _gently(root: Any, rng: random.Random) -> None:
    rng.choice(_GENTLE)(root, rng)


def _again(root: Any, rng: random.Random) -> None:
    """Have an item a second time as it is, which many lists refuse with its name."""
    if chosen := _choose(root, rng, lambda value: isinstance(value, list) and bool(value)):
        chosen[0][chosen[1]].append(copy.deepcopy(rng.choice(chosen[0][chosen[1]])))


_WILD = (
    *(_replace, _add, _delete, _twist, _twist, _rename, _graft, _graft, _repeat, _nest),
    *(_claim, _claim, _everywhere, _everywhere, _again, _gently, _gently),
)


# What somebody may do who can write what is composed or fetched, or whose texts a cloud repeats.


def _spoof(asked: Asked, rng: random.Random) -> None:
    rng.choice((_spoof_annotations, _spoof_shown, _spoof_conditions, _spoof_entry, _spoof_names))(asked, rng)


def _object(value: Any) -> Object:
    return dict(value) if isinstance(value, dict) else {}


def _spoof_annotations(asked: Asked, rng: random.Random) -> None:
    for seen in rng.sample(list(asked.observed.values()), min(len(asked.observed), 2)):
        metadata = seen.setdefault("metadata", {})
        if isinstance(metadata, dict):
            annotations = metadata["annotations"] = _object(metadata.get("annotations")) if rng.random() < 0.7 else {}
            texts = (
                *_TEXTS,
                "role",
                "target",
                "role data/reports",
                "target evil/x",
                "true",
                "a-victim00000000000",
                *_values().get("name", ()),
            )
            for name in (EXTERNAL_NAME, DERIVED_NAME, "podidentity.dev/imported", RESOURCE_NAME, "crossplane.io/paused"):
                if rng.random() < 0.6:
                    annotations[name] = rng.choice((*texts, *_NUMBERS)) if rng.random() < 0.9 else _value(rng)


def _spoof_shown(asked: Asked, rng: random.Random) -> None:
    """Have the cloud show something else."""
    for seen in rng.sample(list(asked.observed.values()), min(len(asked.observed), 2)):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
        policies = (
            json.dumps({"Version": "2012-10-17", "Statement": [statement, _value(rng)]}, allow_nan=True),
            json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{**statement, "Condition": {"StringLike": {"aws:RequestTag/x": rng.choice(_TEXTS)}}}],
                }
            ),
            *_TEXTS,
        )
        shown: Object = {
            "arn": rng.choice((*_TEXTS, f"arn:aws:iam::999999999999:role/{rng.choice(_TEXTS)}")),
            "assumeRolePolicy": rng.choice(policies),
            "associationId": rng.choice(_TEXTS),
            "email": rng.choice((*_TEXTS, "x@y.iam.gserviceaccount.com")),
            "roleArn": rng.choice(_TEXTS),
            "tagsAll": _value(rng),
        }
        kept = {name: value for name, value in shown.items() if rng.random() < 0.5}
        seen["status"] = {**_object(seen.get("status")), "atProvider": rng.choice((kept, kept, _value(rng)))}


def _spoof_conditions(asked: Asked, rng: random.Random) -> None:
    """Have a provider say it with somebody's words."""
    words = (
        "create failed: ResourceInUseException: Association already exists: a-victim00000000000",
        'tag "Association already exists: a-victim00000000000"',
        "AccessDenied " * 4000,
    )
    for seen in rng.sample(list(asked.observed.values()), min(len(asked.observed), 3)):
        conditions = [
            {
                "type": kind,
                "status": rng.choice(("True", "False", "Unknown", "", 1)),
                "reason": rng.choice(_TEXTS),
                "message": rng.choice((*words, *_TEXTS)),
            }
            for kind in ("Ready", "Synced", "LastAsyncOperation")
        ]
        seen["status"] = {**_object(seen.get("status")), "conditions": rng.choice((conditions, conditions, _value(rng)))}


def _spoof_entry(asked: Asked, rng: random.Random) -> None:
    """Another entry of the catalogue than what the platform wrote."""
    for found in asked.required.values():
        if not isinstance(found, list):
            continue
        if rng.random() < 0.1:
            found.clear()
        for entry in found:
            if not isinstance(entry, dict):
                continue
            for _ in range(rng.randint(1, 2)):
                rng.choice((*_GENTLE, _replace, _twist, _graft))(entry, rng)
            status, spec = entry.get("status"), entry.get("spec")
            if isinstance(status, dict) and isinstance(spec, dict) and rng.random() < 0.7:
                status["specDigest"] = spec_digest(spec)


def _spoof_names(asked: Asked, rng: random.Random) -> None:
    """What is there under a name that another resource has, or none."""
    names = list(asked.observed)
    if names:
        name = rng.choice(names)
        asked.observed[
            rng.choice(
                (*names, *(f"{kind}-0123456789abcdef" for kind in ("role", "association", "service-account", "policy", "x")))
            )
        ] = copy.deepcopy(asked.observed[name])


# Gentle mutations.


def _value_of_another(root: Any, rng: random.Random) -> None:
    """The value that the field has in another example."""
    chosen = _choose(root, rng)
    if chosen and isinstance(chosen[0], dict):
        chosen[0][chosen[1]] = copy.deepcopy(rng.choice(_values().get(chosen[1], [chosen[0][chosen[1]]])))


def _field_of_another(root: Any, rng: random.Random) -> None:
    """A field more, which an object of the same name has in another example."""
    if chosen := _choose(root, rng, lambda value: isinstance(value, dict)):
        others = [value for value in _values().get(str(chosen[1]), []) if isinstance(value, dict) and value]
        if others:
            name, value = rng.choice(sorted(rng.choice(others).items(), key=lambda item: item[0]))
            chosen[0][chosen[1]].setdefault(name, copy.deepcopy(value))


def _reorder(root: Any, rng: random.Random) -> None:
    if chosen := _choose(root, rng, lambda value: isinstance(value, list)):
        rng.shuffle(chosen[0][chosen[1]])


def _longer_name(root: Any, rng: random.Random) -> None:
    """Another valid name; the same wherever it stands, so that what refers to it does so still."""
    names = [place for place in _places(root) if place[-1] == "name" and isinstance(_at(root, place), str)]
    if names:
        old = _at(root, rng.choice(names))
        new = f"{old}-{rng.choice(('a', '0', 'x' * 20))}"
        for place in list(_places(root)):
            if _at(root, place) == old:
                _at(root, place[:-1])[place[-1]] = new


def _one_more(root: Any, rng: random.Random) -> None:
    """An item more, of another name."""
    if chosen := _choose(root, rng, lambda value: isinstance(value, list) and bool(value) and isinstance(value[0], dict)):
        listed = chosen[0][chosen[1]]
        for number in range(rng.choice((1, 1, 3, 15))):
            item = copy.deepcopy(rng.choice(listed))
            if isinstance(item, dict) and isinstance(item.get("name"), str):
                item["name"] = f"{item['name']}-{number}"
            listed.append(item)


def _one_less(root: Any, rng: random.Random) -> None:
    if chosen := _choose(root, rng, lambda value: isinstance(value, list) and len(value) > 1):
        chosen[0][chosen[1]].pop(rng.randrange(len(chosen[0][chosen[1]])))


def _optional(root: Any, rng: random.Random) -> None:
    """A field less, deep down, where few are needed."""
    places = [place for place in _places(root) if len(place) > 3 and isinstance(place[-1], str)]
    if places:
        place = rng.choice(places)
        del _at(root, place[:-1])[place[-1]]


def _setting(root: Any, rng: random.Random) -> None:
    """Something that many identities can have."""
    spec = root.get("spec")
    if not isinstance(spec, dict):
        return
    cloud = spec.get("aws") if isinstance(spec.get("aws"), dict) else spec.get("gcp")
    wanted: Mapping[str, tuple[Any, ...]] = {
        "tags": ({"team": "data"}, {f"k{number}": "v" for number in range(12)}, {"a b": "Ü 名"}),
        "deletionOrder": ("Ordered",),
        "serviceAccountManagement": ("Own", "Annotate"),
        "managementPolicies": (["*"], ["Observe"], []),
    }
    name = rng.choice(list(wanted))
    spec[name] = copy.deepcopy(rng.choice(wanted[name]))
    if isinstance(cloud, dict) and rng.random() < 0.6:
        trust = cloud.setdefault("trust", {}) if "aws" in spec else cloud
        if isinstance(trust, dict):
            trust["pin"] = rng.choice(("ServiceAccount", "Namespace", "Cluster", "None"))


_GENTLE = (
    _value_of_another,
    _value_of_another,
    _field_of_another,
    _reorder,
    _longer_name,
    _one_more,
    _one_less,
    _optional,
    _setting,
)

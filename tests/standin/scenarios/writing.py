"""How the provider writes managed resources: from Go structs, and in what order."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.standin.scenarios.world import GOOD, READ_ONLY, TRUST, Thing, World, exercises

_STRING, _STRINGS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
_MAP = {"type": "object", "additionalProperties": _STRING}


def _struct(**fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


_FIELDS = _struct(
    assumeRolePolicy=_STRING,
    description=_STRING,
    inlinePolicy={"type": "array", "items": _struct(name=_STRING, policy=_STRING)},
    managedPolicyArns=_STRINGS,
    managedPolicyArnsRefs={"type": "array", "items": _struct(name=_STRING)},
    maxSessionDuration={"type": "number"},
    path=_STRING,
    tags=_MAP,
    role=_STRING,
    policyArn=_STRING,
    policyArnSelector=_struct(matchLabels=_MAP),
)
SCHEMA = _struct(
    forProvider=_FIELDS,
    initProvider=_FIELDS,
    managementPolicies=_STRINGS,
    providerConfigRef=_struct(kind=_STRING, name=_STRING),
)
"""Of a Role's and a RolePolicyAttachment's spec, as far as these scenarios go."""


@exercises("write-order")
def write_order() -> None:
    """By what the object has after each write that it did not have before."""
    role = World(schema=SCHEMA).apply("Role", {"assumeRolePolicy": TRUST, "managedPolicyArns": []})
    assert list(_new(role)) == [
        ["forProvider.tags", "initProvider"],
        ["external-name"],
        ["finalizers"],
        ["external-create-pending"],
        ["external-create-succeeded"],
        ["Ready.Creating", "Synced.ReconcileSuccess"],
        ["forProvider.maxSessionDuration", "forProvider.path"],
        ["Ready.Available", "LastAsyncOperation.Success"],
    ]
    assert role.object["metadata"]["generation"] == 3
    assert _observed_generation(role) == 3
    assert role.wait(60).writes == 9


@exercises("empty-list-fight")
def empty_list_fight() -> None:
    """For as long as somebody applies it, and quiet without it."""
    role = World(schema=SCHEMA).role(managedPolicyArns=[])
    assert "managedPolicyArns" not in role.for_provider
    before = _generation(role)
    generations = [_generation(_applied(role, managedPolicyArns=[])) for _ in range(5)]
    assert generations == [before + 2 * (times + 1) for times in range(5)]
    assert role.state == GOOD
    assert {_generation(_applied(role, description="x")) for _ in range(5)} == {generations[-1] + 1}


@exercises("empty-map-stays")
def empty_map_stays() -> None:
    """What takes it away is, for one, the finalizer."""
    attachment = World(schema=SCHEMA).apply(
        "RolePolicyAttachment", {"role": "x", "policyArn": READ_ONLY, "policyArnSelector": {"matchLabels": {}}}
    )
    assert attachment.for_provider["policyArnSelector"] == {}
    before = _generation(attachment)
    for _ in range(5):
        _applied(attachment, policyArnSelector={"matchLabels": {}})
    assert _generation(attachment) == before + 1
    assert attachment.for_provider["policyArnSelector"] == {"matchLabels": {}}


@exercises("struct-stays")
def struct_stays() -> None:
    """However often it is applied."""
    role = World(schema=SCHEMA).role(inlinePolicy=[{}], description="")
    before = _generation(role)
    assert {_generation(_applied(role, inlinePolicy=[{}], description="")) for _ in range(5)} == {before}
    assert (role.for_provider["inlinePolicy"], role.for_provider["description"]) == ([{}], "")
    assert role.object["spec"]["initProvider"] == {}


def _applied(thing: Thing, **for_provider: Any) -> Thing:
    """As by server-side apply: what is there already is no change."""
    missing = object()
    if any(thing.for_provider.get(name, missing) != value for name, value in for_provider.items()):
        return thing.edit(**for_provider)
    return thing.settle()


def _generation(thing: Thing) -> int:
    return int(thing.object["metadata"]["generation"])


def _observed_generation(thing: Thing) -> int:
    conditions = thing.object["status"]["conditions"]
    return int(next(each["observedGeneration"] for each in conditions if each["type"] == "Synced"))


def _new(thing: Thing) -> Iterator[list[str]]:
    known = {"forProvider.assumeRolePolicy", "forProvider.managedPolicyArns"}
    for each in thing.history:
        found = _parts(each)
        yield [part for part in found if part not in known]
        known |= set(found)


def _parts(found: Mapping[str, Any]) -> list[str]:
    metadata, spec = found["metadata"], found["spec"]
    return [
        *(f"forProvider.{name}" for name in spec["forProvider"]),
        *(["initProvider"] if "initProvider" in spec else []),
        *(name.partition("/")[2] for name in metadata.get("annotations", {})),
        *(["finalizers"] if metadata.get("finalizers") else []),
        *(f"{each['type']}.{each['reason']}" for each in (found.get("status") or {}).get("conditions", [])),
    ]

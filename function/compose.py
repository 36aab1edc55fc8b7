"""The whole use case, as pure functions.

In: an XR, what earlier calls made, what was fetched. Out: a plan. The plan and what is observed give the answer.

    plan(xr, previous, fetched) -> Plan | Invalid | Pending          .answer(observed) -> Result

A plan is all that does not change while composed resources become ready, as values: whose identity it is, the roles or service
accounts, the policy documents, the resources. It cannot fail to answer.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from function import clouds
from function.catalogue.entry import KIND, Fetched
from function.catalogue.merge import Merged, merge
from function.clouds import Composed, Previous
from function.conditions import CLUSTERS_RESOLVED, SPEC_VALID, VALID, Condition
from function.errors import MOST_ERRORS, FieldError, InvalidSpec, listed, one_line, quoted
from function.identity.podidentity import Spec, identity_of, owner_of, scope_of, written
from function.identity.subjects import Owner
from function.observed import Observed
from function.podidentitycluster.compose import CONDITIONS, compose_cluster
from function.resources.readiness import SPEC_INVALID, SPEC_NOT_READ
from function.result import Requirement, Result
from function.spec.hints import Around, names_of
from function.spec.management import Scope
from function.spec.reader import parse
from function.spec.size import MAX_SPEC, TOO_LARGE, larger

_AROUND: Around = {("spec", name): section for name, (section, _) in clouds.SECTIONS.items()}
_SPLIT = "split it over several PodIdentities, with fewer clusters, service accounts, policies or roles each"
_LATER = "cannot be checked until the facts of the clusters are known"
_NOT_LOOKED_AT = Condition(
    CLUSTERS_RESOLVED, "Unknown", "OwnerInvalid", "the clusters are not looked at for an owner that is none"
)


@dataclass(frozen=True)
class Plan:
    """A valid XR."""

    cloud: clouds.Plan
    """What shall exist in its cloud."""
    clusters: Condition
    """Whether the facts of all clusters are known."""
    requirements: tuple[Requirement, ...] = ()

    @cached_property
    def composed(self) -> Composed:
        """The resources."""
        return clouds.compose(self.cloud)

    def answer(self, observed: Observed) -> Result:
        """The answer, with what is observed now."""
        result = clouds.answer(self.cloud, self.composed, observed)
        return replace(result, conditions=(VALID, self.clusters, *result.conditions), requirements=self.requirements)


@dataclass(frozen=True, slots=True)
class Invalid:
    """An XR that is refused."""

    fields: frozenset[str]
    """The names of the fields of its spec."""
    reason: InvalidSpec
    clusters: Condition
    requirements: tuple[Requirement, ...] = ()

    def answer(self, observed: Observed) -> Result:
        """What exists stays, and every condition is set, since one left out turns Unknown."""
        if self.clusters.status == "True" or self.clusters.reason == _NOT_LOOKED_AT.reason:
            spec_valid, while_ = Condition(SPEC_VALID, "False", "Invalid", str(self.reason)), SPEC_INVALID
        else:
            while_ = SPEC_NOT_READ
            spec_valid = Condition(SPEC_VALID, "Unknown", "ClustersNotResolved", _LATER)
        wrong = {error.mismatch: error for error in self.reason.errors if error.mismatch}
        others = (
            Condition(c.type, "False", "AccountMismatch", str(wrong[c.type])) if c.type in wrong else c
            for c in clouds.while_spec_is_invalid(self.fields, observed, while_)
        )
        return Result(
            (spec_valid, self.clusters, *others),
            requirements=self.requirements,
            fatal=str(self.reason),
            errors=self.reason.errors,
        )


@dataclass(frozen=True, slots=True)
class Pending:
    """An XR for which something has to be fetched first."""

    fields: frozenset[str]
    """The names of the fields of its spec."""
    clusters: Condition
    requirements: tuple[Requirement, ...]

    def answer(self, observed: Observed) -> Result:
        """What is required; Crossplane asks again with it before it applies anything."""
        waiting = Condition(SPEC_VALID, "Unknown", "ClustersNotFetched", _LATER)
        unread = clouds.while_spec_is_invalid(self.fields, observed, SPEC_NOT_READ)
        return Result((waiting, self.clusters, *unread), unready=True, requirements=self.requirements)


Outcome: TypeAlias = Plan | Invalid | Pending


def compose(xr: Mapping[str, Any], observed: Observed, fetched: Fetched, *, small: bool = False) -> Result:
    """Answer for an XR of any kind. Bad input gives a result with `fatal` set and without resources, never an exception.

    `small` says that its spec is known to be no larger than MAX_SPEC, so that it need not be measured.

    A result with requirements that are not in `fetched` is not final: fetch them and call again.
    """
    if xr.get("kind") == KIND:
        return compose_cluster(xr, observed, fetched, small=small)
    spec = xr.get("spec")
    fields = spec if isinstance(spec, Mapping) else {}
    return plan(xr, clouds.previous(fields, observed), fetched, small=small).answer(observed)


def plan(xr: Mapping[str, Any], previous: Previous, fetched: Fetched, *, small: bool = False) -> Outcome:
    """Plan a PodIdentity. `small` says that its spec is known to be no larger than MAX_SPEC."""
    raw, scope, read_owner = xr.get("spec"), scope_of(xr), owner_of(xr)
    owner = read_owner.value
    if not isinstance(raw, Mapping):
        invalid = InvalidSpec([*read_owner.errors, FieldError(("spec",), f"must be an object, not {quoted(raw)}")])
        return Invalid(frozenset(), invalid, _clusters_resolved(Merged({})))
    if not small and larger(written(raw, scope), MAX_SPEC):
        invalid = InvalidSpec([FieldError(("spec",), f"{TOO_LARGE}: {_SPLIT}")])
        return Invalid(frozenset(name for name in clouds.NAMES if name in raw), invalid, _clusters_resolved(Merged({})))
    fields = frozenset(raw)
    if read_owner.errors:
        # Which entries of the catalogue it may use depends on the owner, and so does most of what is derived.
        invalid = InvalidSpec([*read_owner.errors, *_errors_without_facts(written(raw, scope))])
        return Invalid(fields, invalid, _NOT_LOOKED_AT)
    merged = merge(raw, fetched, owner.namespace, claim=not scope.namespaced)
    clusters = _clusters_resolved(merged)
    if merged.pending:
        return Pending(fields, clusters, merged.requirements)
    if merged.errors:
        invalid = InvalidSpec([*merged.errors, *_errors_without_facts(written(raw, scope))])
        return Invalid(fields, invalid, clusters, merged.requirements)
    read = _read(merged, owner, scope, previous)
    if isinstance(read, InvalidSpec):
        return Invalid(fields, InvalidSpec(merged.at_the_name(read.errors)), clusters, merged.requirements)
    return Plan(read, clusters, merged.requirements)


def broken(message: str, kind: str, fields: Container[str]) -> Result:
    """The answer where the function itself failed, so that nothing can be said of any condition."""
    types = CONDITIONS if kind == KIND else (SPEC_VALID, CLUSTERS_RESOLVED, *clouds.condition_types(fields))
    return Result(tuple(Condition(type_, "Unknown", "InternalError", message) for type_ in types), fatal=message)


def _read(merged: Merged, owner: Owner, scope: Scope, previous: Previous) -> clouds.Plan | InvalidSpec:
    """Read a spec with the facts in it: what shall exist in its cloud, or every error that can be told."""
    rest = written(merged.spec, scope)
    sections = {name: rest.pop(name) for name in clouds.NAMES if name in rest}
    parsed = parse(Spec, rest, ("spec",), _AROUND)
    identity, errors = identity_of(parsed, owner, scope, merged.without_agent)
    errors = [*parsed.errors, *_one_cloud(sections, rest), *errors]
    found: clouds.Plan | None = None
    for name, section in sections.items() if len(errors) <= MOST_ERRORS else ():
        read = clouds.read(name, section, identity, previous, errors)
        errors += parsed.new(read.errors)
        found = read.value
    return InvalidSpec(errors) if errors or found is None else found


def _errors_without_facts(rest: dict[str, Any]) -> Iterator[FieldError]:
    """Errors that can be told whatever the facts of the clusters are: those of single fields outside the clouds' sections."""
    sections = {name: rest.pop(name) for name in clouds.NAMES if name in rest}
    yield from parse(Spec, rest, ("spec",), _AROUND).errors
    yield from _one_cloud(sections, rest)


def _one_cloud(sections: Mapping[str, object], rest: Container[str]) -> Iterator[FieldError]:
    if len(sections) != 1:
        wanted = " or ".join(f"spec.{cloud}" for cloud in clouds.NAMES)
        misplaced = {
            f"{name} belongs in spec.{at[1]}" for at, model in _AROUND.items() for name in names_of(model) if name in rest
        }
        where = "".join(f"; {each}" for each in sorted(misplaced)) if not sections else ""
        yield FieldError(("spec",), f"needs exactly one cloud, {wanted}; has {listed(sections) or 'none'}{where}")


def _clusters_resolved(merged: Merged) -> Condition:
    if merged.pending:
        return Condition(CLUSTERS_RESOLVED, "Unknown", "Fetching", "the clusters' entries in the catalogue are being fetched")
    if merged.errors:
        return Condition(CLUSTERS_RESOLVED, "False", "NotResolved", one_line(InvalidSpec(merged.errors).errors))
    if merged.names:
        names = listed(dict.fromkeys(merged.names.values()))
        message = f"the facts of the clusters are known; from the catalogue: {names}"
        return Condition(CLUSTERS_RESOLVED, "True", "Resolved", message)
    return Condition(CLUSTERS_RESOLVED, "True", "Inline", "the facts of all clusters are written in the spec")

"""crossplane-runtime's managed reconciler with upjet behind it, one pass at a time.

The real one takes several passes to where one leads here: create, observe, late-initialise, update. What it writes on the way is
written here too, in its order: tags, external name, finalizer, both annotations of a creation, the status, late initialisation.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tests.standin.cloud.calls import Cloud
from tests.standin.provider import conditions
from tests.standin.provider.kind import Asked, Fields, Kind
from tests.standin.provider.late_initialisation import late_initialise
from tests.standin.provider.memory import Memory
from tests.standin.provider.resource import CREATE_PENDING, CREATE_SUCCEEDED, EXTERNAL_NAME, FINALIZER, Managed, Object
from tests.standin.provider.session import Refused, Session
from tests.standin.provider.typed import Schema
from tests.standin.provider.upjet import Change, asynchronous

NOT_THERE = "observe failed: external resource does not exist"
_ROUNDS = 5
"""More than any pass needs: create, late-initialise, update, and update once more what late initialisation brought back."""


@dataclass(frozen=True)
class Settings:
    """How the cloud and the provider are set up."""

    accounts: Mapping[str, str]
    """Accounts of AWS by the name of the provider config."""
    account: str = "111122223333"
    """The account of every other provider config."""
    projects: Mapping[str, str] = field(default_factory=dict)
    """Projects of Google Cloud by the name of the provider config."""
    project: str = "provider-project"
    """The project of every other provider config."""
    denied: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By the name of the provider config: the resources of Google Cloud that are refused to its credentials."""
    lag: float = 0
    """For how many seconds a creation or a deletion is under way."""
    propagation: float = 5
    """For how many seconds a create is repeated whose role is not there; the real provider takes two minutes."""
    retry: float = 1
    """After how many seconds what failed is tried again."""
    says_looks: bool = True
    """Whether Synced has the time of the last look, as that of the real provider."""


class Pass(NamedTuple):
    """What came of a pass: the object as it should be, in how many seconds to look again, and how it came to be so."""

    object: Object
    again: float | None = None
    writes: tuple[Object, ...] = ()
    """The object after each write; what it has beyond the last of them is one more write, of the status."""


class Provider:
    """The provider, all kinds."""

    def __init__(self, cloud: Cloud, memory: Memory, settings: Settings) -> None:
        self._cloud = cloud
        self._memory = memory
        self._settings = settings

    def reconcile(self, given: Mapping[str, Any], kind: Kind, now: datetime, schema: Schema | None = None) -> Pass:
        """Bring the cloud to what the spec says, and the status to what the cloud says; the schema is that of the spec."""
        managed = Managed(given, kind, schema)
        policies = managed.policies
        if managed.paused:
            managed.mark(conditions.PAUSED, now)
            return Pass(managed.object)
        if not policies.supported:
            managed.mark(conditions.error(policies.refusal), now)
            return Pass(managed.object)
        session = self._session(managed, kind, now)
        try:
            done = self._work(managed, kind, session)
        except Refused as refused:
            # Whatever is refused later than in a look is told where it happens.
            done = self._unseen(managed, kind, session, refused)
        return done if done.object is managed.given else done._replace(writes=tuple(managed.writes))

    def _work(self, managed: Managed, kind: Kind, session: Session) -> Pass:
        if managed.deleted and not managed.policies.allow("Delete"):
            return _let_go(managed)
        _initialise(managed, kind)
        if managed.deleted:
            return self._delete(managed, kind, session)
        for _ in range(_ROUNDS):
            state = self._read(managed, kind, session)
            done = self._create(managed, kind, session) if state is None else self._keep(managed, kind, session, state)
            if done:
                return done
        return Pass(managed.object, self._settings.retry)

    def abandon(self, given: Mapping[str, Any], kind: Kind, now: datetime) -> None:
        """Take back what was created for a resource that turned out to be gone before it could be held."""
        managed = Managed(given, kind)
        if FINALIZER in managed.finalizers or not self._memory.name(managed.uid):
            return
        session = self._session(managed, kind, now)
        state = self._read(managed, kind, session)
        if state is not None:
            kind.delete(session, state)

    def forget(self, uid: str) -> None:
        """Of a resource that is gone nothing needs to be known."""
        self._memory.forget(uid)

    def _session(self, managed: Managed, kind: Kind, now: datetime) -> Session:
        settings, config = self._settings, managed.provider_config
        if kind.cloud == "aws":
            return Session(self._cloud, settings.accounts.get(config, settings.account), managed.uid, now)
        project = settings.projects.get(config, settings.project)
        return Session(self._cloud, project, managed.uid, now, settings.denied.get(config, ()))

    def _read(self, managed: Managed, kind: Kind, session: Session) -> Fields | None:
        """What was seen before counts first, then what was just created, then the annotation."""
        written = managed.annotations.get(EXTERNAL_NAME, "")
        seen = managed.observed
        known = (kind.external_name(seen) if seen.get("id") else "") or self._memory.name(managed.uid)
        if known and known != written:
            state = kind.read(session, Asked(known, managed.desired, managed.observed, managed.initial))
            if state is not None:
                return _held(state)
        state = kind.read(session, _asked(managed))
        return None if state is None else _held(state)

    def _create(self, managed: Managed, kind: Kind, session: Session) -> Pass | None:
        policies, asked = managed.policies, _asked(managed)
        if policies.only_observe:
            managed.mark(conditions.error(NOT_THERE), session.now)
            return Pass(managed.object, self._settings.retry)
        if not policies.allow("Create"):
            managed.mark(conditions.SUCCESS, session.now)
            return Pass(managed.object)
        new = CREATE_SUCCEEDED not in managed.annotations
        _hold(managed, session.now)
        under_way = self._memory.seconds(managed.uid, "create", session.now)
        managed.mark(conditions.CREATING, session.now)
        if new or under_way < self._settings.lag:
            managed.mark(conditions.SUCCESS, session.now)
            managed.write_status()
        if under_way < self._settings.lag:
            return Pass(managed.object, self._settings.lag - under_way)
        try:
            self._memory.learn(managed.uid, kind.create(session, asked))
        except Refused as refused:
            return self._failed(
                managed, kind, session, "create", refused, kind.doing("create", {**asked.desired, "id": asked.name})
            )
        self._memory.ended(managed.uid, "create")
        return None

    def _keep(self, managed: Managed, kind: Kind, session: Session, state: Fields) -> Pass | None:
        policies = managed.policies
        managed.add_finalizer()
        # Compared before late initialisation fills in the spec, and acted upon as it was then.
        name = kind.external_name(state)
        asked = _asked(managed, name)
        changes = [] if policies.only_observe else kind.changes(asked, state)
        if policies.allow("LateInitialize"):
            filled_in = late_initialise(managed, kind, state)
            # The same right covers the external name, which is put back to what the cloud thing is called.
            renamed = managed.annotations.get(EXTERNAL_NAME) != name
            if renamed:
                managed.annotate(EXTERNAL_NAME, name)
            if filled_in or renamed:
                managed.write()
        managed.observe(state)
        managed.mark(conditions.AVAILABLE, session.now)
        if not changes:
            managed.mark(conditions.OPERATION_SUCCEEDED, session.now)
            if self._settings.says_looks:
                # upjet names no generation and the reconciler does, so each finds another condition than its own, in every look.
                managed.mark(conditions.SUCCESS_AS_UPJET_SAYS, session.now)
        if not changes or not policies.allow("Update"):
            self._memory.ended(managed.uid, "create", "update")
            managed.mark(conditions.SUCCESS, session.now)
            return Pass(managed.object)
        if _needs_replacing(changes):
            return self._fail(managed, session, "update", kind.make.refused(changes))
        try:
            kind.update(session, asked, state, {change.field: change for change in changes})
        except Refused as refused:
            return self._failed(managed, kind, session, "update", refused, kind.doing("update", state))
        self._memory.ended(managed.uid, "update")
        return None

    def _delete(self, managed: Managed, kind: Kind, session: Session) -> Pass:
        state = self._read(managed, kind, session)
        if state is None:
            return _let_go(managed)
        if len(managed.finalizers) > 1:
            return Pass(managed.object)
        under_way = self._memory.seconds(managed.uid, "delete", session.now)
        managed.mark(conditions.DELETING, session.now)
        if under_way < self._settings.lag:
            managed.mark(conditions.SUCCESS, session.now)
            return Pass(managed.object, self._settings.lag - under_way)
        name = kind.external_name(state)
        try:
            kind.delete(session, state)
            if kind.make.recreates and _needs_replacing(kind.changes(_asked(managed, name), state)):
                kind.create(session, Asked(name, state, state))
                return Pass(managed.object, self._settings.retry)
        except Refused as refused:
            return self._failed(managed, kind, session, "delete", refused, kind.doing("delete", state))
        return _let_go(managed)

    def _failed(self, managed: Managed, kind: Kind, session: Session, operation: str, refused: Refused, summary: str) -> Pass:
        """Some refusals are repeated inside one operation before they are told."""
        waited = self._memory.seconds(managed.uid, operation, session.now)
        if _worth_waiting(kind, refused) and waited < self._settings.propagation + self._settings.lag:
            if operation == "create" and waited < self._settings.retry:
                # Most such roles are there a moment later; two writes for each of thousands of associations are saved.
                return Pass(managed.given, self._settings.retry)
            managed.mark(conditions.SUCCESS, session.now)
            return Pass(managed.object, self._settings.retry)
        return self._fail(managed, session, operation, kind.make.failed(operation, summary, str(refused)))

    def _unseen(self, managed: Managed, kind: Kind, session: Session, refused: Refused) -> Pass:
        """Nothing is known of what is there, so nothing is done, and Ready stays as it is."""
        message = kind.make.failed("observe", "", str(refused))
        managed.mark(conditions.error(f"observe failed: {message}"), session.now)
        return Pass(managed.object, self._settings.retry)

    def _fail(self, managed: Managed, session: Session, operation: str, message: str) -> Pass:
        told = asynchronous(operation, message)
        managed.mark(conditions.error(told), session.now)
        managed.mark(conditions.operation_failed(operation, told.partition(": ")[2]), session.now)
        return Pass(managed.object, self._settings.retry)


def _initialise(managed: Managed, kind: Kind) -> None:
    """The tags are written in every pass, there or not, so an empty list that somebody applied lasts until the next one."""
    if kind.tagged and not managed.policies.only_observe:
        _tag(managed)
        managed.write()
    if kind.named_after_itself and EXTERNAL_NAME not in managed.annotations:
        managed.annotate(EXTERNAL_NAME, managed.metadata["name"])
        managed.write()


def _hold(managed: Managed, now: datetime) -> None:
    """Both annotations without a wait, as upjet does: it says that it has created when it has begun to."""
    managed.add_finalizer()
    if CREATE_SUCCEEDED not in managed.annotations:
        for annotation in (CREATE_PENDING, CREATE_SUCCEEDED):
            managed.annotate(annotation, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
            managed.write()


def _let_go(managed: Managed) -> Pass:
    managed.remove_finalizer()
    return Pass(managed.object)


def _tag(managed: Managed) -> None:
    """The provider writes its own tags into the spec, beside the user's."""
    kind, group = managed.object["kind"], managed.object["apiVersion"].partition("/")[0]
    own = {
        "crossplane-kind": f"{kind}.{group}".lower(),
        "crossplane-name": managed.metadata["name"],
        "crossplane-providerconfig": managed.provider_config,
    }
    tags = managed.for_provider.get("tags") or {}
    if not own.items() <= tags.items():
        managed.for_provider["tags"] = {**tags, **own}


def _held(state: Fields) -> Fields:
    """What Go's structs hold of it."""
    return {field: value for field, value in state.items() if value not in ("", [], {})}


def _asked(managed: Managed, name: str = "") -> Asked:
    return Asked(managed.annotations.get(EXTERNAL_NAME) or name, managed.desired, managed.observed, managed.initial)


def _needs_replacing(changes: list[Change]) -> bool:
    return any(change.replaces for change in changes)


def _worth_waiting(kind: Kind, refused: Refused) -> bool:
    return bool(kind.worth_waiting_for) and refused.error.message.startswith(kind.worth_waiting_for)

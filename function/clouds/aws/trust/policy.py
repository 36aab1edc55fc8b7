"""A role's trust policy as a whole: it admits exactly the listed subjects, whoever calls for them.

Where session tags are sent, one statement admits every combination of its value lists; the cover chooses statements in which
every combination is a listed subject. Where none are sent, a statement lists its subjects one by one under a single key.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from function.clouds.aws.cover.boxes import Cover, single_box
from function.clouds.aws.iam.policy import Conditions, PolicyDocument, Statement, characters, compact, merged

PINNED_TAGS = {"ServiceAccount": 3, "Namespace": 2, "Cluster": 1, "None": 0}
"""How many of a subject's facts each pin has pinned by session tags."""

_TAGS = (
    "aws:RequestTag/eks-cluster-arn",
    "aws:RequestTag/kubernetes-namespace",
    "aws:RequestTag/kubernetes-service-account",
)

Facts = tuple[str, ...]
"""What a pod's session tags say: cluster ARN, namespace, service account; as many as are pinned."""

Principals = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Who assumes the role with session tags that tell pods apart, and for which pods."""

    principal: Principals
    actions: tuple[str, ...]
    subjects: tuple[Facts, ...]
    pins: int
    """How many of the facts are pinned; with none there is one statement, whoever the subjects are."""
    condition: Conditions = field(default_factory=dict)
    """What is required beside the tags."""

    def statement(self, box: Iterable[tuple[str, ...]], further: Conditions) -> Statement:
        """The statement that admits every combination of a box's values."""
        tags = dict(zip(_TAGS, box, strict=False))
        condition = merged(({"StringEquals": tags} if tags else {}, self.condition, further))
        return Statement(principal=self.principal, action=self.actions, condition=condition)


@dataclass(frozen=True, slots=True)
class Listed:
    """A statement that lists its subjects one by one, as the values of one condition key."""

    principal: Principals
    actions: tuple[str, ...]
    operator: str
    key: str
    values: tuple[str, ...]
    condition: Conditions = field(default_factory=dict)
    """What is required beside them."""

    def statement(self, values: tuple[str, ...], further: Conditions) -> Statement:
        """The statement for some of the subjects."""
        condition = merged(({self.operator: {self.key: values}}, self.condition, further))
        return Statement(principal=self.principal, action=self.actions, condition=condition)


@dataclass(frozen=True, slots=True)
class TrustRequest:
    """Whom a role shall trust, and how that may be written."""

    tagged: Tagged | None = None
    listed: tuple[Listed, ...] = ()
    constant: tuple[Statement, ...] = ()
    """Generated statements that are the same for all subjects."""
    conditions: Conditions = field(default_factory=dict)
    """The user's, ANDed into what is generated for tagged and listed subjects."""
    statements: tuple[Statement, ...] = ()
    """The user's, as they are."""
    max_characters: int = 2048

    def generated(self) -> Iterator[tuple[str, str]]:
        """Every (operator, condition key) of the generated statements; merging another value there would replace a pin."""
        for statement in self._shortest(conditions={}):
            for operator, keys in statement.condition.items():
                yield from ((operator, key) for key in keys)

    def shortest(self) -> int:
        """What the shortest statement takes that admits a single subject: no policy can do with less."""
        return min(characters(compact(statement.document())) for statement in self._shortest(self.conditions))

    def _shortest(self, conditions: Conditions) -> Iterator[Statement]:
        if self.tagged:
            pinned = (subject[: self.tagged.pins] for subject in self.tagged.subjects)
            facts = min(pinned, key=lambda subject: sum(map(len, subject)), default=())
            yield self.tagged.statement([(fact,) for fact in facts], conditions)
        for listed in self.listed:
            yield listed.statement((min(listed.values, key=len),), conditions)

    @property
    def divisible(self) -> bool:
        """Whether fewer subjects would make it shorter."""
        return bool(self.listed) or (self.tagged is not None and self.tagged.pins > 0)


@dataclass(frozen=True, slots=True)
class Trust:
    """The smallest trust policy that was found, and its length as IAM counts it."""

    document: PolicyDocument
    fixed: int
    """How many of the characters are not of generated statements."""
    exact: bool
    """Whether none can be smaller."""


def trust(request: TrustRequest) -> Trust:
    """The policy that admits exactly the request's subjects, in the fewest statements, then the fewest characters."""
    others = (*(each.statement(each.values, request.conditions) for each in request.listed), *request.constant)
    found = _cover(request.tagged, request, (*others, *request.statements)) if request.tagged else Cover((), 0, exact=True)
    boxed = [request.tagged.statement(box, request.conditions) for box in found.boxes] if request.tagged else []
    statements = (*boxed, *others, *request.statements)
    return Trust(PolicyDocument(statements), fixed_characters(request.statements), found.exact)


def fixed_characters(statements: tuple[Statement, ...]) -> int:
    """What a policy of these statements has."""
    return PolicyDocument(statements).length if statements else _EMPTY


_EMPTY = PolicyDocument(()).length


def _cover(tagged: Tagged, request: TrustRequest, others: tuple[Statement, ...]) -> Cover:
    facts = {facts[: tagged.pins] for facts in tagged.subjects}
    box = single_box(facts) if tagged.pins else ()
    if box is not None:
        return Cover((box,), 0, exact=True)
    # Most policies are one statement; the search is loaded by the first that is not.
    from function.clouds.aws.cover.minimal import cover

    comma, quotes = 1, 2 * tagged.pins
    empty = compact(tagged.statement([("",)] * tagged.pins, request.conditions).document())
    # Each statement brings its comma; the last one has none, unless others follow.
    room = request.max_characters - fixed_characters(others) + (0 if others else comma)
    return cover(facts, characters(empty) - quotes + comma, room)

"""What a role may do, read and judged: what is left cannot fail to render."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A named policy that lives in the role."""

    name: str
    document: str
    """The policy as JSON."""


@dataclass(frozen=True, slots=True)
class ComposedPolicy:
    """A customer managed policy that is made for the role."""

    name: str
    arn: str
    path: str
    description: str | None
    document: str
    """The policy as JSON."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """All that a role may do."""

    inline: tuple[InlinePolicy, ...] = ()
    composed: tuple[ComposedPolicy, ...] = ()
    arns: tuple[str, ...] = ()
    """Managed policies that exist without us."""
    additive: bool = False
    """Whether others may attach to the role, too."""

    @property
    def attached(self) -> tuple[str, ...]:
        """The ARNs of all managed policies of the role."""
        return (*self.arns, *(policy.arn for policy in self.composed))

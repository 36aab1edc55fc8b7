"""As much of CEL as it takes to tell that IAM would refuse an expression: its tokens, their order, and IAM's own limit.

Source: the CEL language definition ("Syntax", "Lexis"); Google Cloud, "IAM quotas and limits": 12 logical operators in one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from function.errors import quoted

_OPERATORS_MAX = 12
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_VALUES = ("word", "string", "number")
_FOREIGN = {"=": "==", "&": "&&", "|": "||"}

# Long quotes before short ones; in a raw string (r"...") a backslash escapes nothing.
_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*)
  | (?P<string>
        [bB]?[rR][bB]?(?:\"\"\"(?:.|\n)*?\"\"\"|'''(?:.|\n)*?'''|"[^"\n]*"|'[^'\n]*')
      | [bB]?(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    )
  | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?)
  | (?P<word>[A-Za-z_][A-Za-z_0-9]*|`[^`\n]*`)
  | (?P<foreign>=~|=>|:=|<>|\?\?|\*\*|->)
  | (?P<binary>[!=<>]=|&&|\|\||[<>+*/%])
  | (?P<unary>!)
  | (?P<minus>-)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<quote>["'])
  | (?P<half>[=&|])
  | (?P<mark>[.,?:])
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE,
)


def errors(expression: str) -> Iterator[str]:
    """What is wrong with an expression, as far as it can be told without its types."""
    wrong = _Order().first_wrong(_tokens(expression))
    if wrong:
        yield wrong
    elif (operators := _logical_operators(expression)) > _OPERATORS_MAX:
        yield f"has {operators} logical operators (&&, || and !); IAM allows {_OPERATORS_MAX}"


def _logical_operators(expression: str) -> int:
    """How many it has; those in strings do not count, so that where there are few in all, they need not be told apart."""
    most = sum(map(expression.count, ("&&", "||", "!")))
    if most <= _OPERATORS_MAX:
        return most
    return sum(text in ("&&", "||", "!") for kind, text in _tokens(expression) if kind in ("binary", "unary"))


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(expression):
        kind, text = str(found.lastgroup), found.group()
        if kind not in ("space", "comment"):
            yield ("binary" if text == "in" else kind), text
        if kind == "quote":
            # Of what follows nothing can be told, and every further quote would be looked for to the end.
            return


@dataclass(slots=True)
class _Order:
    """Goes through the tokens: values, and between them operators."""

    opened: list[str] = field(default_factory=list)
    """Brackets, and the ? of conditional expressions, that wait for their end."""
    before: str = ""
    """The value that was last read; empty where one has to follow."""
    last: str = ""

    def first_wrong(self, tokens: Iterable[tuple[str, str]]) -> str | None:
        """The first thing that is wrong."""
        for kind, text in tokens:
            if kind in _VALUES or kind in ("unary", "open") or (kind == "minus" and not self.before):
                wrong = self._begins(kind, text)
            elif kind in ("quote", "half", "foreign", "other"):
                wrong = _not_of_cel(kind, text)
            else:
                wrong = self._follows(kind, text)
            if wrong:
                return wrong
            self.last = text
        if not self.last:
            return "is empty"
        if not self.before:
            return f"ends with {self.last}, after which something is missing"
        if self.opened:
            return f"has a {self.opened[-1]} that nothing {'closes' if self.opened[-1] in _CLOSING else 'answers with a :'}"
        return None

    def _begins(self, kind: str, text: str) -> str | None:
        """A value, or what stands before one. A bracket can also follow a value: a call, an index, a message."""
        if self.before and kind != "open":
            return f"has no operator between {quoted(self.before)} and {quoted(text)}: write &&, || or ! for and, or and not"
        if kind == "open":
            self.opened.append(text)
        self.before = text if kind in _VALUES else ""
        return None

    def _follows(self, kind: str, text: str) -> str | None:
        """An operator, a mark or a closing bracket, which mostly have a value before them."""
        empty = kind == "close" and (self.last in _CLOSING or self.last == ",")
        if not self.before and not empty and not (text == "." and self.last != "."):
            return f"has {text} without anything before it" if not self.last else f"has nothing between {self.last} and {text}"
        self.before = ""
        if kind == "close":
            self.before = text
            return None if self.opened and _CLOSING.get(self.opened.pop()) == text else f"has a {text} that closes nothing"
        if text == "?":
            self.opened.append(text)
        elif text == ":" and self.opened[-1:] == ["?"]:
            self.opened.pop()
        elif text == ":" and self.opened[-1:] != ["{"]:
            return "has a : without a ?"
        elif text == "," and self.opened[-1:] in ([], ["?"]):
            return "has a , outside of brackets"
        return None


def _not_of_cel(kind: str, text: str) -> str:
    if kind == "quote":
        return f"has a {text} that nothing closes"
    if kind == "half":
        return f"has a single {text}: CEL has {_FOREIGN[text]}"
    return f"has {text}, which CEL does not have"

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
    tokens = list(_tokens(expression))
    if not tokens:
        yield "is empty"
    elif wrong := next(_Order().check(tokens), None):
        yield wrong
    else:
        operators = sum(text in ("&&", "||", "!") for kind, text in tokens if kind in ("binary", "unary"))
        if operators > _OPERATORS_MAX:
            yield f"has {operators} logical operators (&&, || and !); IAM allows {_OPERATORS_MAX}"


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

    def check(self, tokens: Iterable[tuple[str, str]]) -> Iterator[str]:
        """What is wrong, from the first to the last."""
        for kind, text in tokens:
            if kind == "quote":
                yield f"has a {text} that nothing closes"
            elif kind == "half":
                yield f"has a single {text}: CEL has {_FOREIGN[text]}"
            elif kind in ("foreign", "other"):
                yield f"has {text}, which CEL does not have"
            elif kind in _VALUES or kind in ("unary", "open") or (kind == "minus" and not self.before):
                yield from self._begins(kind, text)
            else:
                yield from self._follows(kind, text)
            self.last = text
        if not self.before:
            yield f"ends with {self.last}, after which something is missing"
        elif self.opened:
            yield f"has a {self.opened[-1]} that nothing {'closes' if self.opened[-1] in _CLOSING else 'answers with a :'}"

    def _begins(self, kind: str, text: str) -> Iterator[str]:
        """A value, or what stands before one. A bracket can also follow a value: a call, an index, a message."""
        if self.before and kind != "open":
            yield f"has no operator between {quoted(self.before)} and {quoted(text)}: write &&, || or ! for and, or and not"
        if kind == "open":
            self.opened.append(text)
        self.before = text if kind in _VALUES else ""

    def _follows(self, kind: str, text: str) -> Iterator[str]:
        """An operator, a mark or a closing bracket, which mostly have a value before them."""
        empty = kind == "close" and (self.last in _CLOSING or self.last == ",")
        if not self.before and not empty and not (text == "." and self.last != "."):
            yield f"has {text} without anything before it" if not self.last else f"has nothing between {self.last} and {text}"
        if kind == "close":
            if not self.opened or _CLOSING.get(self.opened.pop()) != text:
                yield f"has a {text} that closes nothing"
            self.before = text
            return
        if text == "?":
            self.opened.append(text)
        elif text == ":" and self.opened[-1:] == ["?"]:
            self.opened.pop()
        elif text == ":" and self.opened[-1:] != ["{"]:
            yield "has a : without a ?"
        elif text == "," and self.opened[-1:] in ([], ["?"]):
            yield "has a , outside of brackets"
        self.before = ""

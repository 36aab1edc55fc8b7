"""As much of CEL as it takes to tell that IAM would refuse an expression: quotes, brackets, and its limit of operators.

Source: the CEL language definition ("Lexis"); Google Cloud, "IAM quotas and limits": 12 logical operators in a condition.
"""

import re
from collections.abc import Iterator

_OPERATORS_MAX = 12
_CLOSING = {"(": ")", "[": "]", "{": "}"}

# Long quotes before short ones; in a raw string (r"...") a backslash escapes nothing.
_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*)
  | (?P<string>
        [bB]?[rR][bB]?(?:\"\"\"(?:.|\n)*?\"\"\"|'''(?:.|\n)*?'''|"[^"\n]*"|'[^'\n]*')
      | [bB]?(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    )
  | (?P<word>[A-Za-z_0-9]+|`[^`\n]*`)
  | (?P<unequal>!=)
  | (?P<logical>&&|\|\||!)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<quote>["'])
  | (?P<other>.|\n)
    """,
    re.VERBOSE,
)


def errors(expression: str) -> Iterator[str]:
    """What is wrong with an expression, as far as it can be told without a parser."""
    operators, opened = 0, list[str]()
    for token in _TOKEN.finditer(expression):
        kind, text = token.lastgroup, token.group()
        if kind == "quote":
            yield f"has a {text} that nothing closes"
            return
        if kind == "logical":
            operators += 1
        elif kind == "open":
            opened.append(text)
        elif kind == "close" and (not opened or _CLOSING[opened.pop()] != text):
            yield f"has a {text} that closes nothing"
            return
    if opened:
        yield f"has a {opened[-1]} that nothing closes"
    if operators > _OPERATORS_MAX:
        yield f"has {operators} logical operators (&&, || and !); IAM allows {_OPERATORS_MAX}"
    if not expression.strip():
        yield "is empty"

"""The docstrings of a model's fields, read from its source: at run time Python forgets them."""

import ast
import inspect
import textwrap
from functools import cache


@cache
def field_docs(model: type) -> dict[str, str]:
    """The text below each field of a class and its bases, by the field's name in Python, as one paragraph."""
    inherited = {
        name: text
        for base in model.__bases__
        if base.__module__.startswith("function.")
        for name, text in field_docs(base).items()
    }
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - a class's source is a class
    pairs = zip(tree.body, tree.body[1:], strict=False)
    own = {_name(field): " ".join(text.split()) for field, below in pairs if _name(field) and (text := _text(below))}
    return {**inherited, **own}


def class_doc(model: type) -> str:
    """A class's docstring as one paragraph."""
    return " ".join((inspect.getdoc(model) or "").split())


def _name(node: ast.stmt) -> str:
    return node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else ""


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""

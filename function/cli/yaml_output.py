"""YAML for people: Kubernetes' field order, one document after the other, coloured on a terminal."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import click
import yaml
from yaml.emitter import ScalarAnalysis

from function.errors import printable

_KEY = re.compile(r"^([ -]*)([^\s:'\"#][^:]*)(:)( |$)", re.MULTILINE)
_FIRST = ("apiVersion", "kind", "metadata", "spec", "status")


def print_yaml(documents: Iterable[Mapping[str, Any]]) -> None:
    """Print documents, each behind a `---`; click leaves the colours out where there is no terminal."""
    for document in documents:
        text = yaml.dump(_ordered(document), Dumper=_Dumper, sort_keys=False, width=2**30, allow_unicode=True)
        # The dumper quoted every string that holds something else, and in double quotes these are YAML's escapes, too.
        text = "\n".join(printable(line) for line in text.split("\n"))
        coloured = _KEY.sub(lambda m: m[1] + click.style(m[2], fg="cyan") + m[3] + m[4], text)
        click.echo(click.style("---", dim=True) + "\n" + coloured, nl=False)


def print_comment(line: str) -> None:
    """Print a line between documents that YAML passes over."""
    click.echo(click.style(f"# {printable(line)}", dim=True))


def _ordered(document: Mapping[str, Any]) -> dict[str, Any]:
    first = {name: document[name] for name in _FIRST if name in document}
    return first | {name: value for name, value in document.items() if name not in first}


class _Dumper(yaml.SafeDumper):
    """Lists stand in from their key, and nothing is written as an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indent lists, which PyYAML by itself does not."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write the same value out again."""
        return True

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:
        """Put what is not printable between double quotes, line breaks included: no value looks like lines of its own."""
        analysis = super().analyze_scalar(scalar)
        if not scalar.isprintable():
            analysis.allow_flow_plain = analysis.allow_block_plain = False
            analysis.allow_single_quoted = analysis.allow_block = False
        return analysis


# So that a bare y or n is quoted: kubectl would read it as true or false.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]\Z"), list("yYnN"))

# ARNs and issuers are strings.
_Dumper.add_multi_representer(str, lambda dumper, text: dumper.represent_str(str(text)))

# Numbers that remember how they were written are numbers.
_Dumper.add_multi_representer(int, lambda dumper, number: dumper.represent_int(int(number)))

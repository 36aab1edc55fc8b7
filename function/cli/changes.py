"""What an edit does to what is there: which observed resources stay, which are deleted, which are new."""

from function.cli.description import described
from function.cli.messages import print_line, print_note
from function.cli.owners import Seen, name_of
from function.cli.results import Answer

# `kubectl get managed` does not print them, and no pod gains or loses anything by one.
_NEVER_NEW = ("Usage", "ClusterUsage")


class Changes:
    """The observed resources of a file beside what documents want; the rendered output does not show what is deleted."""

    def __init__(self, seen: Seen) -> None:
        """Begin with no document."""
        self._seen = seen
        self._counted: set[int] = set()
        self._kept: set[int] = set()
        self._new: list[str] = []

    def add(self, answer: Answer) -> None:
        """Count in a document and what it wants."""
        mine = self._seen.of(answer.document)
        names = {number: name_of(self._seen.objects[number]) for number in mine}
        wanted = {resource.name: resource for resource in answer.result.resources}
        self._counted |= names.keys()
        self._kept |= {number for number, name in names.items() if name in wanted}
        for name in wanted.keys() - names.values():
            if wanted[name].kind not in _NEVER_NEW:
                self._new.append(f"{described(wanted[name].object())} ({name})")

    def print(self) -> None:
        """Print it, if anything was observed."""
        if not self._seen.objects:
            return
        stay = f"{len(self._kept)} of {len(self._counted)} observed resources stay"
        print_line(stay if self._counted else "none of the observed resources is of these documents", err=True)
        gone = [self._seen.objects[number] for number in self._counted - self._kept]
        _print_all("deleted", "yellow", [f"{described(each)} ({name_of(each)})" for each in gone])
        _print_all("new", "green", self._new)
        others = [number for number in range(len(self._seen.objects)) if number not in self._counted]
        if others:
            print_note(f"observed resources of somebody else do not count: {self._seen.whose(others)}")


def _print_all(what: str, colour: str, lines: list[str]) -> None:
    for line in sorted(lines):
        print_line(f"  {what}: {line}", colour, err=True)

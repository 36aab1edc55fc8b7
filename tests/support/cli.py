"""The `podidentity` command and the files that it is given."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from function.cli.main import main


def run(*arguments: str | Path) -> Result:
    """Run the command as a person would."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def written(folder: Path, *documents: object, name: str = "identity.yaml") -> Path:
    """A file with these documents; a text stands for itself."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n---\n".join(d if isinstance(d, str) else json.dumps(d) for d in documents))
    return file

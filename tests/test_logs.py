"""Log lines, as a process prints them."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.hostile import HOSTILE, raw

_BUG = """
import asyncio, json, logging, sys
from function import fn, logs
from tests.support.xrs import request, spec

logs.configure(debug=sys.argv[1] == "debug")
text = json.loads(sys.argv[2])

def fails(*arguments, **options):
    secret = "S3CR3T" + "-LOCAL"
    raise KeyError(text)

fn.plan = fails
asked = request({**spec(), "secret": "S3CR3T" + "-SPEC"})
asked.meta.tag = text
runner = fn.FunctionRunner()
asyncio.run(runner.RunFunction(asked, None))
runner.log.info("said " + text, words={text: [text]}, other=(text,))
try:
    fails()
except KeyError:
    logging.getLogger("grpc").exception("Unexpected %s", text)
"""


def printed(form: str, text: str) -> str:
    command = [sys.executable, "-c", _BUG, form, json.dumps(text)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True).stdout


@pytest.mark.parametrize("text", [*HOSTILE.values(), "a\ud800b"], ids=[*HOSTILE, "surrogate"])
def test_after_a_bug_no_variable_is_logged_and_nothing_raw(text: str) -> None:
    if "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text):
        assert raw(printed("info", text)) == []
    else:
        # A protobuf string holds no half characters; logged alone is enough.
        text = text.replace("\ud800", "")
    output = printed("debug", text)
    assert raw(output) == []
    assert "S3CR3T" not in output
    assert "KeyError" in output
    assert not any(line.startswith("error: all is well") for line in output.splitlines())


def test_a_bug_names_its_frames() -> None:
    bug, said, library = (json.loads(line) for line in printed("info", HOSTILE["newline"]).splitlines())
    assert {"level": "error", "msg": "bug", "tag": "a\\u000aerror: all is well"}.items() <= bug.items()
    exception: list[Any] = bug["exception"]
    assert exception[0] == "KeyError: 'a\\nerror: all is well'"
    assert exception[1].startswith("  RunFunction, fn.py line ")
    assert exception[-1].startswith("  fails, <string> line ")
    escaped = "a\\u000aerror: all is well"
    assert (said["level"], said["msg"], said["words"], said["other"]) == (
        "info",
        f"said {escaped}",
        {escaped: [escaped]},
        [escaped],
    )
    assert (library["logger"], library["msg"]) == ("grpc", f"Unexpected {escaped}")
    assert library["exception"][0].startswith("KeyError: ")


_CHAIN = """
import structlog
from function import logs

logs.configure(debug=False)

def deep(left):
    if left:
        deep(left - 1)
    raise ValueError("x" * 10_000)

try:
    try:
        deep(900)
    except ValueError as error:
        raise RuntimeError("outer") from error
except RuntimeError as error:
    structlog.get_logger().error("bug", exc_info=error)
"""


def test_the_origin_of_an_exception_is_told_and_the_line_stays_short() -> None:
    command = [sys.executable, "-c", _CHAIN]
    (line,) = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True).stdout.splitlines()
    told = json.loads(line)["exception"]
    assert told[0] == "RuntimeError: outer"
    assert f"ValueError: {'x' * 497}..." in told
    assert len(told) < 100

"""Log lines in the form of the SDK's: JSON, or lines for people with --debug.

All of them are printable, whatever users wrote, and of an exception they hold no local variables.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog

from function.errors import printable

_FRAMES_MAX = 50
_CHAIN_MAX = 10
_TEXT_MAX = 500

_Event = MutableMapping[str, Any]


def configure(*, debug: bool) -> None:
    """Set up what structlog's loggers print to standard output; what libraries log through `logging` is printed the same way.

    Loggers of the SDK are structlog's, too. Without `debug`, lines begin at level info.
    """
    place = structlog.processors.CallsiteParameter
    before: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.CallsiteParameterAdder({place.FILENAME, place.LINENO}),
        _with_frames,
        _all_printable,
    ]
    if debug:
        console = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)
        after: list[Any] = [_frames_below, structlog.processors.TimeStamper(fmt="iso"), console]
    else:
        # As function-sdk-go has it.
        after = [
            structlog.processors.TimeStamper(key="ts"),
            structlog.processors.EventRenamer(to="msg"),
            structlog.processors.JSONRenderer(),
        ]
    least = logging.DEBUG if debug else logging.INFO
    structlog.configure(processors=[*before, *after], wrapper_class=structlog.make_filtering_bound_logger(least))
    logging.basicConfig(handlers=[_ToStructlog()], level=logging.WARNING, force=True)


def _with_frames(_logger: object, _method: str, event: _Event) -> _Event:
    """Put the lines of an exception in the place of the exception itself."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    error = found if isinstance(found, BaseException) else sys.exc_info()[1] if found else None
    if error is not None:
        event["exception"] = list(_lines(traceback.TracebackException.from_exception(error, limit=-_FRAMES_MAX)))
    return event


def _lines(error: traceback.TracebackException, depth: int = 0) -> Iterator[str]:
    """An exception with its frames, the innermost last, then the one that it came from.

    Frames are named, and not what was in them. A message may quote users, so it is cut.
    """
    kind = error.exc_type.__name__ if error.exc_type else "an exception"
    text = str(error)
    yield f"{kind}: {text if len(text) <= _TEXT_MAX else f'{text[: _TEXT_MAX - 3]}...'}"
    for frame in error.stack:
        yield f"  {frame.name}, {Path(frame.filename).name} line {frame.lineno}"
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and depth < _CHAIN_MAX:
        yield from _lines(earlier, depth + 1)


def _all_printable(_logger: object, _method: str, event: _Event) -> _Event:
    return {printable(name): _value_printable(value) for name, value in event.items()}


def _value_printable(value: Any) -> Any:
    """What renderers do not escape: strings, also those within lists and objects. They show all else by its repr."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable(str(name)): _value_printable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value_printable(each) for each in value]
    return value


def _frames_below(_logger: object, _method: str, event: _Event) -> _Event:
    """For people, the lines of an exception stand below the line."""
    if "exception" in event:
        event["exception"] = "\n".join(event["exception"])
    return event


class _ToStructlog(logging.Handler):
    """Hands what libraries log, such as gRPC and asyncio, to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record."""
        try:
            structlog.get_logger().log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
        except Exception:
            self.handleError(record)

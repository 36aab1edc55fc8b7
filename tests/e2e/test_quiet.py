"""The check that ends every other end-to-end test can fail: with the function as it once rendered, nothing comes to rest."""

import contextlib
import re
from collections.abc import Iterator

import pytest

from tests.controlplane import function, processes
from tests.controlplane.plane import ControlPlane
from tests.e2e import load
from tests.e2e.identities import FLAVOURS, Identity
from tests.e2e.planes import SILENT, standin_without
from tests.e2e.quiet import Quiet
from tests.e2e.specs import spec


@contextlib.contextmanager
def answering(plane: ControlPlane, module: str) -> Iterator[None]:
    """Another program in place of the function, for as long as the context lasts."""
    _replace(plane, module)
    try:
        yield
    finally:
        _replace(plane, "function.main")


def _replace(plane: ControlPlane, module: str) -> None:
    for replica in processes.find(plane.places.root, "function"):
        replica.end()
    function.start(plane.places, module=module)
    function.wait_answering(plane.places, function.addresses(plane.places)[0])


def _told(quiet: Quiet) -> bool:
    """Whether the check says what moves."""
    try:
        quiet.check_all()
    except AssertionError as failed:
        said = str(failed)
    else:
        return False
    assert re.search(_TOLD, said), said
    return True


# What moves is told until the circuit breaker opens, which takes some fifty events; from then on that is told.
_TOLD = (
    r"not quiet during three polls:\n(?s:.*)Role .*: generation \d+ -> \d+|"
    r"Responsive was False of\n.*Too many watch events|circuit breakers opened: \d"
)


@pytest.mark.edits_often("the provider and Crossplane write in turn for a while, which opens the circuit breaker")
def test_the_old_rendering_is_not_quiet(plane: ControlPlane, identity: Identity, quiet: Quiet) -> None:
    """`managedPolicyArns: []` is taken away by the provider and put back by Crossplane, for as long as the function renders it."""
    with answering(plane, "tests.e2e.old_rendering"):
        identity.apply(spec())
        identity.until(lambda: identity.composed() and all(each.ready for each in identity.composed().values()), "ready")
        # Two are at it in turn, so Crossplane has to see what the provider writes, which it misses at times (missed.py).
        if not _told(quiet):
            load.restart_core(plane)
            assert _told(quiet)
    # An edit might not be taken up for minutes.
    identity.delete()
    identity.wait_gone()
    quiet.forgive()


@pytest.mark.parametrize("flavour", [FLAVOURS["xr"]], ids=["xr"])
def test_looks_that_are_noted_change_nothing_else(plane: ControlPlane, identity: Identity, quiet: Quiet) -> None:
    """The real provider writes the time of every look into the status, and each wakes Crossplane."""
    with standin_without(plane, SILENT):
        identity.apply(spec("reader", "writer"))
        identity.settle()
        before = _looked(identity)
        quiet.check_all()
        assert before.keys() == _looked(identity).keys()
        assert not before.items() & _looked(identity).items()


def _looked(identity: Identity) -> dict[str, str]:
    """When each managed resource was looked at last."""
    found = identity.composed().items()
    times = {key: {c["type"]: c["lastTransitionTime"] for c in each.status["conditions"]} for key, each in found}
    return {key: each["Synced"] for key, each in times.items()}

"""End-to-end tests may ask for a reconcile in one test of a run, which is said, and in no other."""

import pytest

from tests.controlplane.waiting import Late
from tests.e2e.missed import Missed


def test_what_is_missed_is_asked_for_and_said() -> None:
    asked: list[str] = []
    missed = Missed(before=0)
    missed.until(lambda: asked, 5, "XR ready", lambda: asked.append("XR"))
    assert asked == ["XR"]
    assert missed.summary() == "Crossplane missed events (1), and was asked for a reconcile: XR ready"


def test_what_comes_about_by_itself_is_not_asked_for() -> None:
    missed = Missed()
    missed.until(lambda: True, 5, "XR ready", lambda: pytest.fail("asked"))
    assert not missed
    assert missed.summary() == ""


def test_nothing_is_asked_for_once_the_core_was_started_anew() -> None:
    missed = Missed(before=0)
    missed.started_anew = True
    with pytest.raises(Late, match="XR ready: not within 0 s"):
        missed.until(lambda: False, 0, "XR ready", lambda: pytest.fail("asked"))


def test_what_asking_does_not_bring_about_fails() -> None:
    with pytest.raises(Late, match="XR ready"):
        Missed(before=0).until(lambda: False, 0.2, "XR ready", lambda: None)

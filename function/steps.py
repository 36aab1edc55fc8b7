"""Bounds work whose cost depends on what users write. Steps are counted, so that the same input ends the same way anywhere."""

from dataclasses import dataclass


class StepsSpent(Exception):
    """No more may be done."""


@dataclass(slots=True)
class Steps:
    """How much may still be done, in units that take about the same time each."""

    left: int

    def spend(self, units: int) -> None:
        """Take units off; raise where there are none."""
        self.left -= units
        if self.left < 0:
            raise StepsSpent

"""What the core says of its work: its Prometheus metrics."""

import math
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from tests.controlplane.places import Ports
from tests.controlplane.waiting import until

_CALLS = "function_run_function_seconds"
_RECONCILES = "controller_runtime_reconcile_total"
_FAILED = "controller_runtime_reconcile_errors_total"
_BREAKERS = "circuit_breaker_opens_total"
_READ = tuple(start + name for name in (_CALLS, _RECONCILES, _FAILED, _BREAKERS) for start in ("", "# HELP ", "# TYPE "))
"""What is read of them: a core with hundreds of controllers says far more."""
Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Metrics:
    """The samples of one moment, or of the time between two."""

    samples: Mapping[tuple[str, Labels], float]

    @classmethod
    def now(cls, ports: Ports) -> "Metrics":
        """What the core says now of its calls, reconciles and circuit breakers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{ports.metrics}/metrics", timeout=10) as answer:
            lines = [line for line in answer.read().decode().splitlines(keepends=True) if line.startswith(_READ)]
        families = text_string_to_metric_families("".join(lines))
        return cls({(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples})

    def since(self, earlier: "Metrics") -> "Metrics":
        """What was added since an earlier moment."""
        return Metrics({key: value - earlier.samples.get(key, 0.0) for key, value in self.samples.items()})

    def total(self, name: str, **labels: str) -> float:
        """The sum of all samples of a name with these labels; a label's value is what the sample's begins with."""
        return sum(
            value
            for (found, having), value in self.samples.items()
            if found == name and all(dict(having).get(label, "").startswith(wanted) for label, wanted in labels.items())
        )

    @property
    def calls(self) -> float:
        """How often the function was called."""
        return self.total(f"{_CALLS}_count")

    @property
    def reconciles(self) -> float:
        """How often an XR was reconciled."""
        return self.total(_RECONCILES, controller="composite/")

    def reconciles_of(self, plural: str) -> float:
        """How often an XR of one kind was reconciled."""
        return self.total(_RECONCILES, controller=f"composite/{plural}.")

    @property
    def failed_reconciles(self) -> float:
        """How often that ended with an error."""
        return self.total(_FAILED, controller="composite/")

    @property
    def useful_reconciles(self) -> float:
        """How often an XR or a claim was reconciled without an error."""
        kinds, results = ("composite/", "claim/"), ("success", "requeue")
        return sum(self.total(_RECONCILES, controller=kind, result=result) for kind in kinds for result in results)

    @property
    def breakers_opened(self) -> float:
        """How often the core stopped to reconcile an XR that changes too often."""
        return self.total(_BREAKERS)

    def call_seconds(self, quantile: float) -> float:
        """A quantile of the seconds that a call of the function took, interpolated in its bucket as Prometheus does."""
        buckets: dict[float, float] = {}
        for (name, labels), value in self.samples.items():
            if name == f"{_CALLS}_bucket":
                bound = float(dict(labels)["le"])
                buckets[bound] = buckets.get(bound, 0.0) + value
        wanted, lower, below = quantile * buckets.get(math.inf, 0.0), 0.0, 0.0
        for bound, count in sorted(buckets.items()):
            if count >= wanted and count > below:
                return lower if math.isinf(bound) else lower + (bound - lower) * (wanted - below) / (count - below)
            lower, below = bound, count
        return math.nan


def wait_idle(ports: Ports, seconds: float, looks: int) -> float:
    """Wait until the core has nothing more to do: on so many looks in a row no reconcile has ended that was not an error.

    Its gauges of waiting and working reconciles cannot tell: those of a controller that it stopped, when an XRD changed, stay.
    What is returned is the moment (time.monotonic()) when the last was seen to end.
    """
    last, row, moment = -1.0, 0, 0.0

    def seen() -> bool:
        nonlocal last, row, moment
        done = Metrics.now(ports).useful_reconciles
        if done != last:
            last, row, moment = done, 0, time.monotonic()
        row += 1
        return row > looks

    until(seen, seconds, "the core idle")
    return moment

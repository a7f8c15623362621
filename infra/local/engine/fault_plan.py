"""Which call fails, and how: a pure function of a seed and of what the call is."""

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field

# How faults of each kind are shared out. What is called before and after is the same service either way.
_WEIGHTS = {
    # The service says no before it has done anything: a throttle, or an error of its own.
    "refuse": 5,
    # The service does what it was asked to, and the answer is an error or breaks off.
    "lose": 3,
    # The service takes its time.
    "delay": 2,
    # The function's process is killed in the middle of an invocation.
    "kill": 1,
    # A message is delivered twice.
    "duplicate": 1,
    # A message is not delivered at first, only some time later: SNS and SQS try again until they can.
    "late": 1,
    # A message is never delivered.
    "drop": 1,
}


@dataclass(frozen=True)
class Fault:
    """One fault: its kind, and a number in [0, 1) for whatever else has to be chosen."""

    kind: str
    amount: float


def draw(*parts: object) -> float:
    """A number in [0, 1), evenly spread and the same for the same parts."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") / 2**56


def choose(seed: int, rate: float, kinds: tuple[str, ...], *call: object) -> Fault | None:
    """The fault that a call meets, if any. Nothing but the arguments decides: no clock, no order of calls."""
    if draw(seed, "whether", *call) >= rate:
        return None
    place = draw(seed, "which", *call) * sum(_WEIGHTS[kind] for kind in kinds)
    for kind in kinds:
        place -= _WEIGHTS[kind]
        if place < 0:
            return Fault(kind, draw(seed, "amount", *call))
    raise AssertionError("the weights do not add up")


@dataclass
class FaultPlan:
    """What may fail from now on, and what did."""

    seed: int = 0
    # Counted up by whoever restarts the engine, so that its calls do not meet the same faults again.
    epoch: int = 0
    # Share of calls that fail, by service.
    rates: dict[str, float] = field(default_factory=dict)
    # Functions' clocks are wrong by at most this much, either way.
    clock_skew_seconds: float = 0
    # Names that CloudFormation makes up, and versions of S3 objects, are the same in every run that makes the same.
    fixed_names: bool = False
    # Every call of a function is counted by what it asks of what, whether it may fail or not.
    counts_operations: bool = False
    calls: Counter = field(default_factory=Counter)
    operations: Counter = field(default_factory=Counter)
    injected: Counter = field(default_factory=Counter)
    _seen: Counter = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_fault(self, service: str, operation: str, identity: str, kinds: tuple[str, ...]) -> Fault | None:
        """The fault of this call, which is the nth of its kind that has been seen."""
        rate = self.rates.get(service, 0)
        if rate <= 0:
            return None
        with self._lock:
            call = (service, operation, identity)
            self._seen[call] += 1
            self.calls[service] += 1
            nth = self._seen[call]
        return choose(self.seed, rate, kinds, *call, nth, self.epoch)

    def clock_offset(self, process: str) -> float:
        """By how many seconds the clock of a process is wrong that is being started."""
        with self._lock:
            self._seen["clock", process, ""] += 1
            nth = self._seen["clock", process, ""]
        return (2 * draw(self.seed, "clock", process, nth, self.epoch) - 1) * self.clock_skew_seconds

    def count(self, service: str, kind: str) -> None:
        """Count a fault that has been injected."""
        with self._lock:
            self.injected[service, kind] += 1

    def count_operation(self, service: str, operation: str, resource: str) -> None:
        """Count a call, if calls are counted."""
        if self.counts_operations:
            with self._lock:
                self.operations[f"{service} {operation} {resource}".rstrip()] += 1

    def report(self) -> dict:
        """Calls seen and faults injected, by service and kind."""
        with self._lock:
            injected: dict[str, dict[str, int]] = {}
            for (service, kind), count in sorted(self.injected.items()):
                injected.setdefault(service, {})[kind] = count
            return {
                "seed": self.seed,
                "epoch": self.epoch,
                "calls": dict(self.calls),
                "operations": dict(self.operations),
                "injected": injected,
            }


def plan_of(settings: object) -> FaultPlan:
    """Read a plan from JSON.

    Raises ValueError with what is wrong with it: a misspelt setting must not be a run without faults.
    """
    if not isinstance(settings, dict):
        raise ValueError("the settings must be an object")
    known = {
        "seed": 0,
        "epoch": 0,
        "rates": {},
        "clockSkewSeconds": 0,
        "fixedNames": False,
        "countOperations": False,
    }
    unknown = sorted(set(settings) - set(known))
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(unknown)}")
    given = known | settings
    rates = given["rates"]
    if not isinstance(rates, dict) or not all(_is_share(rate) for rate in rates.values()):
        raise ValueError("rates must be an object of numbers from 0 to 1, by service")
    for name in ("seed", "epoch", "clockSkewSeconds"):
        if not isinstance(given[name], int | float):
            raise ValueError(f"{name} must be a number")
    return FaultPlan(
        seed=given["seed"],
        epoch=given["epoch"],
        rates=rates,
        clock_skew_seconds=given["clockSkewSeconds"],
        fixed_names=bool(given["fixedNames"]),
        counts_operations=bool(given["countOperations"]),
    )


def _is_share(rate: object) -> bool:
    return isinstance(rate, int | float) and 0 <= rate <= 1

"""The functions of a deployment, called as the platform calls them.

One call at a time: Powertools' resolver of routes is not thread-safe. What functions print are
their metrics, in CloudWatch's embedded format; they are added up here as they are there.
"""

import json
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from io import StringIO
from threading import RLock
from typing import Any, TypeAlias
from uuid import uuid4

from rebate.adapters.telemetry import logger

Handler: TypeAlias = Callable[[dict[str, Any], Any], Any]

_MEMORY_MB = 512
_PATIENCE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Context:
    """What the platform tells a function of its call."""

    function_name: str
    memory_limit_in_mb: int = _MEMORY_MB
    invoked_function_arn: str = "arn:aws:lambda:local:000000000000:function:local"
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the call may still take."""
        return _PATIENCE_MS


class Functions:
    """Calls functions by the name of their folder; loads each when it is first needed.

    `metrics` are the sums of what they measured, by `rebate.adapters.telemetry.Metric`.
    """

    def __init__(self) -> None:
        self.metrics: Counter[str] = Counter()
        self._handlers: dict[str, Handler] = {}
        self._lock = RLock()

    def call(self, name: str, event: dict[str, Any]) -> Any:  # noqa: ANN401 - each its own
        """Return what the function returns; what it raises is raised."""
        with self._lock, redirect_stdout(StringIO()) as said, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No application metrics to publish")
            try:
                return self._handler(name)(event, Context(name))
            finally:
                self.metrics.update(_metrics_in(said.getvalue()))

    def _handler(self, name: str) -> Handler:
        if name not in self._handlers:
            self._handlers[name] = import_module(f"functions.{name}.handler").handler
            logger.setLevel("CRITICAL")
        return self._handlers[name]


def _metrics_in(said: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in said.splitlines():
        document = json.loads(line) if line.startswith('{"_aws"') else {}
        for directive in document.get("_aws", {}).get("CloudWatchMetrics", ()):
            for metric in directive["Metrics"]:
                found[metric["Name"]] += int(sum(document[metric["Name"]]))
    return found

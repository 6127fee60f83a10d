"""Functions are killed and rings get lost; whatever was going on is taken up again.

The tests share a stage. While they run, one event waits for its queue to bring it again, which
takes six times as long as its function may: `test_an_event_comes_again` looks for it at the end.
"""

import logging
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.cloud import Cloud, running
from tests.stack.deployment import PREFIX, SWEEP_MINUTES
from tests.stack.examples import QUEUE_REBATE, paid

SWEPT_SECONDS_MAX = 60 * SWEEP_MINUTES + 60
INVISIBLE_SECONDS = 180

log = logging.getLogger("stack")


@pytest.fixture(scope="module")
def cloud(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running(templates, tmp_path_factory.mktemp("interruptions")) as cloud:
        cloud.put_in_force(QUEUE_REBATE)
        cloud.send("OrderPaid", paid("first", "Ann"))
        cloud.settle()
        log.info("killing on_order_paid with an event in its hands")
        held = _stop(cloud, "on-order-paid")
        cloud.send("OrderPaid", paid("interrupted", "Bo", 1))
        cloud.wait_until(lambda: cloud.counts("on-order-paid") == (0, 1), 30)
        os.kill(held, signal.SIGKILL)
        cloud.wait_until(lambda: _failed(cloud, "on-order-paid"), 30)
        yield cloud


def test_a_killed_settler_is_started_again(cloud):
    held = _stop(cloud, "settle")
    cloud.send("OrderPaid", paid("second", "Cleo", 2))
    cloud.wait_until(cloud.unsettled, 60)
    log.info("killing settle with a ring in its hands")
    os.kill(held, signal.SIGKILL)
    cloud.wait_until(lambda: _failed(cloud, "settle"), 30)
    cloud.wait_until(lambda: not cloud.unsettled(), 60)
    assert entries_of(cloud) == {"first/1": 1000, "second/1": 0}


def test_the_sweep_finds_a_queue_whose_ring_was_lost(cloud):
    (ring,) = cloud.clients.functions.list_event_source_mappings(FunctionName=f"{PREFIX}-settle")[
        "EventSourceMappings"
    ]
    log.info("cutting settle off from its stream")
    cloud.clients.functions.update_event_source_mapping(UUID=ring["UUID"], Enabled=False)
    cloud.send("OrderPaid", paid("third", "Dan", 3))
    cloud.wait_until(cloud.unsettled, 60)
    log.info("waiting for the sweep, two minutes and a half at most")
    cloud.wait_until(lambda: not cloud.unsettled(), SWEPT_SECONDS_MAX)
    assert entries_of(cloud) == {"first/1": 2000, "second/1": 0, "third/1": 0}


def test_an_event_comes_again(cloud):
    log.info("waiting for the interrupted event, three minutes after its function was killed")
    cloud.settle(INVISIBLE_SECONDS + SWEPT_SECONDS_MAX)
    assert entries_of(cloud) == {"first/1": 3000, "second/1": 0, "third/1": 0, "interrupted/1": 0}
    assert cloud.counts("on-order-paid-dead") == (0, 0)


def entries_of(cloud):
    return {each["entry"]: each["paid"] for each in cloud.outcome()["queues"]["mall"]["entries"]}


def _stop(cloud, function):
    """Halt the process in which a function runs: it gets the next event, and does nothing."""
    process = cloud.emulator.process_of(f"{PREFIX}-{function}")
    os.kill(process, signal.SIGSTOP)
    return process


def _failed(cloud, function):
    """Tell whether the emulator has seen that a function died over what it had been brought."""
    died = rf"Lambda {PREFIX}-{function} failed processing .*Worker process died"
    return re.search(died, cloud.emulator.log)

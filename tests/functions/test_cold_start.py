"""What a function does not need it does not load: that is most of what a cold start costs."""

import json
import subprocess
import sys

import pytest

READS_ROWS = (
    "deliver_webhooks",
    "notify_members",
    "publish_events",
    "scheduled_clear",
    "scheduled_draws",
    "scheduled_exports",
    "scheduled_letters",
    "scheduled_payouts",
    "scheduled_sweep",
    "scheduled_webhooks",
    "settle",
)
READS_EVENTS = ("on_catalog_saved", "on_order_completed", "on_order_paid", "on_order_refunded")

CONVERTS = ("connect_orders", "on_shop_webhook", "scheduled_connect")

HEAVY = (
    "asyncio",
    "aws_lambda_powertools.utilities.batch",
    "boto3",
    "pydantic",
    "rebate.contracts.settings",
)
"""Each of these is more than a tenth of the start of a client."""

NEEDED = {
    **dict.fromkeys(READS_ROWS, ()),
    **dict.fromkeys(READS_EVENTS, ("pydantic",)),
    **dict.fromkeys(CONVERTS, ("pydantic",)),
    "api": ("asyncio",),
}
"""Powertools' routes bring asyncio; what checks bodies comes with the first one."""

DESKS = {
    "api": "app.settings",
    **dict.fromkeys(
        READS_ROWS,
        "app.settler, app.scheduler, app.dividends, app.holds, app.settings, app.seeds, "
        "app.webhooks",
    ),
    **dict.fromkeys(READS_EVENTS, "app.orders, app.catalog"),
    **dict.fromkeys(CONVERTS, "app.connections, app.settings"),
}

LOADS = """
import json, sys
from functions.{function}.handler import handler
from rebate.bootstrap import wire
from rebate.adapters.codec import decode
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.settings import SettingsVersion
app = wire(None)
{desks}
print(json.dumps([name for name in {heavy} if name in sys.modules]))
"""


@pytest.mark.parametrize(("function", "needed"), NEEDED.items(), ids=NEEDED)
def test_a_function_loads_nothing_heavy_but_what_it_needs(function, needed):
    done = subprocess.run(
        [sys.executable, "-c", LOADS.format(function=function, heavy=HEAVY, desks=DESKS[function])],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": "shared:.", "PATH": ""},
    )
    assert json.loads(done.stdout.splitlines()[-1]) == list(needed)

"""The clock starts what the settings say, through the schedules as they were deployed."""

from tests.stack.examples import MIDNIGHT, QUEUE_REBATE, paid
from tests.stack.stand_ins import strike


def test_a_queue_is_cleared_at_the_time_of_the_settings(cloud):
    cloud.put_in_force(QUEUE_REBATE)
    cloud.send("OrderPaid", paid("first", "Ann"))
    cloud.send("OrderPaid", paid("second", "Bo", 1))
    cloud.settle()
    strike(cloud.clients, MIDNIGHT)
    cloud.wait_until(lambda: "waiting" not in statuses(cloud), 60)
    assert statuses(cloud) == ["cleared", "cleared"]


def statuses(cloud):
    return [entry["status"] for entry in cloud.outcome()["queues"]["mall"]["entries"]]

"""What cannot be carried out is kept with its reason, and comes in once it was mended."""

import json
import logging

from tests.stack.examples import QUEUE_REBATE, paid

log = logging.getLogger("stack")


def test_a_poisoned_event_is_kept_with_its_reason_and_replayed(cloud):
    cloud.put_in_force(QUEUE_REBATE)
    poisoned = paid("poisoned", "Ann")
    poisoned["lines"][0]["paid"] = "100.00"
    cloud.send("OrderPaid", poisoned)
    cloud.send("OrderPaid", paid("sound", "Bo"))

    log.info("waiting for the dead letter")
    (letter,) = cloud.take("on-order-paid-dead")
    said = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert said["code"] == "unreadable_event"
    assert said["reason"] == 'lines[0].paid: must be a whole number, not "100.00"'
    assert said["source_function"] == "rebate-stack-on-order-paid"
    envelope = json.loads(letter["Body"])
    assert envelope["detail"] == poisoned
    cloud.settle()
    assert orders_of(cloud) == ["sound/1"]

    log.info("replaying it as it is")
    cloud.give("on-order-paid", letter["Body"])
    (again,) = cloud.take("on-order-paid-dead")
    assert again["Body"] == letter["Body"]

    log.info("replaying it mended")
    envelope["detail"]["lines"][0]["paid"] = 10000
    cloud.give("on-order-paid", json.dumps(envelope))
    cloud.settle()
    assert orders_of(cloud) == ["sound/1", "poisoned/1"]
    assert cloud.outcome()["wallets"] == {"Bo": {"cash": 1000}}
    assert cloud.counts("on-order-paid-dead") == (0, 0)


def orders_of(cloud):
    return [entry["entry"] for entry in cloud.outcome()["queues"]["mall"]["entries"]]

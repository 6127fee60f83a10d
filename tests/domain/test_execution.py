"""A command that does not fit into a commit goes on in the next, with what stands in transit."""

from rebate.domain.distribution import Distribution, Reached
from rebate.domain.execution import Execution
from rebate.domain.ledger import Draft, QueueAccount
from rebate.domain.money import NOTHING, Amount
from rebate.domain.posting import post_to_queue
from rebate.domain.queues import TakenBack
from rebate.domain.times import Instant
from tests.domain.units import a_unit
from tests.strategies import BEGIN

AT = Instant(BEGIN)


def test_what_is_left_stands_in_transit_until_it_goes_on() -> None:
    unit = a_unit()
    execution = Execution(unit, "key", AT, begun=True)
    under_way = Distribution(
        Draft("pool_run"),
        AT,
        Amount(70),
        withheld=Amount(5),
        line=1,
        part=2,
        each=Amount(9),
        reached=Reached(3, 4, 5),
    )
    post_to_queue(unit, under_way.draft, QueueAccount.POOL, Amount(-75))
    execution.distribution = under_way
    execution.stop()
    assert unit.queue.figure(QueueAccount.TRANSIT) == 75
    assert len(unit.journal) == 1
    progress = unit.queue.progress
    assert progress is not None
    assert progress.command == "key"

    later = Execution(unit, "key", AT)
    later.go_on_from(progress)
    assert later.begun
    rest = Distribution(Draft("pool_run"), AT, NOTHING)
    later.resume(rest)
    assert unit.queue.figure(QueueAccount.TRANSIT) == 0
    assert (rest.left, rest.withheld, rest.each, rest.reached) == (70, 5, 9, Reached(3, 4, 5))
    assert later.resumed is None, "it is taken up once"


def test_a_command_that_is_stopped_before_it_goes_on_stays_where_it_was() -> None:
    unit = a_unit()
    first = Execution(unit, "key", AT, begun=True, taken_back=TakenBack(1, Amount(30)))
    first.distribution = Distribution(Draft("contribution"), AT, Amount(7))
    post_to_queue(unit, first.distribution.draft, QueueAccount.CONTRIBUTED, Amount(-7))
    first.stop()
    progress = unit.queue.progress
    assert progress is not None
    again = Execution(unit, "key", AT)
    again.go_on_from(progress)
    again.stop()
    assert unit.queue.progress == progress
    assert progress.taken_back == TakenBack(1, Amount(30))

"""The execution of one command, which may take several commits."""

from rebate.domain.distribution import Distribution
from rebate.domain.ledger import QueueAccount
from rebate.domain.posting import enter_in_journal, post_to_queue
from rebate.domain.queues import CommandProgress, DistributionProgress, TakenBack
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Execution:
    """A command that is being carried out, so that it can be stopped and gone on with.

    `begun`: it has changed something. `resumed` is how far an earlier commit came that had no rows
    for more, `distribution` what is being paid out now; `taken_back` is how far a refund came.
    """

    unit: UnitOfWork
    key: str
    at: Instant
    begun: bool = False
    resumed: DistributionProgress | None = None
    distribution: Distribution | None = None
    taken_back: TakenBack = TakenBack()

    def go_on_from(self, progress: CommandProgress) -> None:
        """Start where an earlier commit left the command."""
        self.begun, self.resumed = True, progress.in_flight
        self.taken_back = progress.taken_back

    def resume(self, distribution: Distribution) -> None:
        """Take what is left of a distribution out of the transit account, and go on with it."""
        progress, self.resumed = self.resumed, None
        assert progress is not None, "nothing was in transit"
        distribution.go_on_from(progress)
        post_to_queue(self.unit, distribution.draft, QueueAccount.TRANSIT, -progress.in_transit)

    def stop(self) -> None:
        """Remember how far the command came; what is not paid out stands in transit."""
        unit, distribution, in_flight = self.unit, self.distribution, self.resumed
        if distribution:
            in_flight = distribution.progress()
            post_to_queue(unit, distribution.draft, QueueAccount.TRANSIT, in_flight.in_transit)
            enter_in_journal(unit, distribution.draft)
        progress = CommandProgress(self.key, in_flight, self.taken_back)
        unit.queue = replace(unit.queue, progress=progress)

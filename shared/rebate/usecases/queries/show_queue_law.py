"""What the ratios in force mean for one queue (Rules 8.4 and 8.6)."""

from rebate.contracts.law_words import law_of
from rebate.contracts.notice_texts import Locale
from rebate.contracts.settings_check import QueueLawShown, law_shown
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.domain.times import DAY, Instant
from rebate.usecases.settings.check_settings import costs
from rebate.usecases.settings.save_settings import InForce, lowest_margin
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key


def show_queue_law(
    store: Store, in_force: InForce, name: QueueId, now: Instant, locale: Locale
) -> QueueLawShown | None:
    """Return the law of a queue with its own age; None if there is no such queue."""
    queue = store.get(Queue, Key(name))
    if queue is None:
        return None
    settings, margin = in_force.settings, lowest_margin(store)
    began, law = queue.flow.began, law_of(settings, name, margin)
    age = None if began is None else max(0, now // DAY - began)
    return QueueLawShown(
        queue=name,
        age_days=age,
        law=law_shown(*law, locale, age) if law else None,
        costs=costs(settings, margin, locale),
    )

"""Settings played over made-up or recent orders, for the page on which they are changed (8.3)."""

from rebate.contracts.problems import Problem
from rebate.contracts.requests import RECENT_MAX, SIMULATED_MAX, Simulate
from rebate.contracts.settings import parse_settings, settings_document
from rebate.contracts.simulated import SimulatedCaseShown, SimulationShown
from rebate.domain.times import DAY, Instant, later
from rebate.simulation.demand import Demand, made_up
from rebate.simulation.demand_of_settings import suited
from rebate.simulation.exactness import notes_of
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.sweep import Sweep, UnknownPath, differing, swept
from rebate.simulation.tape import Tape
from rebate.usecases.queries.past_orders import recent_orders
from rebate.usecases.storage.ports import Store

AS_NOW = "levels are those of each order, the catalog is as it is now"
"""What is said of orders of the past."""


def simulate_settings(store: Store, now: Instant, asked: Simulate) -> SimulationShown:
    """Return a case for each of the settings that a sweep tries, over the orders asked for.

    Raises:
        InvalidSettings: naming the path.
        UnknownPath: the sweep is over no number, or tries too much for one request.
    """
    document = settings_document(parse_settings(asked.settings))
    sweeps = [Sweep(path, values) for path, values in asked.sweep.items()]
    _insist_on_few(asked, sweeps)
    documents = [settings_document(parse_settings(each)) for each in swept(document, sweeps)]
    every = [SimulationRules(each) for each in documents]
    tape, seed_of = _orders(store, now, asked, every), repeatable_seed(asked.seed)
    cases = (
        SimulatedCaseShown(own, play(tape, rules, seed_of, schedules=asked.schedules).report)
        for rules, own in zip(every, differing(documents), strict=True)
    )
    notes = {note for each in documents for note in notes_of(each)}
    notes |= {AS_NOW} if asked.source == "recent" else set()
    return SimulationShown(tuple(cases), tuple(sorted(notes)))


def _orders(store: Store, now: Instant, asked: Simulate, every: list[SimulationRules]) -> Tape:
    if asked.source == "recent":
        return recent_orders(store, later(now, -asked.days * DAY), asked.orders)
    demand = Demand(
        asked.orders,
        seed=asked.seed,
        days=asked.days,
        growth=asked.growth_percent,
        repeat=asked.repeat_percent,
        basket=asked.basket,
    )
    return made_up(suited(demand, every), every[0].zone)


def _insist_on_few(asked: Simulate, sweeps: list[Sweep]) -> None:
    if asked.source == "recent" and asked.orders > RECENT_MAX:
        raise UnknownPath([Problem("orders", f"must be at most {RECENT_MAX} recent ones")])
    cases = 1
    for sweep in sweeps:
        cases *= len(sweep.values)
    if not 0 < cases * asked.orders <= SIMULATED_MAX:
        message = f"must try at least one value, and at most {SIMULATED_MAX} orders in all cases"
        raise UnknownPath([Problem("sweep", message)])

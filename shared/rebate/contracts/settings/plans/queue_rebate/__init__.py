"""Settings of the base plan, queue rebate (排队返利): rule 1."""

from rebate.contracts.settings.plans.plan_settings import PlanSettings
from rebate.contracts.settings.plans.queue_rebate.checks import problems
from rebate.contracts.settings.plans.queue_rebate.costs import costs
from rebate.contracts.settings.plans.queue_rebate.laws import laws
from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from rebate.contracts.settings.plans.queue_rebate.terms import terms_of
from rebate.contracts.settings.plans.queue_rebate.words import words
from rebate.domain.plans.queue_rebate import PLAN

SETTINGS = PlanSettings(
    plan=PLAN,
    model=QueueRebate,
    title="Queue rebate",
    title_zh="排队返利",
    rule="1",
    example={"extraction_bps": 1000},
    refused={"extraction_bps": 1000},
    problems=problems,
    costs=costs,
    terms=terms_of,
    words=words,
    laws=laws,
)

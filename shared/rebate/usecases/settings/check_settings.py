"""What settings would mean and do, before they are saved (contracts, section 6; Rules 8.4, 8.6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rebate.contracts import settings_check as shown
from rebate.contracts.explain import explain
from rebate.contracts.law_facts import facts_to_show
from rebate.contracts.law_words import laws_of
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import problem_said, said
from rebate.contracts.problems import NEEDS_ACKNOWLEDGEMENT, Problem, render_path
from rebate.contracts.setting_words import change_said
from rebate.contracts.settings import InvalidSettings, Settings
from rebate.contracts.settings.document import read_checked
from rebate.contracts.settings.margin import costs_of, default_margin
from rebate.contracts.settings.plans.plan_settings import CHANNELS
from rebate.contracts.settings_shown import Meaning
from rebate.domain.money import WHOLE, Bps
from rebate.usecases.settings.acknowledgements import with_figures
from rebate.usecases.settings.change_guards import change_problems
from rebate.usecases.settings.changes import differences
from rebate.usecases.settings.save_settings import InForce, SettingsReader, lowest_margin
from rebate.usecases.settings.terms import terms_of
from rebate.usecases.settings.touched_lines import touched_lines
from rebate.usecases.storage.ports import Clock, Store


def check_settings(
    store: Store, clock: Clock, document: Mapping[str, Any], locale: Locale, *, is_live: bool = True
) -> shown.SettingsChecked:
    """Return what settings mean, and what it would change to put them in force now.

    What has to be acknowledged does not make them invalid: it is listed, each at its figure.

    Raises:
        InvalidSettings: they could not be saved, whatever is acknowledged; in words of `locale`.
    """
    now, margin = SettingsReader(store).in_force(), lowest_margin(store)
    settings, needs = _checked(store, now, document, margin, locale, is_live=is_live)
    before = now.settings
    touched = touched_lines(store, now, settings, clock.now(), locale)
    return shown.SettingsChecked(
        means=means(settings, locale),
        version=now.version,
        costs=costs(settings, margin, locale),
        laws=laws(settings, margin, locale),
        changes=tuple(_changes(now.document, document, locale, before.currency)),
        line=touched.lines,
        line_queues=touched.queues,
        line_owed=touched.owed,
        acknowledge=tuple(needs),
        facts=facts_to_show(settings, locale),
    )


def means(settings: Settings, locale: Locale) -> tuple[Meaning, ...]:
    """Return what valid settings mean, sentence by sentence."""
    return tuple(Meaning(part=s.part, text=said(s.text, locale)) for s in explain(settings))


def costs(
    settings: Settings, margin_bps: Bps | None, locale: Locale
) -> tuple[shown.CostShown, ...]:
    """Return what an order of each channel may give back at most, over all plans together."""
    known = default_margin(settings) if margin_bps is None else margin_bps
    profit = WHOLE if known is None else known
    parts = {channel: costs_of(settings, channel, profit) for channel in CHANNELS}
    return tuple(shown.cost_shown(each, parts[each], known, locale) for each in CHANNELS)


def laws(settings: Settings, margin_bps: Bps | None, locale: Locale) -> tuple[shown.LawShown, ...]:
    """Return the law of each kind of queue that orders join."""
    return tuple(shown.law_shown(*each, locale) for each in laws_of(settings, margin_bps))


def _checked(
    store: Store,
    now: InForce,
    document: Mapping[str, Any],
    margin: Bps | None,
    locale: Locale,
    *,
    is_live: bool,
) -> tuple[Settings, list[shown.ToAcknowledge]]:
    """Return settings that may be saved once something is acknowledged, and what that is."""
    held_to = with_figures(store, document, now.version, margin)
    try:
        settings, problems = read_checked(held_to, margin, is_live=is_live)
        if now.version:
            found, _ = change_problems(store, now.terms, terms_of(settings), settings)
            problems = (*problems, *found)
        _insist_on_savable(problems)
    except InvalidSettings as invalid:
        translated = (problem_said(each, locale) for each in invalid.problems)
        raise InvalidSettings(translated) from invalid
    return settings, _needs(problems, locale)


def _insist_on_savable(problems: tuple[Problem, ...]) -> None:
    if wrong := [each for each in problems if each.code != NEEDS_ACKNOWLEDGEMENT]:
        raise InvalidSettings(wrong)


def _needs(problems: tuple[Problem, ...], locale: Locale) -> list[shown.ToAcknowledge]:
    by_item: dict[str, shown.ToAcknowledge] = {}
    for each in problems:
        if each.acknowledge and each.acknowledge not in by_item:
            text = said(each.message, locale)
            by_item[each.acknowledge] = shown.ToAcknowledge(each.acknowledge, each.path, text)
    return list(by_item.values())


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], locale: Locale, currency: str
) -> Iterator[shown.SettingChange]:
    for each in differences(before, after):
        text = change_said(each.path, each.before, each.after, locale, currency)
        yield shown.SettingChange(render_path(each.path), each.before, each.after, text)

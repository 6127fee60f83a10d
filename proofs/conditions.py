"""Removes each condition under which something is written, and shows which test fails without it.

`python -m proofs.conditions [number …]` tries all of them, or those of these numbers. Fails if a
condition is not in `GUARDED`, or if its test passes without it. `--list` prints the conditions as
docs/conditions.md lists them.
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "shared"
GONE = "_gone"
REQUESTS = frozenset({"_request"})

RACES = "tests/usecases/test_conditions.py::"
PARKING = "tests/usecases/test_parked_commands.py::"
LINKS = "tests/usecases/identity/test_link_races.py::"
HOOKS = "tests/usecases/test_webhooks.py::"
SHOPS = "tests/usecases/test_connect_shop.py::"
PLANNED = "tests/usecases/test_plan_settings.py::"
ERASING = "tests/usecases/office/test_erase_member.py::"
EXPORTS = "tests/usecases/office/test_export_jobs.py::"
IMPORTS = "tests/usecases/office/test_import_books.py::"
PEOPLE = "tests/usecases/people/test_people_at_once.py::"
MERCHANTS = "tests/usecases/merchants/test_merchants_at_once.py::"
STORES = "tests/adapters/test_store.py::test_one_condition_that_does_not_hold_refuses_all"


@dataclass(frozen=True)
class Guard:
    """What a condition keeps from happening, and the test that sees it happen without it."""

    keeps: str
    test: str


GUARDED = {
    "erase_member: Put(after, expects=member.version)": Guard(
        "a name that the shop saves while a member is erased stays",
        ERASING + "test_a_name_that_is_saved_meanwhile_goes_too",
    ),
    "erase_member: Put(wanted, expects=0)": Guard(
        "two members are erased under one id",
        ERASING + "test_two_erasures_under_one_id_are_one_members",
    ),
    "plan_settings: Put(row, expects=version)": Guard(
        "of two who plan settings at once, one's are lost",
        PLANNED + "test_two_plan_at_once",
    ),
    "plan_settings: Put(done, expects=row.version)": Guard(
        "settings are put in force that were dropped just now",
        PLANNED + "test_what_is_dropped_while_it_is_put_in_force_is_dropped",
    ),
    "plan_settings: Put(ended, expects=row.version)": Guard(
        "settings are dropped that are in force by then",
        PLANNED + "test_what_is_put_in_force_while_it_is_dropped_is_in_force",
    ),
    "export_jobs: Put(replace(asked, version=version + 1), expects=version)": Guard(
        "an export that somebody asked for becomes another",
        EXPORTS + "test_two_ask_for_different_exports_under_one_id_at_once",
    ),
    "export_jobs: Put(after, expects=job.version)": Guard(
        "two write one export at once",
        EXPORTS + "test_two_begin_an_export_at_once",
    ),
    "import_books: Put(order, expects=0)": Guard(
        "a place is brought along for an order that the shop sells just now",
        IMPORTS + "test_an_order_of_that_name_is_sold_meanwhile",
    ),
    "import_books: Put(ImportedLine(name, digest, source, amount=Amount(line.amount)), "
    "expects=0)": Guard(
        "of two imports of one line both fill a pool",
        IMPORTS + "test_two_imports_bring_a_line_of_one_id[pool]",
    ),
    "import_books: Put(ImportedLine(name, digest, source), expects=0)": Guard(
        "of two imports at once, both bring a line of one id",
        IMPORTS + "test_two_imports_bring_a_line_of_one_id[place]",
    ),
    "import_books: Put(ImportedLine(name, digest, source, member, pocket, line.amount), "
    "expects=0)": Guard(
        "of two imports at once, both open a wallet by a line of one id",
        IMPORTS + "test_two_imports_bring_a_line_of_one_id[balance]",
    ),
    "notes: Put(note, expects=0)": Guard(
        "of two notes under one id one is lost",
        ERASING + "test_a_note_counts_once_under_its_id",
    ),
    "notes: Check(Member, Key(member), about.version)": Guard(
        "a note is left about a member who is erased just now",
        ERASING + "test_a_note_is_not_written_about_who_is_erased_meanwhile",
    ),
    "accept_order: Put(more, expects=member.version)": Guard(
        "two orders of a buyer, accepted at once, both use the last of a limit",
        RACES + "test_two_orders_of_a_buyer_of_whom_one_may_join",
    ),
    "connect_shop: Put(replace(row, pending=(), version=row.version + 1), "
    "expects=row.version)": Guard(
        "what was heard of an order while something of it was told is forgotten",
        SHOPS + "test_what_is_heard_while_something_is_told_is_not_forgotten",
    ),
    "connect_shop: Put(new, expects=version)": Guard(
        "of two deliveries about an order, heard at once, one is forgotten",
        SHOPS + "test_two_deliveries_at_once_are_both_heard",
    ),
    "connect_shop: Put(after, expects=before.version)": Guard(
        "a look forgets that a shop was heard of meanwhile, and takes it for silent",
        SHOPS + "test_a_shop_that_is_heard_of_during_a_look_is_not_silent",
    ),
    "deliver_webhooks: Put(health, expects=before.version)": Guard(
        "a failure here undoes that an endpoint answered somebody else meanwhile",
        HOOKS + "test_an_endpoint_answers_somebody_else_while_it_fails_here",
    ),
    "deliver_webhooks: Put(off, expects=before.version)": Guard(
        "an endpoint that an operator mends is switched off, and the mending is lost",
        HOOKS + "test_an_endpoint_is_saved_while_it_says_that_it_is_gone",
    ),
    "keep_deliveries: Put(replace(delivery, version=expects + 1), expects=expects)": Guard(
        "what was delivered is tried again, since a later try of the same failed",
        HOOKS + "test_two_try_a_delivery_at_once_and_what_either_found_is_kept",
    ),
    "save_endpoint: Put(saved, expects=version)": Guard(
        "an operator undoes another's change of an endpoint unseen",
        HOOKS + "test_two_operators_save_an_endpoint_at_once",
    ),
    "day_sums: Put(replace(day, version=day.version + 1), expects=day.version)": Guard(
        "two queues together pay more than a day's cap",
        RACES + "test_two_queues_under_one_daily_cap",
    ),
    "day_sums: Put(replace(tally, version=tally.version + 1), expects=tally.version)": Guard(
        "of two orders that settle at once, one is in no turnover and in no day's sum",
        RACES + "test_two_orders_settle_that_count_in_one_tally",
    ),
    "manage_catalog: Put(after, expects=product.version)": Guard(
        "letting a product in undoes what the shop says of it just now",
        RACES + "test_a_product_is_saved_while_it_is_let_in",
    ),
    "store_order: Put(claim, expects=version)": Guard(
        "claiming an order for a long event undoes another event of it",
        RACES + "test_two_events_of_one_order",
    ),
    "store_order: Check(Order, key_of(claim), version)": Guard(
        "rows stored ahead undo what another process has settled meanwhile",
        RACES + "test_an_order_that_another_process_has_stored_and_settled_meanwhile",
    ),
    "store_order: Put(header, expects=version)": Guard(
        "of two events of an order, taken in at once, one is lost",
        RACES + "test_two_events_of_one_order",
    ),
    "pay_commissions: Put(after, expects=version)": Guard(
        "an order's referral rewards are taken back twice",
        RACES + "test_two_reversals_of_an_orders_referral_rewards",
    ),
    "pay_dividend: Put(opened, expects=periods.version)": Guard(
        "two dividends close the same period",
        RACES + "test_two_dividends_close_the_same_period",
    ),
    "pay_dividend: Put(emptied, expects=version)": Guard(
        "closing a period undoes a refund of it",
        RACES + "test_an_order_is_refunded_while_a_dividend_takes_its_turnover",
    ),
    "pay_dividend: Put(after, expects=run.version)": Guard(
        "a dividend is paid twice",
        RACES + "test_two_runs_of_one_dividend",
    ),
    "run_audit: Put(after, expects=run.version)": Guard(
        "two keep what an audit knows, and the parts of one are gone",
        RACES + "test_two_steps_of_one_audit",
    ),
    "release_holds: Credit(member, credit, expects=held.version)": Guard(
        "what was held is released twice",
        RACES + "test_two_releases_of_what_was_held",
    ),
    "accept_order: Put(after, expects=header.version)": Guard(
        "forgetting what was set aside undoes an event that comes just now",
        RACES + "test_an_event_comes_while_what_was_set_aside_is_forgotten",
    ),
    "bonds: Check(Member, key_of(top), top.version)": Guard(
        "a line of referrals is closed at its top",
        RACES + "test_a_line_that_is_closed_at_its_top_meanwhile",
    ),
    "bonds: Put(marked, expects=referrer.version)": Guard(
        "binding somebody undoes what the shop says of the referrer just now",
        RACES + "test_a_referrer_is_saved_while_somebody_is_bound_below",
    ),
    "bonds: Check(Corrections, CORRECTIONS, corrected.version)": Guard(
        "a line of referrals is closed in its middle, where a binding is corrected",
        PEOPLE + "test_a_line_that_is_corrected_in_its_middle_meanwhile",
    ),
    "bonds: Put(after, expects=before.version)": Guard(
        "binding a member undoes what the shop says of them just now",
        PEOPLE + "test_a_member_is_saved_while_they_follow_a_link",
    ),
    "correct_binding: Put(Corrections(before.version + 1), expects=before.version)": Guard(
        "two corrections close a line together",
        PEOPLE + "test_two_corrections_that_would_make_a_loop_together",
    ),
    "invite: Put(owner, expects=member.version)": Guard(
        "a member has two codes",
        PEOPLE + "test_a_member_asks_for_the_code_twice_at_once",
    ),
    "invite: Put(made, expects=0)": Guard(
        "two members have the same code",
        PEOPLE + "test_two_members_draw_the_same_code",
    ),
    "invite: Put(after, expects=known.version)": Guard(
        "letting one's nickname be seen takes a code back from the member it was carried over to",
        LINKS + "test_a_nickname_is_shown_while_its_code_is_carried_over",
    ),
    "invite: Put(more, expects=tries.version)": Guard(
        "codes that are tried at once count as one",
        PEOPLE + "test_codes_tried_at_once_all_count",
    ),
    "apply: Put(Applicant(member, fresh.id, version + 1), expects=version)": Guard(
        "somebody who applies twice at once has two applications",
        MERCHANTS + "test_somebody_applies_twice_at_once",
    ),
    "apply: Put(after, expects=known.version)": Guard(
        "an application is edited, and approved as it was before",
        MERCHANTS + "test_an_application_is_rejected_while_it_is_approved",
    ),
    "decide_application: Put(shop, expects=0)": Guard(
        "an approval overwrites a store that the shop has saved just now",
        MERCHANTS + "test_a_store_is_saved_while_an_approval_creates_it",
    ),
    "enter_bill: Put(bill, expects=0)": Guard(
        "one bill is two orders",
        MERCHANTS + "test_a_bill_is_entered_twice_at_once",
    ),
    "rights: Check(StoreRight, key_of(own), own.version)": Guard(
        "two owners take each other's rights away, and a store has no owner",
        MERCHANTS + "test_two_owners_take_each_others_rights_away",
    ),
    "levels: Put(after, expects=known.version)": Guard(
        "a level that is reached undoes what the shop says of the member just now",
        PEOPLE + "test_a_member_is_saved_while_they_rise",
    ),
    "team_orders: Check(Order, Key(order.id), order.version)": Guard(
        "an order counts for a team as if it had not been refunded meanwhile",
        PEOPLE + "test_an_order_is_refunded_while_it_is_counted_for_the_team",
    ),
    "team_orders: Put(upline, expects=0)": Guard(
        "an order counts for two uplines, where its buyer's binding is corrected meanwhile",
        PEOPLE + "test_a_binding_is_corrected_while_an_order_is_counted",
    ),
    "team_figures: Put(replace(figures, version=expects + 1), expects=expects)": Guard(
        "of two orders that settle at once one is in no promoter's figures",
        PEOPLE + "test_two_orders_that_settle_at_once_are_both_in_the_figures",
    ),
    "early_events: Put(after, expects=order.version)": Guard(
        "giving up what came early undoes the order that comes just now",
        RACES + "test_an_order_comes_while_what_came_before_it_is_given_up",
    ),
    "offer_link: Put(wanted, expects=0)": Guard(
        "a request for a code, sent twice at once, has two",
        LINKS + "test_two_requests_for_a_code_at_once_have_the_same",
    ),
    "offer_link: Put(place, expects=0)": Guard(
        "two members have the same code, and one is linked to the other's account",
        LINKS + "test_two_members_at_once_have_two_codes",
    ),
    "use_link: Put(link, expects=0)": Guard(
        "an account that uses two codes at once is linked to two members",
        LINKS + "test_an_account_uses_one_of_two_codes_at_once",
    ),
    "use_link: Put(LinkedMember(offer.member, subject, now), expects=0)": Guard(
        "a member is linked to two accounts at once",
        LINKS + "test_a_member_is_linked_to_one_of_two_at_once",
    ),
    "use_link: Check(Wallet, Key(subject), wallet.version)": Guard(
        "an account is given up while it gets money, which nobody reaches any more",
        LINKS + "test_an_account_gets_money_while_it_is_given_up",
    ),
    "use_link: Check(Applicant, Key(subject), row.version if row else 0)": Guard(
        "an account is given up while it applies, and nobody finds the application again",
        LINKS + "test_an_account_applies_while_it_is_given_up",
    ),
    "use_link: Put(after, expects=known.version)": Guard(
        "carrying a code over undoes what its owner lets be seen just now",
        LINKS + "test_a_code_is_carried_over_while_its_nickname_is_shown",
    ),
    "use_link: Put(replace(heir, version=heir.version + 1), expects=member.version)": Guard(
        "carrying a code over undoes what the shop says of the member just now",
        LINKS + "test_a_member_is_saved_while_a_code_is_carried_over",
    ),
    "use_link: Check(Member, key_of(subject), subject.version)": Guard(
        "somebody is bound to an account that is given up, and what it earns reaches nobody",
        LINKS + "test_somebody_is_bound_to_an_account_while_it_is_given_up",
    ),
    "pace_orders: Put(paced, expects=known.version)": Guard(
        "two orders of a sender take the same turn",
        RACES + "test_two_orders_of_a_sender_take_turns",
    ),
    "change_guards: Check(KnownSender, Key(name), 0)": Guard(
        "a prefix changes though the sender has an order by now",
        RACES + "test_a_senders_first_order_comes_while_its_prefix_changes",
    ),
    "save_catalog: Put(after, expects=known.version)": Guard(
        "of two events about a member, a product or a store one is lost",
        RACES + "test_two_events_about_a_member",
    ),
    "count_visits: Put(fact, expects=0)": Guard(
        "one visit counts on two days, told otherwise at once",
        RACES + "test_one_visit_is_told_of_two_days_at_once",
    ),
    "count_visits: Put(counted, expects=day.version)": Guard(
        "of two visits of a store at once one does not count",
        RACES + "test_two_visits_of_a_store_at_once",
    ),
    "seeds: Put(after, expects=row.version)": Guard(
        "what was mixed into a day's seed is replaced by another",
        RACES + "test_two_mix_something_into_a_seed",
    ),
    "seeds: Put(row, expects=0)": Guard(
        "a day's draws use another seed than was published",
        RACES + "test_two_processes_make_the_seed_of_a_day",
    ),
    "save_settings: Put(CurrentSettings(version), expects=expects)": Guard(
        "an operator undoes another's change of the settings unseen",
        RACES + "test_two_operators_change_the_settings",
    ),
    "settlement: Put(after, expects=self.queue.version)": Guard(
        "two settlers carry out the same commands",
        RACES + "test_two_settlers_of_a_queue",
    ),
    "release_holds: Put(row, expects=0)": Guard(
        "the same id collects other packets when it comes again",
        "tests/usecases/test_collect.py::test_an_id_is_used_twice_at_once",
    ),
    "guard_refunds: Put(after, expects=queue.version)": Guard(
        "keeping that all was paused undoes what is settled just now",
        "tests/usecases/test_guard_refunds.py::"
        "test_a_queue_is_settled_while_it_is_kept_that_all_was_paused",
    ),
    "park_command: Put(after, expects=queue.version)": Guard(
        "noting that a command failed undoes what another settler has carried out",
        PARKING + "test_what_fails_is_carried_out_by_another_meanwhile",
    ),
    "decide_parked: Put(after, expects=queue.version)": Guard(
        "deciding on a parked command undoes what is settled just now",
        PARKING + "test_its_queue_is_settled_while_a_parked_command_is_decided_on",
    ),
    "writes: Credit(member, tuple(credited.get(member, ())), expects)": Guard(
        "a refund takes from pending money what was released meanwhile",
        RACES + "test_a_clawback_while_what_it_takes_is_released",
    ),
    "writes: Put(kept, expects=0)": Guard(
        "a repurchase overwrites an order that the shop has called so",
        RACES + "test_an_order_that_is_called_as_a_repurchase",
    ),
    "adjust: Put(after, expects=known.version)": Guard(
        "of two operators who ask for an adjustment at once, one is forgotten",
        RACES + "test_two_operators_adjust_at_once",
    ),
    "decide_withdrawal: Put(after, expects=known.version)": Guard(
        "of two operators who approve a withdrawal at once, one is forgotten",
        RACES + "test_two_operators_approve_at_once",
    ),
    "follow_redemption: Put(more, expects=gift.version)": Guard(
        "what a cancelled redemption puts back undoes what another takes",
        RACES + "test_a_gift_is_redeemed_while_another_redemption_is_cancelled",
    ),
    "give_back: Put(after, expects=spent.version)": Guard(
        "more is given back than was spent",
        RACES + "test_two_give_backs_of_one_spend",
    ),
    "ledger: Put(row, expects=0)": Guard(
        "a redemption is cancelled, and sent all the same",
        RACES + "test_a_redemption_is_cancelled_while_it_is_sent",
    ),
    "ledger: Credit(member, amounts, expects=looked_at)": Guard(
        "the same balance is paid out twice",
        RACES + "test_two_requests_for_the_same_cash",
    ),
    "redeem_gift: Put(replace(left, version=gift.version + 1), expects=gift.version)": Guard(
        "two members have the last piece",
        RACES + "test_two_members_redeem_the_last_piece",
    ),
    "save_gift: Put(after, expects=version)": Guard(
        "an operator undoes another's change of a gift unseen",
        RACES + "test_two_operators_change_a_gift",
    ),
    "word_notices: Put(row, expects=expects)": Guard(
        "an operator undoes another's wording unseen",
        RACES + "test_two_operators_word_a_notice",
    ),
    "dynamodb: self._request(table, item, condition=expects)": Guard(
        "no row's version is looked at", STORES
    ),
    "dynamodb: self._request(wallets, more, condition=expects)": Guard(
        "no wallet's version is looked at", STORES
    ),
    "dynamodb: self._request(table, at, condition=expects)": Guard(
        "a row that is only looked at may be any version", STORES
    ),
}


@dataclass(frozen=True)
class Condition:
    """A condition in the sources: number `number` of those of `file`."""

    file: Path
    number: int
    line: int
    name: str


class _Remover(ast.NodeTransformer):
    """Finds the conditions of a module, and removes the one of number `unwanted`."""

    def __init__(self, unwanted: int | None = None) -> None:
        self.unwanted = unwanted
        self.found: list[ast.Call] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not _has_condition(node):
            return node
        self.found.append(node)
        return _without_condition(node) if len(self.found) - 1 == self.unwanted else node

    def visit_List(self, node: ast.List) -> ast.AST:
        self.generic_visit(node)
        node.elts = [each for each in node.elts if not _is_gone(each)]
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        self.generic_visit(node)
        node.elts = [each for each in node.elts if not _is_gone(each)]
        return node


def _has_condition(node: ast.Call) -> bool:
    match node.func:
        case ast.Name(name):
            named = any(keyword.arg == "expects" for keyword in node.keywords)
            third = name in {"Credit", "Check"} and len(node.args) == 3
            return name in {"Put", "Credit", "Check"} and (named or third)
        case ast.Attribute(attr=name):
            return name in REQUESTS and any(k.arg == "condition" for k in node.keywords)
    return False


def _without_condition(node: ast.Call) -> ast.expr:
    if ast.unparse(node.func) == "Check":
        return ast.Name(id=GONE)
    keywords = [k for k in node.keywords if k.arg not in {"expects", "condition"}]
    return ast.Call(func=node.func, args=node.args[:2], keywords=keywords)


def _is_gone(node: ast.expr) -> bool:
    """Tell whether a check stood here: without its condition there is nothing to write."""
    return isinstance(node, ast.Name) and node.id == GONE


def conditions() -> Iterator[Condition]:
    """Yield every condition under which a use case or the store writes."""
    files = [*sorted((SOURCES / "rebate/usecases").rglob("*.py"))]
    for file in [*files, SOURCES / "rebate/adapters/dynamodb.py"]:
        finder = _Remover()
        finder.visit(ast.parse(file.read_text(encoding="utf-8")))
        for number, call in enumerate(finder.found):
            yield Condition(file, number, call.lineno, f"{file.stem}: {ast.unparse(call)}")


def without(condition: Condition, folder: Path) -> None:
    """Copy the sources into `folder`, one condition short."""
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    remover = _Remover(condition.number)
    tree = remover.visit(ast.parse(condition.file.read_text(encoding="utf-8")))
    changed = ast.unparse(ast.fix_missing_locations(tree))
    (folder / condition.file.relative_to(SOURCES)).write_text(changed, encoding="utf-8")


def fails_without(condition: Condition) -> bool:
    """Tell whether the condition's test fails once it is removed."""
    with TemporaryDirectory() as folder:
        sources = Path(folder) / "shared"
        without(condition, sources)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-o", f"pythonpath=. {sources}"]
        command += ["-p", "no:cacheprovider", GUARDED[condition.name].test]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ, check=False, capture_output=True, text=True
        )
        tests_failed = 1
        if done.returncode not in {0, tests_failed}:
            raise RuntimeError(done.stdout + done.stderr)
        return done.returncode == tests_failed


def listed() -> str:
    """Return the conditions as a table in Markdown."""
    rows = ["| | condition | without it | test |", "|--:|---|---|---|"]
    for number, condition in enumerate(conditions(), 1):
        guard = GUARDED[condition.name]
        module, _, write = condition.name.partition(": ")
        test = guard.test.rpartition("::")[2].rpartition("/")[2]
        rows.append(f"| {number} | `{module}`: `{write}` | {guard.keeps} | `{test}` |")
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Return 0 if every condition is known and needed."""
    if arguments == ["--list"]:
        print(listed(), end="")
        return 0
    wanted = set(map(int, arguments))
    known = [(n, each) for n, each in enumerate(conditions(), 1) if not wanted or n in wanted]
    unknown = [each.name for _, each in known if each.name not in GUARDED]
    needless = []
    for number, condition in known:
        if condition.name in unknown:
            continue
        needed = fails_without(condition)
        verdict = "needed" if needed else "NOT NEEDED"
        print(f"{number:3} {verdict:10} {condition.name}", flush=True)
        needless += [] if needed else [condition.name]
    for name in unknown:
        print(f"    UNKNOWN    {name}")
    print(f"{len(known) - len(needless) - len(unknown)} of {len(known)} conditions are needed")
    return 1 if needless or unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

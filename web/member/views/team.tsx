/** Who came by my invitation, and what their orders earned me: two levels, plainly said. */

import { Link, useSearch } from "wouter";
import { day, money } from "../../shared/format";
import { useAnswer, usePages } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import type { Team, TeamPerson } from "../../shared/types";
import { Failure } from "../parts/failure";
import { LongList } from "../parts/list";
import { Page } from "../parts/page";
import { useMine } from "../session";

export function TeamView() {
  const { ask } = useMine();
  const query = new URLSearchParams(useSearch());
  const of = query.get("of");
  const first = useAnswer<Team>((signal) => ask("GET", "me/team", { query: { of }, signal }), [of]);
  const pages = usePages<TeamPerson>(
    async (after) => {
      const page = await ask<Team>("GET", "me/team", { query: { of, after } });
      return { rows: page.members, next: page.next };
    },
    [of],
  );
  const currency = first.data?.currency ?? "CNY";
  const [month, buyers] = Object.entries(first.data?.buyers ?? {}).at(-1) ?? [];
  const up =
    of === null
      ? { href: "/me", title: t("tab.me") }
      : { href: "/me/team", title: t("team.title") };
  const title = of === null ? t("team.title") : t("team.of", { name: query.get("name") ?? "" });
  return (
    <Page title={title} up={up} isBusy={pages.isLoading}>
      <p className="quiet">{t(of === null ? "team.lead" : "team.second")}</p>
      {first.data && of === null && (
        <p>
          {t("team.buyers_ever", { count: first.data.buyers_ever })}{" "}
          {month && buyers && t("team.buyers", { month: monthName(month), count: buyers })}
        </p>
      )}
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {pages.isLoading && pages.rows.length === 0 && <span className="skeleton wide" />}
      {!pages.isLoading && pages.error === null && pages.rows.length === 0 && (
        <p>{t("team.nobody")}</p>
      )}
      <LongList
        className="movements"
        rows={pages.rows}
        keyOf={({ person }) => person}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={(person) => <Person person={person} currency={currency} isFirst={of === null} />}
      />
    </Page>
  );
}

function Person(props: { person: TeamPerson; currency: string; isFirst: boolean }) {
  const { person, nickname, joined_at, bought, earned, orders, months } = props.person;
  const name = nickname ?? t("member.somebody");
  const theirs = `/me/team?${new URLSearchParams({ of: person, name })}`;
  return (
    <>
      <strong>{name}</strong>
      <span className="number in">{money(earned, props.currency)}</span>
      <span className="quiet">
        {t("team.since", { day: day(joined_at) })} · {t("team.orders", { count: orders })}
        {bought === false && ` · ${t("team.not_bought")}`}
      </span>
      {props.isFirst && <Link href={theirs}>{t("team.theirs")}</Link>}
      {months.length > 0 && (
        <ul className="plain quiet">
          {months.map((each) => (
            <li key={each.month}>
              {monthName(each.month)}: {money(each.earned, props.currency)} (
              {t("team.orders", { count: each.orders })})
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function monthName(month: string): string {
  const format = new Intl.DateTimeFormat(locale(), { year: "numeric", month: "long", timeZone: "UTC" });
  return format.format(new Date(`${month}-01T00:00:00Z`));
}

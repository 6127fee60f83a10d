/** Whom I invite and what it earned, my shop, notices, rules, language, and the way out. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { MeShown, Team } from "../../shared/types";
import { Failure } from "../parts/failure";
import { spelled } from "../parts/invited";
import { Languages } from "../parts/languages";
import { Page } from "../parts/page";
import { useUnread } from "../parts/unread";
import { useMine } from "../session";

export function Me() {
  const { ask, session, leave } = useMine();
  const own = useAnswer<MeShown>((signal) => ask("GET", "me", { signal }), []);
  const team = useAnswer<Team>((signal) => ask("GET", "me/team", { signal }), []);
  const unread = useUnread(ask, []);
  return (
    <Page title={own.data?.nickname ?? session.name} isBusy={own.isLoading}>
      {own.error !== null && <Failure error={own.error} again={own.reload} />}
      <nav className="menu" aria-label={t("tab.me")}>
        <Item href="/me/invite" title={t("invite.title")}>
          {own.data && <b className="code">{spelled(own.data.invite.code)}</b>}
        </Item>
        <Item href="/me/team" title={t("team.title")}>
          {team.data && t("team.count", { count: team.data.members.length })}
          {team.data?.next != null && "+"}
        </Item>
        <Item href="/me/notices" title={t("member.notices")}>
          {unread > 0 && <span className="dot">{t("member.unread", { count: unread })}</span>}
        </Item>
        <Item href="/me/rules" title={t("member.rules")} />
        <a href="/draws">
          <span>{t("draws.title")}</span>
        </a>
        <a href="/merchant">
          <span>{t("member.merchant")}</span>
          <span className="quiet">{t("member.merchant_lead")}</span>
        </a>
      </nav>
      <Languages />
      <p>
        <button type="button" onClick={() => void session.signOut().then(leave)}>
          {t("sign_out")}
        </button>
      </p>
    </Page>
  );
}

function Item(props: { href: string; title: string; children?: ReactNode }) {
  return (
    <Link href={props.href}>
      <span>{props.title}</span>
      <span className="quiet">{props.children}</span>
    </Link>
  );
}

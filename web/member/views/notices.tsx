/** What I was told, the newest first; what was not looked at before is marked. */

import { useState } from "react";
import { moment } from "../../shared/format";
import { usePages } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { noticeName } from "../../shared/names";
import type { Notices } from "../../shared/types";
import { Failure } from "../parts/failure";
import { LongList } from "../parts/list";
import { Page } from "../parts/page";
import { isUnread, markSeen, type Notice } from "../parts/unread";
import { useMine } from "../session";

export function NoticesView() {
  const { ask } = useMine();
  /** Up to when they were looked at before this time. */
  const [seen, setSeen] = useState<string | null>(null);
  const pages = usePages<Notice>(
    async (after) => {
      const page = await ask<Notices>("GET", "me/notices", { query: { locale: locale(), after } });
      if (after === null) {
        setSeen(page.seen_until);
        void markSeen(ask, page.notices, page.seen_until);
      }
      return { rows: page.notices, next: page.next };
    },
    [locale()],
  );
  return (
    <Page title={t("member.notices")} up={{ href: "/me", title: t("tab.me") }} isBusy={pages.isLoading}>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {pages.isLoading && pages.rows.length === 0 && <span className="skeleton wide" />}
      {!pages.isLoading && pages.rows.length === 0 && pages.error === null && (
        <p>{t("member.no_notices")}</p>
      )}
      <LongList
        className="notices"
        rows={pages.rows}
        keyOf={({ id }) => id}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={(each) => (
          <>
            <strong>{noticeName(each.kind)}</strong>{" "}
            {isUnread(each, seen) && <span className="dot">{t("member.new")}</span>}{" "}
            <time dateTime={each.at}>{moment(each.at)}</time>
            <p>{each.text}</p>
          </>
        )}
      />
    </Page>
  );
}

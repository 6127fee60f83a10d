/** What I was told, the rules in plain words, language, and the way out. */

import { moment } from "../../shared/format";
import { usePages } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { noticeName } from "../../shared/names";
import type { Notices } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Languages } from "../parts/languages";
import { LongList } from "../parts/list";
import { useMine } from "../session";

type Notice = Notices["notices"][number];

export function Me() {
  const { ask, session, leave } = useMine();
  const pages = usePages<Notice>(
    async (after) => {
      const page = await ask<Notices>("GET", "me/notices", { query: { locale: locale(), after } });
      return { rows: page.notices, next: page.next };
    },
    [locale()],
  );
  return (
    <main>
      <h1>{session.name}</h1>
      <Languages />
      <h2>{t("member.notices")}</h2>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {!pages.isLoading && pages.rows.length === 0 && pages.error === null && (
        <p>{t("member.no_notices")}</p>
      )}
      <LongList
        className="notices"
        rows={pages.rows}
        keyOf={({ id }) => id}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={({ at, kind, text }) => (
          <>
            <strong>{noticeName(kind)}</strong> <time dateTime={at}>{moment(at)}</time>
            <p>{text}</p>
          </>
        )}
      />
      <details>
        <summary>{t("member.rules")}</summary>
        <p>{t("member.how")}</p>
        <p>{t("member.rules_exchange")}</p>
        <p>{t("member.rules_refund")}</p>
        <p>
          <a href="/draws">{t("draws.title")}</a>
        </p>
      </details>
      <p>
        <button type="button" onClick={() => void session.signOut().then(leave)}>
          {t("sign_out")}
        </button>
      </p>
    </main>
  );
}

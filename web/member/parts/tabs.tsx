/** The four tabs at the bottom, where a thumb reaches them. */

import { Link } from "wouter";
import { count } from "../../shared/format";
import { t } from "../../shared/i18n";
import { useMine } from "../session";
import { useUnread } from "./unread";

const TABS = { "/": "home", "/line": "line", "/wallet": "wallet", "/me": "me" };
const SHOWN_MAX = 99;

export function Tabs({ here }: { here: string }) {
  const { ask, at } = useMine();
  const current = here === "/entry" ? "/line" : here.startsWith("/me/") ? "/me" : here;
  return (
    <nav className="tabs" aria-label={t("member.tabs")}>
      {Object.entries(TABS).map(([path, name]) => (
        <Link key={path} href={path} aria-current={path === current ? "page" : undefined}>
          {t(`tab.${name}`)}
          {path === "/me" && at !== null && <Unread ask={ask} here={here} />}
        </Link>
      ))}
    </nav>
  );
}

function Unread({ ask, here }: { ask: ReturnType<typeof useMine>["ask"]; here: string }) {
  const unread = useUnread(ask, [here === "/me/notices"]);
  if (unread === 0 || here === "/me/notices") return null;
  return (
    <span className="dot">
      <span aria-hidden="true">{unread > SHOWN_MAX ? `${SHOWN_MAX}+` : count(unread)}</span>
      <span className="unseen">{t("member.unread", { count: unread })}</span>
    </span>
  );
}

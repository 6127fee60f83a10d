/** The four tabs at the bottom, where a thumb reaches them. */

import { Link } from "wouter";
import { t } from "../../shared/i18n";

const TABS = { "/": "home", "/line": "line", "/wallet": "wallet", "/me": "me" };

export function Tabs({ here }: { here: string }) {
  const current = here === "/entry" ? "/line" : here;
  return (
    <nav className="tabs" aria-label={t("member.tabs")}>
      {Object.entries(TABS).map(([path, name]) => (
        <Link key={path} href={path} aria-current={path === current ? "page" : undefined}>
          {t(`tab.${name}`)}
        </Link>
      ))}
    </nav>
  );
}

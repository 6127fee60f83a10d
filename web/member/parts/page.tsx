/** What pages begin with: their title, also in the browser's tab, and as of when and where. */

import type { ReactNode } from "react";
import { useEffect } from "react";
import { Link } from "wouter";
import { clock, zoneName } from "../../shared/format";
import { t } from "../../shared/i18n";

interface Props {
  title: string;
  /** The page that this one belongs to. */
  up?: { href: string; title: string };
  isBusy?: boolean;
  children: ReactNode;
}

export function Page({ title, up, isBusy, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${t("brand")}`;
  }, [title]);
  return (
    <main aria-busy={isBusy ?? false}>
      {up && (
        <p>
          <Link href={up.href}>‹ {up.title}</Link>
        </p>
      )}
      <h1>{title}</h1>
      {children}
    </main>
  );
}

export function AsOf({ at }: { at: Date | null }) {
  return at && <p className="quiet">{t("as_of", { time: clock(at), zone: zoneName() })}</p>;
}

/** Who changed which settings when, from what to what. */

import { Button, Collapse } from "antd";
import { useLocation } from "wouter";
import { useAct, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { keep } from "../../shared/storage";
import type { SettingsShown, SettingsVersion } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Head } from "../parts/page";
import { When } from "../parts/words";
import { Changes } from "../settings/changes";
import { useShop } from "../shop";

export default function History() {
  const shop = useShop();
  const { ask } = shop;
  const [, go] = useLocation();
  const pages = usePages<SettingsVersion>(async (after) => {
    const page = await ask<{ versions: SettingsVersion[]; next: string | null }>(
      "GET",
      "settings/versions",
      { query: { after } },
    );
    return { rows: page.versions, next: page.next };
  }, []);
  const { isBusy, error, act } = useAct();
  /** What a version had becomes the draft of the plans: checked, acknowledged and saved as any. */
  const restore = (version: number) =>
    act(async () => {
      const { settings, version: now } = shop.settings;
      const old = await ask<SettingsShown>("GET", "settings", { query: { version } });
      const draft = { version: now, base: settings, document: old.settings };
      keep("draft.settings", JSON.stringify(draft));
      go("/plans");
    });
  return (
    <>
      <Head title={t("desk.history")} lead={t("desk.history_lead")} />
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {error !== null && <Failure error={error} />}
      {!pages.isLoading && pages.rows.length === 0 && <p>{t("desk.no_settings")}</p>}
      <Collapse
        items={pages.rows.map((version) => ({
          key: version.version,
          label: (
            <>
              {t("desk.version", { n: version.version })} · {version.saved_by} ·{" "}
              <When at={version.saved_at} /> · {t("desk.changed", { count: version.changed.length })}
            </>
          ),
          children: (
            <>
              <Changes of={version.changed} />
              {version.version < shop.settings.version && (
                <Button loading={isBusy} onClick={() => void restore(version.version)}>
                  {t("desk.restore", { n: version.version })}
                </Button>
              )}
            </>
          ),
        }))}
      />
      {pages.hasMore && <Button onClick={pages.more}>{t("more")}</Button>}
    </>
  );
}

/** Who changed which settings when, from what to what. */

import { Button, Collapse } from "antd";
import { usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { SettingsVersion } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Head } from "../parts/page";
import { When } from "../parts/words";
import { Changes } from "../settings/changes";
import { useShop } from "../shop";

export default function History() {
  const { ask } = useShop();
  const pages = usePages<SettingsVersion>(async (after) => {
    const page = await ask<{ versions: SettingsVersion[]; next: string | null }>(
      "GET",
      "settings/versions",
      { query: { after } },
    );
    return { rows: page.versions, next: page.next };
  }, []);
  return (
    <>
      <Head title={t("desk.history")} lead={t("desk.history_lead")} />
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
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
          children: <Changes of={version.changed} />,
        }))}
      />
      {pages.hasMore && <Button onClick={pages.more}>{t("more")}</Button>}
    </>
  );
}

/** The switch of languages. */

import { Segmented } from "antd";
import { choose, locale, LOCALES, type Locale, t } from "../../shared/i18n";

export function Languages() {
  return (
    <Segmented
      aria-label={t("language")}
      size="small"
      value={locale()}
      options={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
      onChange={(value) => void choose(value as Locale)}
    />
  );
}

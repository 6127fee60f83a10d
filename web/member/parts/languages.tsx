/** The switch of languages. */

import { choose, locale, LOCALES, type Locale, t } from "../../shared/i18n";

export function Languages() {
  return (
    <fieldset className="languages">
      <legend className="unseen">{t("language")}</legend>
      {Object.entries(LOCALES).map(([code, name]) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={code === locale()}
          onClick={() => void choose(code as Locale)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

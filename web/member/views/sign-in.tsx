/** Where a member is asked to sign in, at the stage's issuer. */

import type { Config } from "../../shared/config";
import { useAct } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { signIn } from "../../shared/session";
import { told } from "../../shared/told";
import { Languages } from "../parts/languages";

export function SignIn({ config }: { config: Config }) {
  const { isBusy, error, act } = useAct();
  return (
    <main>
      <h1>{t("sign_in.member")}</h1>
      <Languages />
      <p>
        <button
          type="button"
          className="primary"
          disabled={isBusy}
          onClick={() => void act(() => signIn(config, "member"))}
        >
          {t("sign_in.go")}
        </button>
      </p>
      {error !== null && <p role="alert">{told(error).text}</p>}
      <p>
        <a href="/draws">{t("draws.title")}</a> · <a href="/desk">{t("member.to_desk")}</a>
      </p>
    </main>
  );
}

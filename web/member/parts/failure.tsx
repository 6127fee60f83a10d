/** An error: one sentence in the reader's language, and one next step. */

import { t } from "../../shared/i18n";
import { signIn } from "../../shared/session";
import { told } from "../../shared/told";
import { useMine } from "../session";

export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const { config } = useMine();
  const { text, step, problems } = told(error);
  return (
    <div className="failure" role="alert">
      <p>{text}</p>
      {problems.map(({ path, message }) => (
        <p key={path + message} className="quiet">
          {message}
        </p>
      ))}
      {step === "sign_in" ? (
        <button type="button" onClick={() => void signIn(config, "member")}>
          {t("sign_in.again")}
        </button>
      ) : (
        again && (
          <button type="button" onClick={again}>
            {t("again")}
          </button>
        )
      )}
    </div>
  );
}

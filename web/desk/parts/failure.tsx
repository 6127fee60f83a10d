/** An error: one sentence in the reader's language, what was wrong where, and one next step. */

import { Alert, Button } from "antd";
import { createContext, useContext } from "react";
import type { Config } from "../../shared/config";
import { t } from "../../shared/i18n";
import { roleHere, signIn } from "../../shared/session";
import { told } from "../../shared/told";

interface Props {
  error: unknown;
  text?: string;
  again?: (() => void) | undefined;
}

/** How people sign in here, so that whoever has to again can, wherever they are told so. */
export const SignInHere = createContext<Config | null>(null);

export function Failure({ error, text, again }: Props) {
  const config = useContext(SignInHere);
  const said = text === undefined ? told(error) : { text, step: "back", problems: [] as const };
  const step = {
    sign_in: { label: t("sign_in.again"), go: () => void enter(config) },
    again: { label: t("again"), go: again },
    back: { label: t("back"), go: () => history.back() },
  }[said.step as "again" | "back" | "sign_in"];
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={said.text}
      description={
        said.problems.length > 0 && (
          <ul className="problems">
            {said.problems.map(({ path, message, nearest }) => (
              <li key={path + message}>
                {path && <code>{path}</code>} {message}
                {nearest && ` (${t("nearest", { nearest })})`}
              </li>
            ))}
          </ul>
        )
      }
      action={
        step.go && (
          <Button size="small" onClick={step.go}>
            {step.label}
          </Button>
        )
      }
    />
  );
}

async function enter(config: Config | null): Promise<void> {
  if (config) await signIn(config, roleHere());
  else location.reload();
}

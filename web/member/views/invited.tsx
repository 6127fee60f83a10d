/** For whoever follows an invitation: who invites, what it is, and how to sign up. */

import { useLocation } from "wouter";
import { asking } from "../../shared/api";
import type { Config } from "../../shared/config";
import { useAct, useAnswer } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { signedIn, signIn } from "../../shared/session";
import { told } from "../../shared/told";
import type { Invite } from "../../shared/types";
import { codeIn, rememberInvite, spelled } from "../parts/invited";
import { Languages } from "../parts/languages";
import { Page } from "../parts/page";

export function Invited({ config }: { config: Config }) {
  const [path, go] = useLocation();
  const code = codeIn(path);
  const ask = asking(null);
  const answer = useAnswer<Invite>(
    (signal) =>
      ask("GET", `invites/${encodeURIComponent(code)}`, { query: { locale: locale() }, signal }),
    [code, locale()],
  );
  const { isBusy, error, act } = useAct();
  const enter = () =>
    act(async () => {
      rememberInvite(answer.data?.code ?? code);
      if (await signedIn(config, "member")) go("/", { replace: true });
      else await signIn(config, "member", "/");
    });
  const problem = answer.error ?? error;
  return (
    <Page title={t("invited.title")} isBusy={answer.isLoading}>
      <Languages />
      {answer.data && (
        <>
          <section className="card centred">
            <p className="reveal">
              {answer.data.nickname === null
                ? t("invited.somebody")
                : t("invited.from", { name: answer.data.nickname })}
            </p>
            <p>{answer.data.what}</p>
            <p className="code">{spelled(answer.data.code)}</p>
          </section>
          <h2>{t("invited.what")}</h2>
          <p>{t("invited.explained")}</p>
          <p>{t("member.how")}</p>
          <p>{t("invited.referral")}</p>
          <p>
            <button type="button" className="primary" disabled={isBusy} onClick={() => void enter()}>
              {t("invited.sign_up")}
            </button>
          </p>
          <p className="quiet">{t("invite.once")}</p>
        </>
      )}
      {problem !== null && (
        <div className="failure" role="alert">
          <p>{told(problem).text}</p>
          {answer.error !== null && <p>{t("invited.ask_again")}</p>}
          <button type="button" onClick={answer.reload}>
            {t("again")}
          </button>
        </div>
      )}
      <p>
        <a href="/">{t("invited.to_pages")}</a> · <a href="/draws">{t("draws.title")}</a>
      </p>
    </Page>
  );
}

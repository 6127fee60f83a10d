/** My invitation: code, link, QR code and poster; and the code of somebody who invited me. */

import { useState } from "react";
import { newId } from "../../shared/api";
import { useAct, useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { Bound, OwnInvitation } from "../../shared/types";
import { Failure } from "../parts/failure";
import { boundText, spelled } from "../parts/invited";
import { Page } from "../parts/page";
import { Poster } from "../parts/poster";
import { QrCode } from "../../shared/qr";
import { useMine } from "../session";

export function InviteView() {
  const { ask, session, titles } = useMine();
  const invite = useAnswer<OwnInvitation>((signal) => ask("GET", "me/invite", { signal }), []);
  const seen = invite.data;
  const link = seen && (seen.link ?? `${location.origin}/i/${seen.code}`);
  return (
    <Page title={t("invite.title")} up={{ href: "/me", title: t("tab.me") }} isBusy={!seen}>
      {invite.error !== null && <Failure error={invite.error} again={invite.reload} />}
      <p>{t("invite.lead")}</p>
      {seen && link && (
        <>
          <section className="card centred">
            <QrCode of={link} label={t("invite.qr_alt")} />
            <p className="code big">{spelled(seen.code)}</p>
            <p className="hash">{link}</p>
            <div className="row">
              <Copy text={link} label={t("invite.copy_link")} />
              <Copy text={seen.code} label={t("invite.copy_code")} />
              <Share link={link} />
            </div>
          </section>
          <ShowName invite={seen} reload={invite.reload} />
          <details>
            <summary>{t("invite.poster")}</summary>
            <Poster
              title={titles.plan ?? t("brand")}
              link={link}
              code={spelled(seen.code)}
              from={seen.shows_nickname ? session.name : null}
            />
          </details>
        </>
      )}
      <details>
        <summary>{t("invite.have_code")}</summary>
        <FollowCode />
      </details>
    </Page>
  );
}

function Copy({ text, label }: { text: string; label: string }) {
  const [isDone, setDone] = useState(false);
  const { error, act } = useAct();
  const copy = async () => {
    if (await act(() => navigator.clipboard.writeText(text))) setDone(true);
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {isDone ? t("copied") : label}
      </button>
      {error !== null && <span role="alert">{t("invite.copy_by_hand")}</span>}
    </>
  );
}

/** Phones pass a link on to any chat; where they cannot, it is copied. */
function Share({ link }: { link: string }) {
  if (!("share" in navigator)) return null;
  return (
    <button
      type="button"
      className="primary"
      onClick={() => void navigator.share({ url: link }).catch(() => undefined)}
    >
      {t("invite.share")}
    </button>
  );
}

function ShowName({ invite, reload }: { invite: OwnInvitation; reload: () => void }) {
  const { ask } = useMine();
  const { isBusy, error, act } = useAct();
  const [shows, setShows] = useState(invite.shows_nickname);
  const change = async (wanted: boolean) => {
    setShows(wanted);
    const body = { show_nickname: wanted };
    if (await act(() => ask("PUT", "me/invite", { body }))) reload();
    else setShows(!wanted);
  };
  return (
    <>
      <label className="switch">
        <input
          type="checkbox"
          disabled={isBusy}
          checked={shows}
          onChange={(event) => void change(event.currentTarget.checked)}
        />{" "}
        {t("invite.show_name")}
      </label>
      {error !== null && <Failure error={error} />}
    </>
  );
}

function FollowCode() {
  const { ask } = useMine();
  const [id] = useState(newId);
  const [code, setCode] = useState("");
  const [bound, setBound] = useState<Bound | null>(null);
  const { isBusy, error, act } = useAct();
  const go = async (event: Event) => {
    event.preventDefault();
    await act(async () => {
      setBound(await ask<Bound>("POST", "me/referrer", { body: { id, code: code.trim() } }));
    });
  };
  return (
    <form onSubmit={go as never}>
      <p>{t("invite.once")}</p>
      <label>
        {t("invite.code")}
        <input value={code} required maxLength={20} onInput={(event) => setCode(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={isBusy}>
        {t("invite.follow")}
      </button>
      {bound && <p role="status">{boundText(bound)}</p>}
      {error !== null && <Failure error={error} />}
    </form>
  );
}

/** What members are told: one kind at a time, with a preview of real values. */

import { Button, Form, Input, Select, Space } from "antd";
import { useEffect, useState } from "react";
import { count, percent } from "../../shared/format";
import { useAct, useAnswer, useDraft, useLeaveGuard } from "../../shared/hooks";
import { learn, type Locale, locale, LOCALES, speaking, t } from "../../shared/i18n";
import { noticeName, planName } from "../../shared/names";
import type { OrderFound, OrdersFound, Wording, Wordings } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Answered, Head } from "../parts/page";
import { When } from "../parts/words";
import { useQuery } from "../query";
import { type Shop, useShop } from "../shop";

export default function Notices() {
  const { ask } = useShop();
  const [query, setQuery] = useQuery();
  const answer = useAnswer<Wordings>((signal) => ask("GET", "notices/wordings", { signal }), []);
  const language = query.get("of") ?? locale();
  return (
    <>
      <Head title={t("desk.notices")} lead={t("desk.notices_lead")} at={answer.at} />
      <Answered answer={answer}>
        {({ wordings, limits }) => {
          const kind = query.get("kind") ?? wordings[0]?.kind ?? "";
          const chosen = wordings.find((each) => each.kind === kind && each.locale === language);
          return (
            <>
              <Space wrap>
                <Select
                  aria-label={t("desk.kind")}
                  className="wide-select"
                  value={kind}
                  onChange={(next) => setQuery({ kind: next })}
                  options={[...new Set(wordings.map((each) => each.kind))].map((value) => ({
                    value,
                    label: noticeName(value),
                  }))}
                />
                <Select
                  aria-label={t("language")}
                  value={language}
                  onChange={(next) => setQuery({ of: next })}
                  options={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
                />
              </Space>
              {chosen && (
                <Editor
                  key={`${chosen.locale}.${chosen.kind}.${chosen.version}`}
                  wording={chosen}
                  limits={limits[chosen.locale] ?? ""}
                  saved={answer.reload}
                />
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

interface EditorProps {
  wording: Wording;
  /** What the check for promises does not see. */
  limits: string;
  saved: () => void;
}

function Editor({ wording, limits, saved }: EditorProps) {
  const { ask } = useShop();
  const { locale: of, kind, version } = wording;
  const [text, setText, drop] = useDraft(
    `wording.${of}.${kind}.${version}`,
    wording.draft ?? wording.text,
  );
  const [isDone, setDone] = useState(false);
  const { isBusy, error, act } = useAct();
  const isChanged = text !== (wording.draft ?? wording.text);
  useLeaveGuard(isChanged);
  const save = async (next: string | null) => {
    const body = { locale: of, kind, text: next, version };
    if (await act(() => ask("PUT", "notices/wordings", { body }))) {
      drop();
      setDone(true);
      saved();
    }
  };
  return (
    <Form layout="vertical" className="narrow" onFinish={() => void save(text)}>
      <Form.Item label={noticeName(kind)} htmlFor="wording">
        <Input.TextArea
          id="wording"
          lang={of}
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Form.Item>
      <p className="quiet">
        {t("desk.names")}{" "}
        {wording.names.map((name) => (
          <code key={name}>{`{${name}}`} </code>
        ))}
      </p>
      <Preview text={text} names={wording.names} of={of} />
      <p className="quiet">{limits}</p>
      {wording.draft !== null && (
        <p role="note">
          {t("desk.wording_waits", { who: wording.drafted_by ?? "", text: wording.text })}
        </p>
      )}
      {wording.saved_at && (
        <p className="quiet">
          {wording.saved_by}, <When at={wording.saved_at} />
        </p>
      )}
      {error !== null && <Failure error={error} />}
      <Space>
        <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isChanged}>
          {t("desk.save_wording")}
        </Button>
        {isChanged && <Button onClick={drop}>{t("desk.discard")}</Button>}
        {wording.draft !== null && !isChanged && (
          <Button loading={isBusy} onClick={() => void save(wording.draft)}>
            {t("desk.approve_wording")}
          </Button>
        )}
        {version > 0 && wording.text !== wording.default && (
          <Button loading={isBusy} onClick={() => void save(null)}>
            {t("desk.default_wording")}
          </Button>
        )}
        <span role="status">{isDone && !isChanged && t("desk.wording_saved")}</span>
      </Space>
    </Form>
  );
}

/** What a member would read, with values of the newest order of the shop. */
function Preview({ text, names, of }: { text: string; names: readonly string[]; of: Locale }) {
  const shop = useShop();
  const answer = useAnswer<OrdersFound>((signal) => shop.ask("GET", "orders", { signal }), []);
  const [known, setKnown] = useState(locale());
  useEffect(() => void learn(of).then(() => setKnown(of)), [of]);
  const order = answer.data?.orders[0];
  const values = speaking(known, () => valuesOf(order, shop));
  const unknown = [...text.matchAll(/\{([^{}]*)\}/g)].filter(([, name]) => !names.includes(name ?? ""));
  const shown = text.replace(/\{([^{}]*)\}/g, (whole, name: string) => values[name] ?? whole);
  return (
    <section aria-label={t("desk.preview")} className="preview">
      <h2>{t("desk.preview")}</h2>
      <blockquote lang={of}>{shown}</blockquote>
      {unknown.length > 0 && (
        <p role="status">{t("desk.unknown_names", { names: unknown.map(([all]) => all).join(" ") })}</p>
      )}
    </section>
  );
}

function valuesOf(order: OrderFound | undefined, shop: Shop): Record<string, string> {
  const id = order?.order_id ?? "A-1024";
  const paid = order?.paid ?? 16800;
  const part = shop.money(Math.round(paid / 10));
  const somebody = order?.nickname ?? "m01";
  return {
    order: id,
    entry: id,
    origin: id,
    amount: part,
    paid: shop.money(Math.round(paid / 5)),
    payout: part,
    clawed_back: part,
    owed: shop.money(paid),
    entries: count(3),
    quantity: count(1),
    ratio: percent(2500),
    plan: shop.plans.find(({ state }) => state === "on")?.title ?? planName("queue_rebate"),
    reason: t("desk.sample_reason"),
    to: somebody,
    from: somebody,
    gift: t("desk.sample_gift"),
    tracking: "SF-1024",
    name: "gold",
    before: "silver",
    store: order?.store_id ?? "bakery",
  };
}

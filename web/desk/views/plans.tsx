/**
 * The plans: choose one by what it does, fill in its form, have it checked, read what differs,
 * acknowledge each risk at its figure, save now or for a day to come. What is not saved is a draft.
 */

import { Alert, Button, Card, Checkbox, Form, Input, Space } from "antd";
import { useState } from "react";
import { ApiError } from "../../shared/api";
import { decimalsOf, moment } from "../../shared/format";
import { useAct, useDraft, useLeaveGuard } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import { planName } from "../../shared/names";
import type { Document, Json, SettingsPlanned, SettingsShown } from "../../shared/types";
import { Failure } from "../parts/failure";
import { Head } from "../parts/page";
import { State } from "../parts/words";
import { useQuery } from "../query";
import { Changes, shown } from "../settings/changes";
import { at, type Change, changed, differences, type Merged, merged, type Path } from "../settings/document";
import { FormProvider } from "../settings/fields";
import { titlesAlong, unitOf } from "../settings/schema";
import { GENERAL, Margin, Part, said, useWish } from "../settings/part";
import { type Shop, useShop } from "../shop";

/** For those who ask for it. */
const JSON_PART = "json";

interface Draft {
  version: number;
  base: Document;
  document: Document;
}

interface Checked {
  means: { part: string; text: string }[];
  costs: { channel: string; text: string }[];
  laws: { queues: string; plan: string; text: string[] }[];
  changes: { path: string; text: string }[];
  line: { queue: string; waiting: number; owed: number; text: string[] }[];
  acknowledge: Risk[];
}

interface Risk {
  item: string;
  path: string;
  text: string;
}

export default function Plans() {
  const shop = useShop();
  const { settings, version } = shop.settings;
  const [query, setQuery] = useQuery();
  const [draft, setDraft, drop] = useDraft<Draft>("settings", {
    version,
    base: settings,
    document: settings,
  });
  const changes = differences(draft.base, draft.document);
  const isChanged = changes.length > 0;
  const current = isChanged ? draft : { version, base: settings, document: settings };
  useLeaveGuard(isChanged);
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const part = query.get("part");
  const change = (path: Path, value: Json | undefined) =>
    setDraft({ ...current, document: changed(current.document, path, value) as Document });
  return (
    <>
      <Head
        title={t("desk.plans")}
        lead={version ? t("desk.in_force", { n: version }) : t("desk.no_settings")}
      >
        <Space wrap>
          {part !== null && (
            <Button onClick={() => setQuery({ part: "" })}>{t("desk.all_plans")}</Button>
          )}
          {part !== JSON_PART && (
            <Button type="text" onClick={() => setQuery({ part: JSON_PART })}>
              {t("desk.as_json")}
            </Button>
          )}
        </Space>
      </Head>
      {shop.settings.planned && <Planned of={shop.settings.planned} />}
      <FormProvider value={{ document: current.document, change, problems }}>
        {part === null ? (
          <Choose document={current.document} choose={(name) => setQuery({ part: name })} />
        ) : part === JSON_PART ? (
          <pre className="code">{JSON.stringify(current.document, null, 2)}</pre>
        ) : (
          <Form layout="vertical">
            <Part name={part} document={current.document} change={change} />
          </Form>
        )}
      </FormProvider>
      {isChanged && (
        <SaveBar
          draft={draft}
          setDraft={setDraft}
          setProblems={setProblems}
          drop={() => {
            drop();
            setProblems(new Map());
          }}
        />
      )}
    </>
  );
}

interface ChooseProps {
  document: Document;
  choose: (part: string) => void;
}

function Choose({ document, choose }: ChooseProps) {
  const { plans, settings } = useShop();
  const [wish] = useWish();
  const cards = [
    ...plans.map(({ name }) => {
      const its = document[name] as Document | null | undefined;
      const state = !its || its.enabled === false ? "off" : its.paused === true ? "paused" : "on";
      return { name, title: planName(name), state };
    }),
    ...["wallet", "guards", GENERAL].map((name) => ({ name, title: planName(name), state: null })),
  ];
  return (
    <>
      {settings.version === 0 && <p>{t("desk.begin_lead")}</p>}
      {cards.some(({ state }) => state === "off") && <Margin />}
      <ul className="cards choices">
      {cards.map(({ name, title, state }) => (
        <li key={name}>
          <Card
            size="small"
            title={<h2>{title}</h2>}
            extra={
              state && (
                <State of={state} text={t(`desk.plan_${state}`)} />
              )
            }
          >
            <p>{t(`does.${name}`)}</p>
            {state === "off" && document[name] == null && (
              <p className="quiet">{said(name, wish)}</p>
            )}
            <Button onClick={() => choose(name)} aria-label={t("desk.open_named", { name: title })}>
              {t("desk.open")}
            </Button>
          </Card>
        </li>
      ))}
      </ul>
    </>
  );
}

interface SaveBarProps {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  setProblems: (problems: ReadonlyMap<string, string>) => void;
  drop: () => void;
}

function SaveBar({ draft, setDraft, setProblems, drop }: SaveBarProps) {
  const shop = useShop();
  const { isBusy, error, act, clear } = useAct();
  const [checked, setChecked] = useState<{ of: string; said: Checked } | null>(null);
  const [day, setDay] = useState("");
  const [others, setOthers] = useState<{ by: SettingsShown; merge: Merged } | null>(null);
  const text = JSON.stringify(draft.document);
  const changes = differences(draft.base, draft.document);
  const isChecked = checked?.of === text;
  const risks = checked?.said.acknowledge ?? [];
  const slips = changes.filter(isSteep);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const isAccepted = risks.length === 0 && slips.every((each) => seen.has(figureOf(each)));

  /** What is wrong stands at its field, too. */
  const check = () =>
    act(async () => {
      setProblems(new Map());
      try {
        const body = { settings: draft.document, locale: locale() };
        const said = await shop.ask<Checked>("POST", "settings/check", { body });
        setChecked({ of: text, said });
      } catch (failed) {
        if (failed instanceof ApiError)
          setProblems(new Map(failed.problems.map(({ path, message }) => [path, message])));
        throw failed;
      }
    });
  const save = () =>
    act(async () => {
      try {
        const later = day ? { at: day } : {};
        const body = { version: draft.version, settings: draft.document, ...later };
        await shop.ask("PUT", "settings", { body });
        drop();
        shop.reload();
      } catch (failed) {
        if (!(failed instanceof ApiError) || failed.status !== 409) throw failed;
        const theirs = await shop.ask<SettingsShown>("GET", "settings");
        setOthers({ by: theirs, merge: merged(draft.base, draft.document, theirs.settings) });
      }
    });
  const accept = (item: string, isTicked: boolean) => {
    const path = ["guards", "acknowledged"];
    const before = (at(draft.document, path) ?? []) as string[];
    const after = isTicked ? [...before, item] : before.filter((each) => each !== item);
    setDraft({ ...draft, document: changed(draft.document, path, after) as Document });
  };
  const accepted = new Set((at(draft.document, ["guards", "acknowledged"]) ?? []) as string[]);
  const goOn = () => {
    if (!others) return;
    const { version, settings } = others.by;
    setDraft({ version, base: settings, document: others.merge.document });
    setOthers(null);
    clear();
  };
  return (
    <Card
      className="save-bar"
      size="small"
      title={<h2>{t("desk.unsaved", { count: changes.length })}</h2>}
    >
      {isChecked ? <Consequences of={checked.said} /> : <Changes of={changes} />}
      {error !== null && <Failure error={error} />}
      {risks.length + slips.length > 0 && (
        <fieldset className="risks">
          <legend>{t("desk.risks")}</legend>
          {slips.map((each) => (
            <Checkbox
              key={figureOf(each)}
              checked={seen.has(figureOf(each))}
              onChange={({ target }) => {
                const others = [...seen].filter((figure) => figure !== figureOf(each));
                setSeen(new Set(target.checked ? [...others, figureOf(each)] : others));
              }}
            >
              {slipText(each, shop)}
            </Checkbox>
          ))}
          {risks.map(({ item, text: risk }) => (
            <Checkbox
              key={item}
              checked={accepted.has(item)}
              onChange={(event) => accept(item, event.target.checked)}
            >
              {risk}
            </Checkbox>
          ))}
        </fieldset>
      )}
      {others && <Others others={others} goOn={goOn} />}
      <Space wrap className="save-acts">
        <Button type={isChecked ? "default" : "primary"} loading={isBusy} onClick={() => void check()}>
          {t("desk.check")}
        </Button>
        <Button
          type={isChecked ? "primary" : "default"}
          disabled={!isAccepted || !isChecked || others !== null}
          loading={isBusy}
          onClick={() => void save()}
        >
          {day ? t("desk.plan_for", { day }) : t("desk.save")}
        </Button>
        {isChecked && !shop.settings.planned && (
          <Input
            type="date"
            className="day"
            aria-label={t("desk.from_day")}
            prefix={t("desk.from_day")}
            value={day}
            onChange={(event) => setDay(event.target.value)}
          />
        )}
        <Button onClick={drop}>{t("desk.discard")}</Button>
        {!isChecked && <span className="quiet">{t("desk.check_lead")}</span>}
      </Space>
    </Card>
  );
}

/** What is to be in force later, or is not though it was planned. */
function Planned({ of }: { of: SettingsPlanned }) {
  const shop = useShop();
  const { isBusy, error, act } = useAct();
  const isWaiting = of.state === "waiting";
  const drop = () =>
    act(async () => {
      await shop.ask("POST", "settings/planned/drop", { body: { version: of.version } });
      shop.reload();
    });
  return (
    <Alert
      type={isWaiting ? "info" : "error"}
      title={t(`desk.planned_${of.state}`, { at: moment(of.at), by: of.planned_by })}
      description={
        <>
          {of.reason && <p>{of.reason}</p>}
          {isWaiting && <Changes of={differences(shop.settings.settings, of.settings)} />}
          {error !== null && <Failure error={error} />}
        </>
      }
      action={
        <Button size="small" danger={isWaiting} loading={isBusy} onClick={() => void drop()}>
          {t(isWaiting ? "desk.drop_planned" : "desk.close")}
        </Button>
      }
    />
  );
}

const STEEP = 3;
const WHOLE_BPS = 10_000;
const HUNDRED = 100;

/** A ratio that grows this much may be a slip of a zero: it is acknowledged at its figure. */
function isSteep({ path, before, after }: Change): boolean {
  if (unitOf(path) !== "percent" || typeof after !== "number") return false;
  const old = typeof before === "number" ? before : 0;
  return (old > 0 && after >= STEEP * old) || (after > WHOLE_BPS && old <= WHOLE_BPS);
}

const figureOf = ({ path, after }: Change): string => `${path.join(".")}=${String(after)}`;

function slipText({ path, before, after }: Change, { currency, money }: Shop): string {
  const hundred = HUNDRED * 10 ** decimalsOf(currency);
  const of = (value: Json | undefined) =>
    money(Math.round((hundred * (typeof value === "number" ? value : 0)) / WHOLE_BPS));
  return t("desk.steep", {
    what: titlesAlong(path).join(" · "),
    before: shown(before, path, currency),
    after: shown(after, path, currency),
    order: money(hundred),
    money_before: of(before),
    money_after: of(after),
  });
}

/** What saving would change, do to those in line and come to, in the API's own sentences. */
function Consequences({ of }: { of: Checked }) {
  const groups: [string, string[]][] = [
    [t("desk.what_changes"), of.changes.map(({ text }) => text)],
    [t("desk.who_is_touched"), of.line.flatMap(({ text }) => text)],
    [t("desk.what_it_costs"), of.costs.map(({ text }) => text)],
    [t("desk.the_law"), of.laws.flatMap(({ text }) => text)],
    [t("desk.means"), of.means.map(({ text }) => text)],
  ];
  return (
    <section className="meaning">
      {groups
        .filter(([, texts]) => texts.length > 0)
        .map(([title, texts]) => (
          <details key={title} open={title !== t("desk.means")}>
            <summary>
              <h3>{title}</h3>
            </summary>
            <ul>
              {[...new Set(texts)].map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </details>
        ))}
    </section>
  );
}

function Others({
  others: { by, merge },
  goOn,
}: {
  others: { by: SettingsShown; merge: Merged };
  goOn: () => void;
}) {
  return (
    <Alert
      type="warning"
      title={t("desk.others_saved", { n: by.version })}
      description={
        <>
          {merge.conflicts.length > 0 ? (
            <>
              <p>{t("desk.both_changed")}</p>
              <Changes
                of={merge.conflicts.map(({ ours, theirs }) => ({
                  path: ours.path,
                  before: theirs.after,
                  after: ours.after,
                }))}
              />
            </>
          ) : (
            <p>{t("desk.no_conflict")}</p>
          )}
          <Button onClick={goOn}>{t("desk.go_on")}</Button>
        </>
      }
    />
  );
}

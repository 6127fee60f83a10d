/** Merchants: applications as a board, stores with what they sell, floors and ceilings of their terms. */

import { Button, Card, Descriptions, Drawer, Form, Input, InputNumber, Tabs, Timeline } from "antd";
import { useState } from "react";
import { Link } from "wouter";
import { percent } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { locale, t } from "../../shared/i18n";
import type { ApplicationShown, Document, Json, Negotiate, ReportShown } from "../../shared/types";
import { useConfirm } from "../parts/confirm";
import { type Column, DataTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { useListed } from "../parts/listed";
import { Answered, Head } from "../parts/page";
import { Id, MemberLink, State, When } from "../parts/words";
import { useQuery } from "../query";
import { at } from "../settings/document";
import { useShop } from "../shop";

const STATES = ["submitted", "negotiating", "approved", "rejected"];
const OPEN = ["submitted", "negotiating"];
const HUNDREDTHS = 100;

export default function Merchants() {
  const [query, setQuery] = useQuery();
  return (
    <>
      <Head title={t("desk.merchants")} lead={t("desk.merchants_lead")} />
      <Tabs
        activeKey={query.get("tab") ?? "board"}
        destroyOnHidden
        onChange={(tab) => setQuery({ tab, q: "", page: "", sort: "", id: "" })}
        items={[
          { key: "board", label: t("desk.applications"), children: <Board /> },
          { key: "stores", label: t("desk.stores"), children: <Stores /> },
          { key: "terms", label: t("desk.terms"), children: <Terms /> },
        ]}
      />
    </>
  );
}

function Board() {
  const [turn, setTurn] = useState(0);
  return (
    <div className="board">
      {STATES.map((state) => (
        <Lane key={`${state} ${turn}`} state={state} decided={() => setTurn(turn + 1)} />
      ))}
    </div>
  );
}

function Lane({ state, decided }: { state: string; decided: () => void }) {
  const [query, setQuery] = useQuery();
  const pages = useListed<"applications", ApplicationShown>("applications", "applications", { state });
  const open = pages.rows.find(({ id }) => id === query.get("id"));
  return (
    <section aria-label={t(`application.${state}`)} className="lane">
      <h2>
        {t(`application.${state}`)}{" "}
        <span className="quiet">
          {pages.rows.length}
          {pages.hasMore && "+"}
        </span>
      </h2>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {pages.rows.map((row) => (
        <Card key={row.id} size="small" title={<h3>{row.name || row.member}</h3>}>
          <p>
            {[row.category, row.concession_bps !== null && percent(row.concession_bps)]
              .filter(Boolean)
              .join(" · ")}
          </p>
          <p className="quiet">
            <When at={row.at} />
          </p>
          {row.asked && <State of="held" text={t("desk.sent_back")} />}
          <Button
            size="small"
            aria-label={t("desk.open_named", { name: row.name || row.member })}
            onClick={() => setQuery({ id: row.id })}
          >
            {t("desk.open")}
          </Button>
        </Card>
      ))}
      {pages.rows.length === 0 && !pages.isLoading && <p className="quiet">{t("none")}</p>}
      {pages.hasMore && <Button onClick={pages.more}>{t("more")}</Button>}
      {open && (
        <Application
          of={open}
          close={() => setQuery({ id: "" })}
          decided={() => {
            setQuery({ id: "" });
            decided();
          }}
        />
      )}
    </section>
  );
}

interface ApplicationProps {
  of: ApplicationShown;
  close: () => void;
  decided: () => void;
}

function Application({ of, close, decided }: ApplicationProps) {
  const ratio = (bps: number | null) => (bps === null ? null : percent(bps));
  return (
    <Drawer open size="large" onClose={close} title={of.name || of.member}>
      <Descriptions
        size="small"
        column={1}
        items={[
          [t("desk.member"), <MemberLink key="m" id={of.member} />],
          [t("desk.contact"), of.contact],
          [t("desk.licence"), of.licence],
          [t("desk.address"), of.address],
          [t("desk.category"), of.category],
          [t("desk.wanted_concession"), ratio(of.concession_bps)],
          [t("desk.agreed_concession"), ratio(of.agreed_concession_bps)],
          [t("desk.agreed_merchant"), ratio(of.agreed_merchant_bps)],
          [t("desk.brought_by"), of.referrer && <MemberLink key="r" id={of.referrer} />],
          [t("desk.store"), of.store],
          [t("desk.reason"), of.reason],
          [t("desk.attachments"), of.attachments.length > 0 && <Attachments key="a" of={of.attachments} />],
        ]
          .filter(([, value]) => value)
          .map(([label, children]) => ({ key: String(label), label, children }))}
      />
      {OPEN.includes(of.state) && <Decide of={of} decided={decided} />}
      <h3>{t("desk.steps_so_far")}</h3>
      <Timeline
        items={of.steps.map((step) => ({
          content: (
            <>
              <When at={step.at} /> {t(`application.${step.state}`)}
              {step.by && ` · ${step.by}`}
              {step.note && <p className="quiet">{step.note}</p>}
            </>
          ),
        }))}
      />
    </Drawer>
  );
}

/** Applicants name addresses: only those of the web are led to. */
function Attachments({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((address) => (
        <li key={address}>
          {/^https?:\/\//.test(address) ? (
            <a href={address} target="_blank" rel="noreferrer noopener">
              {address}
            </a>
          ) : (
            address
          )}
        </li>
      ))}
    </ul>
  );
}

const bps = (percents: number | null): number | null =>
  percents === null ? null : Math.round(percents * HUNDREDTHS);

function Decide({ of, decided }: { of: ApplicationShown; decided: () => void }) {
  const { ask } = useShop();
  const from = (value: number | null) => (value === null ? null : value / HUNDREDTHS);
  const [concession, setConcession] = useState(from(of.agreed_concession_bps ?? of.concession_bps));
  const [merchant, setMerchant] = useState(from(of.agreed_merchant_bps));
  const [store, setStore] = useState("");
  const [confirm, place] = useConfirm(decided);
  const { id } = of;
  const name = of.name || of.member;
  const talk = (questions: boolean) => {
    const label = t(questions ? "desk.ask_back" : "desk.agree");
    confirm({
      title: label,
      content: (
        <p>
          {questions
            ? t("desk.ask_back_lead", { name })
            : t("desk.agree_lead", {
                name,
                concession: concession === null ? "–" : percent(bps(concession) ?? 0),
                merchant: merchant === null ? t("desk.as_the_plan") : percent(bps(merchant) ?? 0),
              })}
        </p>
      ),
      asks: t(questions ? "desk.questions" : "desk.note"),
      choices: [
        {
          label,
          work: (note) => {
            const body: Negotiate = {
              id,
              concession_bps: bps(concession),
              merchant_bps: bps(merchant),
              note,
              questions,
            };
            return ask("POST", "applications/negotiate", { body });
          },
        },
      ],
    });
  };
  const approve = () =>
    confirm({
      title: t("desk.approve_merchant"),
      content: (
        <p>
          {t("desk.approve_merchant_lead", {
            name,
            store: store.trim(),
            member: of.member,
            concession: of.agreed_concession_bps === null ? "–" : percent(of.agreed_concession_bps),
          })}
        </p>
      ),
      choices: [
        {
          label: t("desk.approve_merchant"),
          work: () => ask("POST", "applications/approve", { body: { id, store: store.trim() } }),
        },
      ],
    });
  const reject = () =>
    confirm({
      title: t("desk.reject"),
      content: <p>{t("desk.reject_merchant_lead", { name })}</p>,
      asks: t("desk.reason"),
      choices: [
        {
          label: t("desk.reject"),
          isDanger: true,
          work: (reason) => ask("POST", "applications/reject", { body: { id, reason } }),
        },
      ],
    });
  const ratio = (key: string, label: string, value: number | null, set: typeof setMerchant) => (
    <Form.Item label={label} htmlFor={key}>
      <InputNumber id={key} min={0} max={100} precision={2} suffix="%" value={value} onChange={set} />
    </Form.Item>
  );
  return (
    <Form layout="vertical">
      {place}
      <div className="fields">
        {ratio("concession", t("desk.agreed_concession"), concession, setConcession)}
        {ratio("merchant", t("desk.agreed_merchant"), merchant, setMerchant)}
      </div>
      <Form.Item>
        <Button onClick={() => talk(false)}>{t("desk.agree")}</Button>{" "}
        <Button onClick={() => talk(true)}>{t("desk.ask_back")}</Button>
      </Form.Item>
      <Form.Item label={t("desk.new_store")} htmlFor="new-store" extra={t("desk.new_store_lead")}>
        <Input id="new-store" value={store} onChange={(event) => setStore(event.target.value)} />
      </Form.Item>
      <Form.Item>
        <Button type="primary" disabled={!store.trim()} onClick={approve}>
          {t("desk.approve_merchant")}
        </Button>{" "}
        <Button danger onClick={reject}>
          {t("desk.reject")}
        </Button>
      </Form.Item>
    </Form>
  );
}

type Row = ReportShown["rows"][number];

/** What each store sold and gave in the days that the report has. */
function Stores() {
  const shop = useShop();
  const answer = useAnswer<ReportShown>(
    (signal) => shop.ask("GET", "reports/stores", { query: { locale: locale() }, signal }),
    [locale()],
  );
  return (
    <Answered answer={answer}>
      {({ columns, rows, starts, ends, notes }) => (
        <>
          <p className="quiet">{t("desk.days_of", { from: starts, to: ends })}</p>
          <DataTable
            name={t("desk.stores")}
            columns={[
              ...columns.map(
                ({ name, title, unit }): Column<Row> => ({
                  key: name,
                  title,
                  of: (row) => row[name] ?? null,
                  show: (row) => {
                    const value = row[name] ?? null;
                    if (name === "store" && typeof value === "string")
                      return (
                        <Link href={`/orders?${new URLSearchParams({ store: value })}`}>{value}</Link>
                      );
                    if (typeof value !== "number") return value ?? "–";
                    return unit === "amount" ? shop.money(value) : unit === "bps" ? percent(value) : value;
                  },
                  isNumber: unit !== "text",
                }),
              ),
            ]}
            rows={rows}
            keyOf={(row) => JSON.stringify(row)}
            none={t("desk.no_stores")}
          />
          {notes.map((note) => (
            <p key={note} className="quiet">
              {note}
            </p>
          ))}
        </>
      )}
    </Answered>
  );
}

interface Concession {
  key: string;
  store: string;
  plan: string;
  part: string;
  text: string;
}

const ratioOf = (value: Json | undefined): string =>
  typeof value === "number" ? percent(value) : t("desk.not_set");

/** What stores may set themselves, and what the settings say of each. */
function Terms() {
  const { settings } = useShop().settings;
  const bounds = (name: string) => at(settings, ["queue_rebate", "bounds", name]) as Json[] | null;
  const range = (name: string) => {
    const [lowest, highest] = bounds(name) ?? [];
    return lowest === undefined
      ? t("desk.no_own_terms")
      : t("desk.from_to", { from: ratioOf(lowest), to: ratioOf(highest) });
  };
  const rows = [
    ...concessions(settings, "alliance", "merchants", "concession_bps"),
    ...concessions(settings, "red_packet", "stores", "concession_bps"),
    ...concessions(settings, "queue_rebate", "store_settings", "extraction_bps"),
    ...concessions(settings, "queue_rebate", "cashier_settings", "extraction_bps"),
  ];
  return (
    <>
      <Descriptions
        size="small"
        column={1}
        items={["extraction_bps", "fixed_bps"].map((name) => ({
          key: name,
          label: t(`desk.bounds_${name}`),
          children: range(name),
        }))}
      />
      <p>
        <Link href="/plans?part=queue_rebate">{t("desk.change_bounds")}</Link>
      </p>
      <DataTable
        name={t("desk.terms")}
        columns={[
          {
            key: "store",
            title: t("desk.store"),
            of: ({ store }: Concession) => store,
            show: ({ store }) => <Id of={store} />,
          },
          {
            key: "plan",
            title: t("desk.plan"),
            of: ({ plan, part }) => `${t(`plan.${plan}`)} · ${t(`desk.terms_${part}`)}`,
            show: ({ plan, part }) => (
              <Link href={`/plans?part=${plan}`}>
                {t(`plan.${plan}`)} · {t(`desk.terms_${part}`)}
              </Link>
            ),
          },
          { key: "ratio", title: t("desk.ratio"), of: ({ text }) => text },
        ]}
        rows={rows}
        keyOf={({ key }) => key}
        none={t("desk.no_terms")}
      />
    </>
  );
}

function concessions(settings: Document, plan: string, part: string, name: string): Concession[] {
  const found = (at(settings, [plan, part]) ?? {}) as Document;
  return Object.keys(found).map((store) => ({
    key: `${plan} ${part} ${store}`,
    store,
    plan,
    part,
    text: ratioOf(at(found, [store, name])),
  }));
}

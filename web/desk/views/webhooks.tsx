/** Where events go: endpoints with their secrets, what each was told, and once more. */

import { Alert, Button, Checkbox, Drawer, Form, Input, Select, Space, Switch, Typography } from "antd";
import { useState } from "react";
import { newId } from "../../shared/api";
import { count } from "../../shared/format";
import { useAct, useAnswer } from "../../shared/hooks";
import { named, t } from "../../shared/i18n";
import type {
  Redeliver,
  RedeliveryShown,
  SaveWebhook,
  WebhookDeliveryShown,
  WebhookShown,
  WebhooksShown,
} from "../../shared/types";
import { useConfirm } from "../parts/confirm";
import { type Column, DataTable, PagedTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { useListed } from "../parts/listed";
import { Answered, Head } from "../parts/page";
import { Id, State, When } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

type EventOut = NonNullable<SaveWebhook["types"]>[number];

const STATES = ["waiting", "delivered", "set_aside"];

export default function Webhooks() {
  const { ask } = useShop();
  const [query, setQuery] = useQuery();
  const answer = useAnswer<WebhooksShown>((signal) => ask("GET", "webhooks", { signal }), []);
  const [edited, setEdited] = useState<WebhookShown | "new" | null>(null);
  const columns: Column<WebhookShown>[] = [
    {
      key: "id",
      title: t("desk.id"),
      of: ({ id }) => id,
      show: ({ id }) => <Id of={id} />,
    },
    { key: "address", title: t("desk.address"), of: ({ address }) => address },
    {
      key: "types",
      title: t("desk.events"),
      of: ({ types }) => types?.map((type) => named("event", type)).join(", ") ?? t("desk.all_events"),
    },
    {
      key: "state",
      title: t("desk.state"),
      of: ({ on, off_because }) =>
        on ? t("desk.webhook_on") : [t("desk.webhook_off"), off_because].filter(Boolean).join(": "),
      show: ({ on, off_because, failures }) => (
        <State
          of={on ? (failures ? "held" : "on") : "off"}
          text={
            on
              ? t("desk.webhook_on")
              : [t("desk.webhook_off"), off_because].filter(Boolean).join(": ")
          }
        />
      ),
    },
    {
      key: "failures",
      title: t("desk.failures"),
      of: ({ failures }) => failures || null,
      show: ({ failures, failing_since }) =>
        failures ? (
          <>
            {count(failures)} <span className="quiet">{t("desk.since")}</span>{" "}
            <When at={failing_since} />
          </>
        ) : (
          "–"
        ),
    },
    {
      key: "saved",
      title: t("desk.saved"),
      of: ({ saved_at, saved_by }) => `${saved_at} ${saved_by}`,
      show: ({ saved_at, saved_by }) => (
        <>
          {saved_by}, <When at={saved_at} />
        </>
      ),
    },
    {
      key: "acts",
      title: t("desk.acts"),
      of: () => null,
      show: (row) => (
        <Space>
          <Button size="small" onClick={() => setEdited(row)}>
            {t("desk.change")}
          </Button>
          <Button size="small" onClick={() => setQuery({ id: row.id, state: "", page: "" })}>
            {t("desk.deliveries")}
          </Button>
        </Space>
      ),
    },
  ];
  const id = query.get("id");
  return (
    <>
      <Head
        title={t("desk.webhooks")}
        lead={t("desk.webhooks_lead")}
        at={answer.at}
        reload={answer.reload}
      >
        <Button type="primary" onClick={() => setEdited("new")}>
          {t("desk.new_webhook")}
        </Button>
      </Head>
      <Answered answer={answer}>
        {({ webhooks }) => (
          <DataTable
            name={t("desk.webhooks")}
            columns={columns}
            rows={webhooks}
            keyOf={(row) => row.id}
            none={t("desk.no_webhooks")}
            canFind={false}
          />
        )}
      </Answered>
      {id && <Deliveries key={id} id={id} />}
      {edited && (
        <Editor
          key={edited === "new" ? "" : edited.id}
          of={edited === "new" ? null : edited}
          close={() => setEdited(null)}
          saved={answer.reload}
        />
      )}
    </>
  );
}

interface EditorProps {
  of: WebhookShown | null;
  close: () => void;
  saved: () => void;
}

/** A secret that is made is shown this once: the drawer stays open with it. */
function Editor({ of, close, saved }: EditorProps) {
  const { ask } = useShop();
  const { isBusy, error, act } = useAct();
  const [version, setVersion] = useState(of?.version ?? 0);
  const [secrets, setSecrets] = useState(of?.secrets ?? 0);
  const [made, setMade] = useState<string | null>(null);
  const [id, setId] = useState(of?.id ?? "");
  const [address, setAddress] = useState(of?.address ?? "");
  const [isAll, setAll] = useState(!of || of.types === null);
  const [types, setTypes] = useState((of?.types ?? []) as EventOut[]);
  const [isOn, setOn] = useState(of?.on ?? true);
  const save = (secret?: string) =>
    act(async () => {
      const body: SaveWebhook = {
        id: id.trim(),
        version,
        address: address.trim(),
        types: isAll ? null : types,
        on: isOn,
        ...(secret === undefined ? {} : { secret }),
      };
      const after = await ask<WebhookShown>("PUT", "webhooks", { body });
      setVersion(after.version);
      setSecrets(after.secrets);
      setMade(after.secret);
      saved();
      if (after.secret === null && secret === undefined) close();
    });
  const isReady = id.trim() !== "" && address.trim() !== "" && (isAll || types.length > 0);
  return (
    <Drawer open onClose={close} title={of?.id ?? t("desk.new_webhook")}>
      <Form layout="vertical" onFinish={() => void save()}>
        <Form.Item label={t("desk.id")} htmlFor="webhook-id">
          <Input
            id="webhook-id"
            value={id}
            disabled={version > 0}
            onChange={(event) => setId(event.target.value)}
          />
        </Form.Item>
        <Form.Item label={t("desk.address")} htmlFor="webhook-address" extra={t("desk.https_only")}>
          <Input
            id="webhook-address"
            type="url"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        </Form.Item>
        <Form.Item>
          <Checkbox checked={isAll} onChange={(event) => setAll(event.target.checked)}>
            {t("desk.all_events")}
          </Checkbox>
        </Form.Item>
        {!isAll && (
          <Form.Item label={t("desk.events")} htmlFor="webhook-types">
            <Select
              id="webhook-types"
              mode="multiple"
              value={types}
              onChange={setTypes}
              options={EVENTS.map((value) => ({ value, label: named("event", value) }))}
            />
          </Form.Item>
        )}
        <Form.Item label={t("desk.webhook_is_on")} htmlFor="webhook-on" extra={t("desk.off_lead")}>
          <Switch id="webhook-on" checked={isOn} onChange={setOn} />
        </Form.Item>
        {error !== null && <Failure error={error} />}
        {made !== null && (
          <Alert
            type="warning"
            title={t("desk.secret_once")}
            description={<Typography.Text copyable code>{made}</Typography.Text>}
          />
        )}
        <Space wrap>
          <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isReady}>
            {t("desk.save")}
          </Button>
          {version > 0 && secrets < 2 && (
            <Button loading={isBusy} onClick={() => void save("new")}>
              {t("desk.secret_new")}
            </Button>
          )}
          {secrets > 1 && (
            <Button danger loading={isBusy} onClick={() => void save("retire")}>
              {t("desk.secret_retire")}
            </Button>
          )}
        </Space>
        <p className="quiet">{t("desk.secrets_good", { count: secrets })}</p>
      </Form>
    </Drawer>
  );
}

function Deliveries({ id }: { id: string }) {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const state = query.get("state") ?? "set_aside";
  const pages = useListed<"deliveries", WebhookDeliveryShown>("webhooks/deliveries", "deliveries", {
    id,
    state,
  });
  const [confirm, place] = useConfirm(pages.reload);
  const again = (some: readonly WebhookDeliveryShown[]) => {
    const body: Redeliver = {
      id: newId(),
      webhook: id,
      deliveries: some.map(({ delivery }) => delivery),
    };
    confirm({
      title: t("desk.redeliver"),
      content: <p>{t("desk.redeliver_lead", { n: count(some.length), id })}</p>,
      choices: [
        {
          label: t("desk.redeliver"),
          work: () => shop.ask<RedeliveryShown>("POST", "webhooks/redeliver", { body }),
        },
      ],
    });
  };
  const columns: Column<WebhookDeliveryShown>[] = [
    { key: "at", title: t("desk.at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    { key: "type", title: t("desk.event"), of: ({ type }) => named("event", type) },
    {
      key: "event",
      title: t("desk.id"),
      of: ({ event_id }) => event_id,
      show: ({ event_id }) => <Id of={event_id} />,
    },
    {
      key: "attempts",
      title: t("desk.attempts"),
      of: ({ attempts }) => attempts.length,
      show: ({ attempts }) => <Attempts of={attempts} />,
    },
    {
      key: "reason",
      title: t("desk.why"),
      of: ({ reason }) => (reason === null ? null : t(`webhook_reason.${reason}`)),
    },
    {
      key: "next",
      title: t("desk.next_at"),
      of: ({ next_at }) => next_at,
      show: ({ next_at }) => <When at={next_at} />,
    },
    ...(state === "waiting"
      ? []
      : [
          {
            key: "acts",
            title: t("desk.acts"),
            of: () => null,
            show: (row: WebhookDeliveryShown) => (
              <Button size="small" onClick={() => again([row])}>
                {t("desk.redeliver")}
              </Button>
            ),
          },
        ]),
  ];
  return (
    <section aria-label={t("desk.deliveries_of", { id })}>
      {place}
      <h2>{t("desk.deliveries_of", { id })}</h2>
      <Space wrap>
        <Select
          aria-label={t("desk.state")}
          value={state}
          onChange={(next) => setQuery({ state: next, page: "" })}
          options={STATES.map((value) => ({ value, label: t(`delivery.${value}`) }))}
        />
        {state === "set_aside" && pages.rows.length > 1 && (
          <Button onClick={() => again(pages.rows.slice(0, 100))}>
            {t("desk.redeliver_all", { n: count(Math.min(pages.rows.length, 100)) })}
          </Button>
        )}
        <Button onClick={() => setQuery({ id: "", state: "", page: "" })}>{t("desk.close")}</Button>
      </Space>
      <PagedTable
        name={t("desk.deliveries")}
        columns={columns}
        pages={pages}
        keyOf={({ delivery }) => delivery}
        none={t("desk.no_deliveries")}
      />
    </section>
  );
}

/** How each attempt ended: its status, or why there is none, and how long it took. */
function Attempts({ of }: { of: WebhookDeliveryShown["attempts"] }) {
  if (of.length === 0) return <>–</>;
  return (
    <details>
      <summary>{count(of.length)}</summary>
      <ul className="changes">
        {of.map(({ at, ms, status, answer, error }) => (
          <li key={at}>
            <When at={at} /> {status ?? error ?? "–"} · {count(ms)} ms
            {answer && <code className="answer">{answer}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Events that go out: each of them, or types do not fit. */
const KNOWN: Record<EventOut, true> = {
  EntryJoined: true,
  RebatePaid: true,
  RebateCapped: true,
  EntryCompleted: true,
  EntryDrawn: true,
  EntryExchanged: true,
  EntryConverted: true,
  EntriesCleared: true,
  EntryRefunded: true,
  QueuePaused: true,
  QueueResumed: true,
  RepurchasePlaced: true,
  CommissionPaid: true,
  WithdrawalRequested: true,
  WithdrawalDecided: true,
  WithdrawalPaid: true,
  Transferred: true,
  Spent: true,
  GivenBack: true,
  GiftRedeemed: true,
  Adjusted: true,
  ReferrerBound: true,
  LevelReached: true,
  MerchantApplied: true,
  MerchantDecided: true,
  SettingsChanged: true,
};
const EVENTS = Object.keys(KNOWN) as EventOut[];

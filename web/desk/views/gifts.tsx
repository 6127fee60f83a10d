/** Gifts on offer, and what became of those that were redeemed. */

import { Button, Drawer, Form, Input, InputNumber, Select, Space, Switch, Tabs } from "antd";
import { useState } from "react";
import { newId } from "../../shared/api";
import { useAct, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName } from "../../shared/names";
import type { Gift, Redemption } from "../../shared/types";
import { useConfirm } from "../parts/confirm";
import * as column from "../parts/columns";
import { type Column, PagedTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { Head } from "../parts/page";
import { Id, When } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

const STATES = ["placed", "sent", "done", "cancelled"];
const ASSETS = ["points", "love", "voucher"];
const HUNDREDTHS = 100;

export default function Gifts() {
  const [query, setQuery] = useQuery();
  return (
    <>
      <Head title={t("desk.gifts")} />
      <Tabs
        activeKey={query.get("tab") ?? "offer"}
        destroyOnHidden
        onChange={(tab) => setQuery({ tab, q: "", page: "" })}
        items={[
          { key: "offer", label: t("desk.on_offer"), children: <Offer /> },
          ...STATES.map((state) => ({
            key: state,
            label: t(`redemption.${state}`),
            children: <Redemptions state={state} />,
          })),
        ]}
      />
    </>
  );
}

function Offer() {
  const shop = useShop();
  const [edited, setEdited] = useState<Gift | "new" | null>(null);
  const pages = usePages<Gift>(async (after) => {
    const page = await shop.ask<{ gifts: Gift[]; next: string | null }>("GET", "gifts/all", {
      query: { after },
    });
    return { rows: page.gifts, next: page.next };
  }, []);
  const columns: Column<Gift>[] = [
    {
      key: "name",
      title: t("desk.gift"),
      of: ({ name }) => name,
      show: ({ name, id }) => (
        <>
          {name} <Id of={id} />
        </>
      ),
    },
    column.balance(shop, "price", t("desk.price")),
    {
      key: "stock",
      title: t("desk.stock"),
      of: ({ stock }) => stock,
      show: ({ stock }) => (stock === null ? t("desk.not_counted") : stock),
      isNumber: true,
    },
    {
      key: "open",
      title: t("desk.state"),
      of: ({ open }) => t(open ? "desk.gift_open" : "desk.gift_closed"),
    },
    {
      key: "acts",
      title: t("desk.acts"),
      of: () => null,
      show: (gift) => (
        <Button size="small" onClick={() => setEdited(gift)}>
          {t("desk.change")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <Button type="primary" onClick={() => setEdited("new")}>
        {t("desk.new_gift")}
      </Button>
      <PagedTable
        name={t("desk.gifts")}
        columns={columns}
        pages={pages}
        keyOf={({ id }) => id}
        none={t("desk.no_gifts")}
      />
      {edited && (
        <Editor
          gift={edited === "new" ? null : edited}
          close={() => setEdited(null)}
          saved={() => {
            setEdited(null);
            pages.reload();
          }}
        />
      )}
    </>
  );
}

interface Written {
  name: string;
  asset: string;
  price: number;
  stock: number | null;
  limit: number | null;
  on: boolean;
}

interface EditorProps {
  gift: Gift | null;
  close: () => void;
  saved: () => void;
}

function Editor({ gift, close, saved }: EditorProps) {
  const { ask } = useShop();
  const { isBusy, error, act } = useAct();
  const [id] = useState(() => gift?.id ?? newId());
  const start: Partial<Written> = gift
    ? { ...gift, price: gift.price / HUNDREDTHS }
    : { asset: "points", on: true };
  const save = async ({ asset, price, ...said }: Written) => {
    const body = {
      ...said,
      id,
      version: gift?.version ?? 0,
      price: { [asset]: Math.round(price * HUNDREDTHS) },
    };
    if (await act(() => ask("PUT", "gifts", { body }))) saved();
  };
  return (
    <Drawer open onClose={close} title={gift?.name ?? t("desk.new_gift")}>
      <Form<Written> layout="vertical" initialValues={start} onFinish={(said) => void save(said)}>
        <Form.Item name="name" label={t("desk.gift")} rules={[{ required: true, max: 500 }]}>
          <Input />
        </Form.Item>
        <Form.Item name="asset" label={t("desk.paid_in")} rules={[{ required: true }]}>
          <Select options={ASSETS.map((value) => ({ value, label: assetName(value) }))} />
        </Form.Item>
        <Form.Item name="price" label={t("desk.price")} rules={[{ required: true }]}>
          <InputNumber min={0.01} precision={2} />
        </Form.Item>
        <Form.Item name="stock" label={t("desk.stock")} extra={t("desk.stock_lead")}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
        <Form.Item name="limit" label={t("desk.limit")}>
          <InputNumber min={1} precision={0} />
        </Form.Item>
        <Form.Item name="on" label={t("desk.gift_on")} valuePropName="checked">
          <Switch />
        </Form.Item>
        {error !== null && <Failure error={error} />}
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {t("desk.save")}
        </Button>
      </Form>
    </Drawer>
  );
}

function Redemptions({ state }: { state: string }) {
  const shop = useShop();
  const pages = usePages<Redemption>(
    async (after) => {
      const page = await shop.ask<{ redemptions: Redemption[]; next: string | null }>(
        "GET",
        "redemptions",
        { query: { state, after } },
      );
      return { rows: page.redemptions, next: page.next };
    },
    [state],
  );
  const [confirm, place] = useConfirm(pages.reload);
  const put = ({ id, member, gift, quantity }: Redemption, next: string) =>
    confirm({
      title: t(`redemption.to_${next}`),
      content: <p>{t("desk.redemption_lead", { member, gift, n: quantity })}</p>,
      choices: [
        {
          label: t(`redemption.to_${next}`),
          work: async () =>
            void (await shop.ask("POST", "redemptions/state", { body: { id, member, state: next } })),
          isDanger: next === "cancelled",
        },
      ],
    });
  const columns: Column<Redemption>[] = [
    column.member(),
    { key: "gift", title: t("desk.gift"), of: ({ gift }) => gift },
    { key: "quantity", title: t("desk.quantity"), of: ({ quantity }) => quantity, isNumber: true },
    column.balance(shop, "price", t("desk.price")),
    { key: "at", title: t("desk.asked_at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
    column.state("redemption"),
    {
      key: "acts",
      title: t("desk.acts"),
      of: () => null,
      show: (row) => (
        <Space>
          {nextOf(row.state).map((next) => (
            <Button
              key={next}
              size="small"
              danger={next === "cancelled"}
              onClick={() => put(row, next)}
            >
              {t(`redemption.to_${next}`)}
            </Button>
          ))}
        </Space>
      ),
    },
  ];
  return (
    <>
      {place}
      <PagedTable
        name={t("desk.redemptions")}
        columns={columns}
        pages={pages}
        keyOf={({ member, id }) => `${member}/${id}`}
        none={t("desk.no_redemptions")}
      />
    </>
  );
}

const nextOf = (state: string): string[] =>
  ({ placed: ["sent", "done", "cancelled"], sent: ["done", "cancelled"] })[state] ?? [];

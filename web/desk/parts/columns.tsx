/** Columns that stand in several tables: `import * as column`. */

import { t } from "../../shared/i18n";
import { assetName, nicknameOf } from "../../shared/names";
import type { OrderFound } from "../../shared/types";
import type { Shop } from "../shop";
import type { Column } from "./data-table";
import { MemberLink, OrderLink, State, When } from "./words";

export const at = <Row,>(
  title: string,
  of: (row: Row) => string | null,
  key = "at",
): Column<Row> => ({
  key,
  title,
  of,
  show: (row) => <When at={of(row)} />,
});

/** Whose it is; `nobody` is said where it is nobody's. */
export const member = <Row extends { member: string | null; nickname?: string | null }>(
  nobody = "–",
): Column<Row> => ({
  key: "member",
  title: t("desk.member"),
  of: ({ member, nickname }) =>
    [nickname ?? (member && nicknameOf(member)), member].filter(Boolean).join(" ") || null,
  show: ({ member, nickname }) =>
    member === null ? (nickname ?? nobody) : <MemberLink id={member} nickname={nickname} />,
});

/** An amount of money that every row has. */
export const money = <Key extends string>(
  shop: Shop,
  key: Key,
  title: string,
): Column<Record<Key, number>> => ({
  key,
  title,
  of: (row) => row[key],
  show: (row) => shop.money(row[key]),
  isNumber: true,
});

/** An amount of whichever asset the row is in. */
export const balance = <Key extends string>(
  shop: Shop,
  key: Key,
  title: string,
): Column<Record<Key, number> & { asset: string }> => ({
  key,
  title,
  of: (row) => row[key],
  show: (row) => `${shop.balance(row[key], row.asset)} ${assetName(row.asset)}`,
  isNumber: true,
});

/** Where a row stands on its way; `of` says of what kind it is: "order", "withdrawal". */
export const state = (of: string): Column<{ state: string }> => ({
  key: "state",
  title: t("desk.state"),
  of: (row) => t(`${of}.${row.state}`),
  show: (row) => <State of={row.state} text={t(`${of}.${row.state}`)} />,
});

export const order = <Row extends { order_id: string | null }>(): Column<Row> => ({
  key: "order",
  title: t("desk.order_title"),
  of: ({ order_id }) => order_id,
  show: ({ order_id }) => (order_id === null ? "–" : <OrderLink id={order_id} />),
});

/** What is said of orders wherever they are listed. */
export const ofOrders = (shop: Shop): Column<OrderFound>[] => [
  {
    key: "paid",
    title: t("desk.line_paid"),
    of: ({ paid }) => paid,
    show: ({ paid }) => shop.money(paid),
    isNumber: true,
  },
  {
    key: "refunded",
    title: t("desk.refunded"),
    of: ({ refunded }) => refunded || null,
    show: ({ refunded }) => (refunded ? shop.money(refunded) : "–"),
    isNumber: true,
  },
  {
    key: "state",
    title: t("desk.state"),
    of: ({ state }) => t(`order.${state}`),
    show: ({ state }) => <State of={state} text={t(`order.${state}`)} />,
  },
  { key: "products", title: t("desk.products"), of: ({ products }) => products.join(", ") },
];

/** Columns that stand in several tables. */

import { t } from "../../shared/i18n";
import type { OrderFound } from "../../shared/types";
import type { Shop } from "../shop";
import type { Column } from "./data-table";
import { OrderLink, State, When } from "./words";

export const at = <Row,>(title: string, of: (row: Row) => string | null): Column<Row> => ({
  key: "at",
  title,
  of,
  show: (row) => <When at={of(row)} />,
});

export const order = <Row extends { order_id: string | null }>(): Column<Row> => ({
  key: "order",
  title: t("desk.order_title"),
  of: ({ order_id }) => order_id,
  show: ({ order_id }) => (order_id === null ? "–" : <OrderLink id={order_id} />),
});

/** What is said of orders wherever they are listed. */
export const orderColumns = (shop: Shop): Column<OrderFound>[] => [
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

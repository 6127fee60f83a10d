/** What was looked for: members and orders by whatever people know of them. */

import { Alert, Input, Select, Space } from "antd";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { channelName } from "../../shared/names";
import type { MemberFound, MembersFound, OrderFound } from "../../shared/types";
import * as column from "../parts/columns";
import { type Column, DataTable } from "../parts/data-table";
import { DayInput } from "../parts/day-input";
import { Failure } from "../parts/failure";
import { useListed } from "../parts/listed";
import { Answered, Head } from "../parts/page";
import { MemberLink } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

const STATES = ["", "paid", "completed", "refunded"];

export default function Orders() {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const [, go] = useLocation();
  const wanted = {
    query: query.get("query"),
    member: query.get("member"),
    store: query.get("store"),
    from: query.get("from"),
    to: query.get("to"),
    state: query.get("state"),
  };
  const pages = useListed<"orders", OrderFound>("orders", "orders", wanted);
  const [one] = pages.rows;
  const isIt = one !== undefined && one.order_id === wanted.query;
  useEffect(() => {
    if (isIt) go(`/order?${new URLSearchParams({ id: one.order_id })}`, { replace: true });
  }, [isIt]);
  const columns: Column<OrderFound>[] = [
    column.order(),
    column.member(t("desk.guest")),
    ...column.ofOrders(shop),
    {
      key: "where",
      title: t("desk.channel"),
      of: ({ channel, store_id }) => [channelName(channel), store_id].filter(Boolean).join(" · "),
    },
    column.at(t("desk.paid_at"), ({ paid_at }) => paid_at),
  ];
  return (
    <>
      <Head
        title={wanted.query ? t("desk.found", { query: wanted.query }) : t("desk.orders")}
        lead={t("desk.find_lead")}
      >
        <Space wrap>
          <Select
            aria-label={t("desk.state")}
            value={wanted.state ?? ""}
            onChange={(state) => setQuery({ state })}
            options={STATES.map((value) => ({ value, label: t(`order.${value || "any"}`) }))}
          />
          <Input
            allowClear
            aria-label={t("desk.store")}
            placeholder={t("desk.store")}
            defaultValue={wanted.store ?? ""}
            onBlur={(event) => setQuery({ store: event.target.value.trim() })}
            onPressEnter={(event) => setQuery({ store: event.currentTarget.value.trim() })}
          />
          <DayInput name="from" />
          <DayInput name="to" />
        </Space>
      </Head>
      {wanted.member && (
        <Alert
          title={
            <>
              {t("desk.only_of")} <MemberLink id={wanted.member} />
            </>
          }
          action={<Link href="/orders">{t("desk.all_orders")}</Link>}
        />
      )}
      {wanted.query && <People query={wanted.query} />}
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <DataTable
        name={t("desk.orders")}
        columns={columns}
        rows={isIt ? [] : pages.rows}
        keyOf={({ order_id }) => order_id}
        more={pages}
        none={t("desk.no_orders")}
        canFind={false}
      />
    </>
  );
}

/** Members whom the query may mean stand first, where there are any. */
function People({ query }: { query: string }) {
  const shop = useShop();
  const answer = useAnswer<MembersFound>(
    (signal) => shop.ask("GET", "members", { query: { query }, signal }),
    [query],
  );
  return (
    <Answered answer={answer}>
      {({ members }) =>
        members.length > 0 && (
          <section aria-label={t("desk.members")}>
            <h2>{t("desk.members")}</h2>
            <ul className="people">
              {members.map((each) => (
                <li key={each.id}>
                  <Person found={each} />
                </li>
              ))}
            </ul>
          </section>
        )
      }
    </Answered>
  );
}

function Person({ found }: { found: MemberFound }) {
  const shop = useShop();
  return (
    <>
      <MemberLink id={found.id} nickname={found.nickname} />{" "}
      <span className="quiet">
        {[found.level, t("desk.has_cash", { amount: shop.money(found.balances.cash ?? 0) })]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </>
  );
}

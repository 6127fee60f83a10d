/** The trail of acts: what people did, by who, by what was done or to what, and when. */

import { Input, Select, Space } from "antd";
import { actName } from "../../shared/names";
import { t } from "../../shared/i18n";
import { ActsTable } from "../parts/acts-table";
import { DayInput } from "../parts/day-input";
import { Head } from "../parts/page";
import { useQuery } from "../query";

const ACTS = [
  "settings",
  "adjustments",
  "bindings",
  "erasures",
  "notes",
  "withdrawals/decide",
  "withdrawals/paid",
  "thaws",
  "gifts",
  "redemptions/state",
  "applications/approve",
  "applications/negotiate",
  "applications/reject",
  "store/bills",
  "store/staff",
  "store/terms",
  "queues/stalled/clear",
  "queues/stalled/exchange",
  "queues/stalled/merge",
  "parked/release",
  "parked/drop",
  "dead-letters/replay",
  "notices/wordings",
  "products/enable",
  "webhooks",
  "webhooks/redeliver",
];

export default function Audit() {
  const [query, setQuery] = useQuery();
  const typed = (name: "who" | "thing", label: string) => (
    <Input
      allowClear
      aria-label={label}
      placeholder={label}
      defaultValue={query.get(name) ?? ""}
      onBlur={(event) => setQuery({ [name]: event.target.value.trim() })}
      onPressEnter={(event) => setQuery({ [name]: event.currentTarget.value.trim() })}
    />
  );
  const wanted = {
    who: query.get("who"),
    what: query.get("thing") ?? query.get("act"),
    from: query.get("from"),
    to: query.get("to"),
  };
  return (
    <>
      <Head title={t("desk.audit")} lead={t("desk.audit_lead")}>
        <Space wrap>
          {typed("who", t("desk.by"))}
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            className="wide-select"
            aria-label={t("desk.what")}
            placeholder={t("desk.what")}
            value={query.get("act")}
            onChange={(act) => setQuery({ act: act ?? "" })}
            options={ACTS.map((value) => ({ value, label: actName(value) }))}
          />
          {typed("thing", t("desk.thing"))}
          <DayInput name="from" />
          <DayInput name="to" />
        </Space>
      </Head>
      <ActsTable key={JSON.stringify(wanted)} {...wanted} />
    </>
  );
}

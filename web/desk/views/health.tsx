/** Whether the books add up: the last audit, what each found, and whether the API answers. */

import { Alert, Card, Statistic } from "antd";
import { count } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { Audits, AuditShown, HealthShown } from "../../shared/types";
import { type Column, PagedTable } from "../parts/data-table";
import { useListed } from "../parts/listed";
import { Answered, Head } from "../parts/page";
import { Id, State, When } from "../parts/words";
import { useShop } from "../shop";

export default function Health() {
  const { ask } = useShop();
  const answer = useAnswer<{ health: HealthShown; last: AuditShown | undefined }>(
    async (signal) => {
      const [health, audits] = await Promise.all([
        ask<HealthShown>("GET", "health", { signal }),
        ask<Audits>("GET", "audits", { signal }),
      ]);
      return { health, last: lastOf(audits.audits) };
    },
    [],
  );
  const pages = useListed<"audits", AuditShown>("audits", "audits");
  return (
    <>
      <Head
        title={t("desk.health")}
        lead={t("desk.health_lead")}
        at={answer.at}
        reload={answer.reload}
      />
      <Answered answer={answer}>
        {({ health, last }) => (
          <Card size="small" title={<h2>{t("desk.now")}</h2>}>
            <div className="figures">
              <Statistic
                title={t("desk.api")}
                valueRender={() => (
                  <State of={health.status === "ok" ? "on" : "failed"} text={health.status} />
                )}
              />
              <Statistic
                title={t("desk.last_audit")}
                valueRender={() => (last ? <When at={last.finished_at} /> : t("desk.not_yet"))}
              />
              <Statistic
                title={t("desk.books_are")}
                valueRender={() => (last ? <Outcome of={last} /> : "–")}
              />
              <Statistic title={t("desk.rows_read")} value={last ? count(last.rows) : "–"} />
            </div>
            {last?.passed === false && (
              <Alert
                type="error"
                title={t("desk.audit_failed_lead")}
                description={<Differences of={last} />}
              />
            )}
          </Card>
        )}
      </Answered>
      <PagedTable
        name={t("desk.audits")}
        columns={columns()}
        pages={pages}
        keyOf={({ began_at }) => began_at}
        none={t("desk.no_audits")}
        canFind={false}
      />
    </>
  );
}

/** The newest audit that is over: one under way has not found anything yet. */
export const lastOf = (audits: readonly AuditShown[]): AuditShown | undefined =>
  audits.find(({ passed }) => passed !== null);

function columns(): Column<AuditShown>[] {
  return [
    {
      key: "began",
      title: t("desk.began_at"),
      of: ({ began_at }) => began_at,
      show: ({ began_at }) => <When at={began_at} />,
    },
    {
      key: "finished",
      title: t("desk.finished_at"),
      of: ({ finished_at }) => finished_at,
      show: ({ finished_at }) => <When at={finished_at} />,
    },
    {
      key: "passed",
      title: t("desk.state"),
      of: (row) => t(`audit.${outcomeOf(row)}`),
      show: (row) => <Outcome of={row} />,
    },
    { key: "rows", title: t("desk.rows_read"), of: ({ rows }) => rows, isNumber: true },
    {
      key: "found",
      title: t("desk.differences"),
      of: ({ differences }) => differences.map(({ path, message }) => `${path}: ${message}`).join("; "),
      show: (row) => (row.differences.length > 0 ? <Differences of={row} /> : "–"),
    },
    { key: "waiting", title: t("desk.not_settled"), of: ({ waiting }) => waiting, isNumber: true },
    {
      key: "head",
      title: t("desk.signed_head"),
      of: ({ head }) => head,
      show: ({ head }) => (head === null ? "–" : <Id of={head} />),
    },
  ];
}

const outcomeOf = ({ passed }: AuditShown): string =>
  passed === null ? "under_way" : passed ? "passed" : "failed";

function Outcome({ of }: { of: AuditShown }) {
  const outcome = outcomeOf(of);
  const colour = { under_way: "asked", passed: "done", failed: "failed" }[outcome] ?? "";
  return <State of={colour} text={t(`audit.${outcome}`)} />;
}

function Differences({ of: { differences, more } }: { of: AuditShown }) {
  return (
    <ul className="problems">
      {differences.map(({ path, message }) => (
        <li key={path + message}>
          <code>{path}</code> {message}
        </li>
      ))}
      {more && <li>{t("desk.and_others")}</li>}
    </ul>
  );
}

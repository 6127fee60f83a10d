/** Who may do what: the roles, as the API's own document has them, and who one is. */

import { Card } from "antd";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { actName } from "../../shared/names";
import { type Column, DataTable } from "../parts/data-table";
import { Answered, Head } from "../parts/page";
import { State } from "../parts/words";
import { ROLES, roleOf } from "../role";
import { useShop } from "../shop";

interface Operation {
  security?: { Token?: string[] }[];
  "x-role"?: string;
}

interface Spec {
  paths: Record<string, Record<string, Operation>>;
}

interface Row {
  act: string;
  least: string;
}

export default function Team() {
  const { ask, session } = useShop();
  const role = useAnswer<string | null>(() => roleOf(session), [session.name]);
  const spec = useAnswer<Spec>((signal) => ask("GET", "openapi.json", { signal }), []);
  const columns: Column<Row>[] = [
    { key: "act", title: t("desk.what"), of: ({ act }) => actName(act) },
    ...ROLES.map(
      (each): Column<Row> => ({
        key: each,
        title: t(`role.${each}`),
        of: ({ least }) => (may(each, least) ? t("yes") : null),
      }),
    ),
  ];
  return (
    <>
      <Head title={t("desk.team")} lead={t("desk.team_lead")} />
      <Card size="small" title={<h2>{t("desk.you_are")}</h2>}>
        <p>
          {session.name} {role.data && <State of="on" text={t(`role.${role.data}`)} />}
        </p>
        <p className="quiet">{t("desk.team_where")}</p>
      </Card>
      <Answered answer={spec}>
        {({ paths }) => (
          <DataTable
            name={t("desk.team")}
            columns={columns}
            rows={rowsOf(paths)}
            keyOf={({ act }) => act}
          />
        )}
      </Answered>
    </>
  );
}

const may = (role: string, least: string): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** What changes something for operators; to look takes the least role alone. */
function rowsOf(paths: Spec["paths"]): Row[] {
  const found = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { security, "x-role": least = "" }]) => {
      const isOurs = security?.some(({ Token }) => Token?.includes("rebate/operator"));
      return isOurs && method !== "get" && ROLES.includes(least)
        ? [{ act: path.replace("/v1/", ""), least }]
        : [];
    }),
  );
  return found.sort((one, other) => ROLES.indexOf(one.least) - ROLES.indexOf(other.least));
}

/** What people did: who, when, what, why, and of each thing what it was before and after. */

import { t } from "../../shared/i18n";
import { actName } from "../../shared/names";
import type { ActShown } from "../../shared/types";
import { PagedTable } from "./data-table";
import { useListed } from "./listed";
import { When } from "./words";

interface Props {
  who?: string | null;
  what?: string | null;
  from?: string | null;
  to?: string | null;
}

export function ActsTable(wanted: Props) {
  const pages = useListed<"acts", ActShown>("audit", "acts", { ...wanted });
  return (
    <PagedTable
      name={t("desk.audit")}
      columns={[
        {
          key: "at",
          title: t("desk.at"),
          of: ({ at }: ActShown) => at,
          show: ({ at }) => <When at={at} />,
        },
        { key: "who", title: t("desk.by"), of: ({ who, role }) => `${who} (${role})` },
        { key: "what", title: t("desk.what"), of: ({ what }) => actName(what) },
        { key: "reason", title: t("desk.reason"), of: ({ reason }) => reason },
        {
          key: "changes",
          title: t("desk.what_changes"),
          of: ({ changes, more }) =>
            [...changes.map(({ target }) => target), ...(more ? [`+${more}`] : [])].join(", "),
          show: ({ changes, more }) => <Changed changes={changes} more={more} />,
        },
      ]}
      pages={pages}
      keyOf={({ id }) => id}
      none={t("desk.no_acts")}
      canFind={false}
    />
  );
}

const said = (value: unknown): string =>
  value === undefined || value === null || value === ""
    ? "–"
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

/** Personal fields and secrets are not in it: that they changed is said. */
function Changed({ changes, more }: Pick<ActShown, "changes" | "more">) {
  return (
    <ul className="changes">
      {changes.map(({ target, before, after, hidden }) => (
        <li key={target}>
          {target}{" "}
          {[...new Set([...Object.keys(before), ...Object.keys(after)])].map((field) => (
            <span key={field} className="field-change">
              <code>{field}</code> <del>{said(before[field])}</del> → <ins>{said(after[field])}</ins>
            </span>
          ))}
          {hidden.length > 0 && (
            <span className="quiet">{t("desk.hidden_fields", { fields: hidden.join(", ") })}</span>
          )}
        </li>
      ))}
      {more > 0 && <li className="quiet">{t("desk.more_changes", { n: more })}</li>}
    </ul>
  );
}

/** Members who withdraw to the same account as who referred them, or whom they referred. */

import { t } from "../../shared/i18n";
import type { SharedAccount } from "../../shared/types";
import { DataTable } from "../parts/data-table";
import { Failure } from "../parts/failure";
import { useListed } from "../parts/listed";
import { Head } from "../parts/page";
import { Id, MemberLink, When } from "../parts/words";

export default function SharedAccounts() {
  const pages = useListed<"shared", SharedAccount>("bindings/shared", "shared");
  return (
    <>
      <Head title={t("desk.shared_accounts")} lead={t("desk.shared_lead")} />
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <DataTable
        name={t("desk.shared_accounts")}
        columns={[
          {
            key: "member",
            title: t("desk.member"),
            of: ({ member }: SharedAccount) => member,
            show: ({ member }) => <MemberLink id={member} />,
          },
          {
            key: "referrer",
            title: t("desk.referrer"),
            of: ({ referrer }) => referrer,
            show: ({ referrer }) => <MemberLink id={referrer} />,
          },
          {
            key: "withdrawal",
            title: t("desk.withdrawals"),
            of: ({ withdrawal }) => withdrawal,
            show: ({ withdrawal }) => <Id of={withdrawal} />,
          },
          { key: "at", title: t("desk.at"), of: ({ at }) => at, show: ({ at }) => <When at={at} /> },
        ]}
        rows={pages.rows}
        keyOf={({ member, withdrawal }) => `${member} ${withdrawal}`}
        more={pages}
        none={t("desk.no_shared")}
      />
    </>
  );
}

/** Members who withdraw to the same account as who referred them, or whom they referred. */

import { t } from "../../shared/i18n";
import type { SharedAccount } from "../../shared/types";
import * as column from "../parts/columns";
import { PagedTable } from "../parts/data-table";
import { useListed } from "../parts/listed";
import { Head } from "../parts/page";
import { Id, MemberLink, When } from "../parts/words";

export default function SharedAccounts() {
  const pages = useListed<"shared", SharedAccount>("bindings/shared", "shared");
  return (
    <>
      <Head title={t("desk.shared_accounts")} lead={t("desk.shared_lead")} />
      <PagedTable
        name={t("desk.shared_accounts")}
        columns={[
          column.member<SharedAccount>(),
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
        pages={pages}
        keyOf={({ member, withdrawal }) => `${member} ${withdrawal}`}
        none={t("desk.no_shared")}
      />
    </>
  );
}

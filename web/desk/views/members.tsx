/** All members, who came last first; or those of an id, a code, or a name that begins so. */

import { Input } from "antd";
import { t } from "../../shared/i18n";
import type { MemberFound } from "../../shared/types";
import { type Column, PagedTable } from "../parts/data-table";
import { useListed } from "../parts/listed";
import { Head } from "../parts/page";
import { MemberLink } from "../parts/words";
import { useQuery } from "../query";
import { useShop } from "../shop";

const SHOWN = ["cash", "pending", "held", "points"] as const;

export default function Members() {
  const shop = useShop();
  const [query, setQuery] = useQuery();
  const wanted = query.get("query");
  const pages = useListed<"members", MemberFound>("members", "members", { query: wanted });
  const columns: Column<MemberFound>[] = [
    {
      key: "member",
      title: t("desk.member"),
      of: ({ nickname, id }) => `${nickname ?? ""} ${id}`.trim(),
      show: ({ nickname, id }) => <MemberLink id={id} nickname={nickname} />,
    },
    { key: "level", title: t("desk.level"), of: ({ level }) => level },
    { key: "rank", title: t("desk.rank"), of: ({ rank }) => rank },
    {
      key: "referrer",
      title: t("desk.referrer"),
      of: ({ referrer_id }) => referrer_id,
      show: ({ referrer_id }) => (referrer_id === null ? "–" : <MemberLink id={referrer_id} />),
    },
    ...SHOWN.map(
      (asset): Column<MemberFound> => ({
        key: asset,
        title: t(`pocket.${asset}`),
        of: ({ balances }) => balances[asset] ?? 0,
        show: ({ balances }) => shop.balance(balances[asset] ?? 0, asset),
        isNumber: true,
      }),
    ),
  ];
  return (
    <>
      <Head title={t("desk.members")} lead={t("desk.members_lead")}>
        <Input.Search
          allowClear
          aria-label={t("desk.find_member")}
          placeholder={t("desk.find_member")}
          defaultValue={wanted ?? ""}
          enterButton={t("find")}
          onSearch={(typed) => setQuery({ query: typed.trim(), page: "" })}
        />
      </Head>
      <PagedTable
        name={t("desk.members")}
        columns={columns}
        pages={pages}
        keyOf={({ id }) => id}
        none={t("desk.no_members")}
        canFind={false}
      />
    </>
  );
}

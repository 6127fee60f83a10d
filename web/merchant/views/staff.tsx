/** Who has a right in the store: added by code or id, taken away at once. */

import { Button, Segmented } from "antd";
import { useState } from "react";
import { useConfirm } from "../../desk/parts/confirm";
import { DataTable } from "../../desk/parts/data-table";
import { Failure } from "../../desk/parts/failure";
import { When } from "../../desk/parts/words";
import { useAct, useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { StoreRightsShown } from "../../shared/types";
import { Field, Head } from "../parts";
import { useStore, Waiting } from "../store";

type Right = StoreRightsShown["rights"][number];
const ROLES = ["cashier", "owner"] as const;

export default function Staff() {
  const { ask, store } = useStore();
  const id = store.id;
  const answer = useAnswer<StoreRightsShown>(
    (signal) => ask("GET", "store/staff", { query: { id }, signal }),
    [id],
  );
  const [confirm, question] = useConfirm(answer.reload);
  const remove = ({ member, role }: Right) =>
    confirm({
      title: t("merchant.staff_remove", { member }),
      content: <p>{t("merchant.staff_gone", { member, role: t(`merchant.role_${role}`) })}</p>,
      choices: [
        {
          label: t("merchant.staff_take"),
          isDanger: true,
          work: () => ask("PUT", "store/staff", { body: { store: id, member, role: null } }),
        },
      ],
    });
  return (
    <>
      <Head title={t("merchant.staff")} at={answer.at} />
      {(!answer.data || answer.error !== null) && <Waiting answer={answer} />}
      <DataTable<Right>
        name={t("merchant.staff")}
        rows={answer.data?.rights ?? []}
        keyOf={({ member }) => member}
        canFind={false}
        columns={[
          { key: "member", title: t("merchant.member"), of: ({ member }) => member },
          { key: "role", title: t("merchant.role"), of: ({ role }) => t(`merchant.role_${role}`) },
          {
            key: "at",
            title: t("merchant.since"),
            of: ({ at }) => at,
            show: ({ at }) => <When at={at} />,
          },
          {
            key: "act",
            title: t("merchant.act"),
            of: () => null,
            show: (right) => (
              <Button size="small" danger onClick={() => remove(right)}>
                {t("merchant.staff_take")}
              </Button>
            ),
          },
        ]}
      />
      <Add done={answer.reload} />
      {question}
    </>
  );
}

function Add({ done }: { done: () => void }) {
  const { ask, store } = useStore();
  const [code, setCode] = useState("");
  const [role, setRole] = useState<(typeof ROLES)[number]>("cashier");
  const { isBusy, error, act } = useAct();
  const add = async (event: React.FormEvent) => {
    event.preventDefault();
    const body = { store: store.id, code: code.trim(), role };
    if (await act(() => ask("PUT", "store/staff", { body }))) {
      setCode("");
      done();
    }
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <h2>{t("merchant.staff_add")}</h2>
      <Field label={t("merchant.code")} value={code} change={setCode} note={t("merchant.staff_code")} />
      <div className="field">
        <Segmented
          aria-label={t("merchant.role")}
          value={role}
          options={ROLES.map((value) => ({ value, label: t(`merchant.role_${value}`) }))}
          onChange={setRole}
        />
        <p className="quiet">{t(`merchant.role_${role}_note`)}</p>
      </div>
      <Button type="primary" htmlType="submit" loading={isBusy} disabled={code.trim() === ""}>
        {t("merchant.staff_add")}
      </Button>
      {error !== null && <Failure error={error} />}
    </form>
  );
}

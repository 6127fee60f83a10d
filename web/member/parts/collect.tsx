/** Collect what waits of red packets: it becomes cash at once. */

import { useState } from "react";
import { newId } from "../../shared/api";
import { useAct } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { useMine } from "../session";
import { Failure } from "./failure";

export function Collect({ amount, done }: { amount: number; done: () => void }) {
  const { ask, money } = useMine();
  const [id] = useState(newId);
  const { isBusy, error, act } = useAct();
  const go = async () => {
    if (await act(() => ask("POST", "me/packets/collect", { body: { id } }))) done();
  };
  return (
    <>
      <button type="button" className="primary" disabled={isBusy} onClick={() => void go()}>
        {t("member.collect", { amount: money(amount) })}
      </button>
      {error !== null && <Failure error={error} />}
    </>
  );
}

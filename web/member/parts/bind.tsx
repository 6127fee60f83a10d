/** Bind who signed in to whoever invited them, once, and say what came of it. */

import { useEffect, useState } from "react";
import { ApiError, newId } from "../../shared/api";
import { t } from "../../shared/i18n";
import { told } from "../../shared/told";
import type { Bound } from "../../shared/types";
import { useMine } from "../session";
import { boundText, forgetInvite, invitedBy } from "./invited";

export function Bind() {
  const { ask } = useMine();
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    const code = invitedBy();
    if (code === null) return;
    ask<Bound>("POST", "me/referrer", { body: { id: newId(), code } })
      .then((bound) => {
        forgetInvite();
        setSaid(boundText(bound));
      })
      .catch((failed) => {
        // What was refused stays so; what was not reached is tried again next time.
        if (failed instanceof ApiError && failed.status >= 400 && failed.status < 500 && failed.status !== 401)
          forgetInvite();
        setSaid(told(failed).text);
      });
  }, [ask]);
  if (said === null) return null;
  return (
    <div className="notice" role="status">
      {said}{" "}
      <button type="button" onClick={() => setSaid(null)}>
        {t("close")}
      </button>
    </div>
  );
}

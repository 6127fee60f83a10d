/** Pages that few open: loaded with the first of them, so that home stands sooner. */

import type { ComponentChild } from "preact";
import { useEffect, useState } from "react";
import { t } from "../shared/i18n";

type More = typeof import("./views/more");

export function Lazy({ show }: { show: (more: More) => ComponentChild }) {
  const [more, setMore] = useState<More | null>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    import("./views/more").then(setMore).catch(() => setBroken(true));
  }, []);
  if (more) return <>{show(more)}</>;
  return (
    <main aria-busy={!isBroken}>
      {isBroken ? (
        <div className="failure" role="alert">
          <p>{t("error.unreachable")}</p>
          <button type="button" onClick={() => location.reload()}>
            {t("again")}
          </button>
        </div>
      ) : (
        <span className="skeleton wide" />
      )}
    </main>
  );
}

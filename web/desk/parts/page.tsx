/** What every page of the desk begins with, and what stands there until its answer comes. */

import { Button, Skeleton } from "antd";
import type { ReactNode } from "react";
import { clock, timezone } from "../../shared/format";
import type { Answer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { Failure } from "./failure";

interface HeadProps {
  title: ReactNode;
  lead?: ReactNode;
  at?: Date | null;
  reload?: () => void;
  children?: ReactNode;
}

export function Head({ title, lead, at, reload, children }: HeadProps) {
  return (
    <header className="head">
      <div>
        <h1>{title}</h1>
        {lead && <p className="quiet">{lead}</p>}
      </div>
      <div className="tools">
        {children}
        {at && (
          <span className="quiet">
            {t("as_of", { time: clock(at), zone: timezone() })}{" "}
            {reload && (
              <Button size="small" type="text" onClick={reload}>
                {t("refresh")}
              </Button>
            )}
          </span>
        )}
      </div>
    </header>
  );
}

/** Show an answer once it is there; what is shown stays while a newer one is fetched. */
export function Answered<T>({
  answer,
  children,
}: {
  answer: Answer<T>;
  children: (data: T) => ReactNode;
}) {
  const { data, error, reload } = answer;
  return (
    <>
      {error !== null && <Failure error={error} again={reload} />}
      {data !== null && children(data)}
      {data === null && error === null && <Skeleton active aria-label={t("loading")} />}
    </>
  );
}

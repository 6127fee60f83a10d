/** A figure with what it is, what belongs to it, and where more of it stands. */

import type { ReactNode } from "react";
import { t } from "../../shared/i18n";

interface Props {
  title: string;
  value: string | undefined;
  /** Whether there is nothing to wait for. */
  isMissing?: boolean;
  children?: ReactNode;
}

export function Figure({ title, value, isMissing, children }: Props) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {value ?? (isMissing ? t("member.unknown") : <span className="skeleton" />)}
        {children && <span className="quiet note">{children}</span>}
      </dd>
    </div>
  );
}

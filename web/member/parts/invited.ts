/** The code that somebody followed: it outlives the way through pages and sign-in (Rule 2.5.1). */

import { t } from "../../shared/i18n";
import { forget, keep, recall } from "../../shared/storage";
import type { Bound } from "../../shared/types";

const KEY = "invited";

export const rememberInvite = (code: string): void => keep(KEY, code);
export const invitedBy = (): string | null => recall(KEY);
export const forgetInvite = (): void => forget(KEY);

/** Return the code in the path of an invitation: `/i/AB12CD34`. */
export const codeIn = (path: string): string =>
  decodeURIComponent(/^\/i\/([^/]*)/.exec(path)?.[1] ?? "");

/** Return a code as people read it out: in two groups of four. */
export const spelled = (code: string): string => code.replace(/^(.{4})(.{4})$/, "$1 $2");

/** Say who is one's referrer now. */
export function boundText({ nickname }: Bound): string {
  return nickname === null ? t("invite.bound") : t("invite.bound_to", { name: nickname });
}

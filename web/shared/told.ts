/** What an error says to the reader, and the one thing to do next. */

import { ApiError, type Problem } from "./api";
import { named, t } from "./i18n";

export type NextStep = "again" | "sign_in" | "back";

export interface Told {
  text: string;
  step: NextStep;
  problems: readonly Problem[];
}

const BY_STATUS: Record<number, string> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  429: "too_many",
};
const STEPS: Record<number, NextStep> = { 401: "sign_in", 403: "back", 404: "back" };

export function told(error: unknown): Told {
  if (!(error instanceof ApiError))
    return { text: t("error.other", { message: String(error) }), step: "again", problems: [] };
  return {
    text: sentence(error),
    step: STEPS[error.status] ?? "again",
    problems: error.problems.filter(({ path, message }) => path || message),
  };
}

/** A code that has a sentence is told by it, else the status; a server's own words come last. */
function sentence({ code, status, message }: ApiError): string {
  const known = named("error", code);
  if (code && known !== code) return known;
  const general = BY_STATUS[status] ?? (status >= 500 ? "unavailable" : "");
  return general ? t(`error.${general}`) : t("error.other", { message });
}

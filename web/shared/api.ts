/** Asks the HTTP API: ten seconds' time-out, one kind of error whatever went wrong. */

import { locale } from "./i18n";
import type { Session } from "./session";

const TIMEOUT_MS = 10_000;

export interface Problem {
  path: string;
  message: string;
  nearest?: string | null;
}

/** Why the API did not do what it was asked to; `status` 0: it was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly Problem[] = [],
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | null | undefined>;

export interface Asked {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** Is told the headers of the answer. */
  heard?: (headers: Headers) => void;
}

export type Ask = <Answer>(
  method: "GET" | "POST" | "PUT",
  path: string,
  asked?: Asked,
) => Promise<Answer>;

/** Return what asks as somebody; without a session it asks as nobody. */
export function asking(session: Session | null): Ask {
  return async <Answer>(method: string, path: string, asked: Asked = {}) => {
    const answer = await sent(session, method, path, asked);
    const said = await read(answer);
    if (!answer.ok) throw refused(answer.status, said);
    asked.heard?.(answer.headers);
    return said as Answer;
  };
}

async function sent(
  session: Session | null,
  method: string,
  path: string,
  { query = {}, body, signal }: Asked,
): Promise<Response> {
  const patience = AbortSignal.timeout(TIMEOUT_MS);
  const request: RequestInit = {
    method,
    headers: { "Accept-Language": locale(), ...(session ? await session.headers() : {}) },
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  };
  if (body !== undefined) request.body = JSON.stringify(body);
  try {
    return await fetch(`/v1/${path}${queryOf(query)}`, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    const code = patience.aborted ? "timeout" : "unreachable";
    throw new ApiError(0, code, String(error));
  }
}

function queryOf(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value == null || value === "" ? [] : [[name, String(value)]],
  );
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

async function read(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return answer.ok ? text : null;
  }
}

/** What gateways answer in forms of their own is told by its status alone. */
function refused(status: number, said: unknown): ApiError {
  const { code, message, problems } = (said ?? {}) as Partial<ApiError>;
  return new ApiError(status, code ?? "", message ?? "", problems ?? []);
}

/** Return an id for what is asked for once, whatever is repeated. */
export const newId = (): string => crypto.randomUUID();

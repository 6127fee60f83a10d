/** Asks the HTTP API. On a developer's machine a header says who asks; see local/http.py. */

const HEADERS = { member: "X-Dev-Member", operator: "X-Dev-Operator" };

/**
 * Why the API did not do what it was asked to; `problems` name what was wrong with what was sent.
 */
export class Refusal extends Error {
  constructor(status, { code, message, problems = [] }) {
    super(message);
    Object.assign(this, { status, code, problems });
  }
}

/**
 * Return a function that asks as this member or operator: (method, path, {query, body}) → answer
 * or null.
 */
export function asking(role, name) {
  const headers = { [HEADERS[role]]: encodeURIComponent(name) };
  return (method, path, { query = {}, body } = {}) => ask(method, path, query, body, headers);
}

async function ask(method, path, query, body, headers) {
  const given = Object.entries(query).filter(([, value]) => value != null);
  const target = `/v1/${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  let answer;
  try {
    answer = await fetch(target, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    throw new Refusal(0, { code: "unreachable", message: error.message });
  }
  const said = await read(answer);
  if (!answer.ok) throw new Refusal(answer.status, said);
  return said;
}

async function read(answer) {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return { code: "unreadable", message: `${answer.status}: ${text.slice(0, 200)}` };
  }
}

/** What people call the things that the API names: queues, accounts, rules, reasons. */

import { named, t } from "./i18n";

export const statusName = (status: string): string => named("status", status);
export const assetName = (asset: string): string => named("pocket", asset);
export const movementName = (kind: string): string => named("movement", kind);
export const rewardName = (reason: string): string => named("reward", reason);
export const channelName = (channel: string): string => named("channel", channel);
export const planName = (plan: string): string => named("plan", plan);
export const noticeName = (kind: string): string => named("notice", kind);
export const actName = (what: string): string => named("act", what);
export const ruleName = (rule: string): string => named("rule", rule);

/** Return the kind of a queue and what it is of: "store/bakery" is of the store "bakery". */
export function queueParts(queue: string): { kind: string; name: string | null } {
  const [kind = "", ...rest] = queue.split("/");
  return { kind, name: rest.join("/") || null };
}

const owners = new Map<string, string>();

/** Take over what the shop calls the stores and products that queues are of. */
export function callQueues(names: Readonly<Record<string, string>>): void {
  for (const [queue, name] of Object.entries(names)) owners.set(queue, name);
}

const nicknames = new Map<string, string>();

/** Take over what members are called, by id. */
export function callMembers(names: Readonly<Record<string, string>>): void {
  for (const [id, name] of Object.entries(names)) nicknames.set(id, name);
}

export const nicknameOf = (id: string): string | null => nicknames.get(id) ?? null;

export function queueName(queue: string): string {
  const { kind, name } = queueParts(queue);
  const called = named("kind", kind);
  return name === null ? called : t("queue.of", { kind: called, name: owners.get(queue) ?? name });
}

/** Return which rule of which scope decided: "fixed of product p-9 of store W". */
export function decisionName(decidedBy: string): string {
  const [rule = "", ...scopes] = decidedBy.split(/ of (?=the plan$|product |store |cashier )/);
  return t("decision", { rule: ruleName(rule), scope: scopes.map(oneScope).join(" · ") });
}

export function scopeName(scope: string): string {
  return scope
    .split(/ of (?=store )/)
    .map(oneScope)
    .join(" · ");
}

/** Return what odds are of: "plan", "product/p-9", "store/W/product/p-9". */
export function oddsScopeName(scope: string): string {
  if (scope === "plan") return t("scope.plan");
  const [kind = "", name = "", inner, product] = scope.split("/");
  const outer = named("scope", kind, { name: owners.get(`${kind}/${name}`) ?? name });
  return inner === undefined ? outer : `${named("scope", inner, { name: product })} · ${outer}`;
}

function oneScope(scope: string): string {
  if (scope === "the plan") return t("scope.plan");
  const [kind = "", ...name] = scope.split(" ");
  return named("scope", kind, { name: name.join(" ") });
}

/** Return what came of a rule that was asked for a ratio. */
export function outcomeName(outcome: string): string {
  const level = /^no ratio for level (.*)$/.exec(outcome);
  return level
    ? t("outcome.no ratio for level", { name: level[1] })
    : named("outcome", outcome);
}

/** Return why a line earned no entry. */
export function reasonName(reason: string): string {
  const limit = /^the limit of (.*) is reached$/.exec(reason);
  return limit
    ? t("reason.the limit is reached", { name: scopeName(limit[1] ?? "") })
    : named("reason", reason);
}

/** Return kind, part and owner of a journal's account: "wallet/cash/m01". */
export function accountParts(account: string): { kind: string; part: string; owner: string } {
  const [kind = "", part = "", ...owner] = account.split("/");
  return { kind, part, owner: owner.join("/") };
}

export function accountName(account: string): string {
  const { kind, part, owner } = accountParts(account);
  const called = named({ queue: "till", platform: "platform" }[kind] ?? "pocket", part);
  const whose = kind === "wallet" ? owner : kind === "platform" ? "" : queueName(owner);
  return ["queue", "platform", "wallet", "issued"].includes(kind)
    ? t(`account.${kind}`, { part: called, owner: whose })
    : account;
}

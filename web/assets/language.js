/** The language of the pages: texts by key, and what the reader chose. */

import * as format from "./format.js";
import { accountParts, decisionParts, queueParts, scopeParts } from "./ids.js";

export const LOCALES = { "zh-CN": "中文", en: "English" };

const KEPT = "locale";
let texts = {};

/** Return the language in force. */
export function locale() {
  return document.documentElement.lang;
}

/** Put a language in force: the reader's last choice, or the first there is. */
export async function speak(chosen = localStorage.getItem(KEPT)) {
  const known = Object.keys(LOCALES);
  const next = known.includes(chosen) ? chosen : known[0];
  const answer = await fetch(new URL(`texts/${next}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`texts/${next}.json: ${answer.status}`);
  texts = await answer.json();
  document.documentElement.lang = next;
  localStorage.setItem(KEPT, next);
}

/** Return a text, with what stands in braces in it replaced. */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}

/**
 * Return the text for a value of a list that may grow; one that is not known yet stands for
 * itself.
 */
function named(key, value, values = {}) {
  return key in texts ? t(key, values) : value;
}

/** Fill in the texts that the page's markup names. */
export function fillIn(root = document) {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
}

export const money = (minor, currency) => format.money(minor, currency, locale());
export const balance = (minor, pocket, currency) =>
  format.balance(minor, pocket, currency, locale());
export const percent = (bps) => format.percent(bps, locale());
export const chance = (part, whole) => format.chance(part, whole, locale());
export const count = (number) => format.count(number, locale());
export const moment = (iso, timeZone) => format.moment(iso, locale(), timeZone);

export const statusName = (status) => named(`status.${status}`, status);
export const pocketName = (pocket) => named(`pocket.${pocket}`, pocket);
export const movementName = (kind) => named(`movement.${kind}`, kind);
export const rewardName = (reason) => named(`reward.${reason}`, reason);
export const channelName = (channel) => named(`channel.${channel}`, channel);
export const planName = (plan) => named(`plan.${plan}`, plan);
export const errorName = (code) => named(`error.${code}`, null);
export const noticeName = (kind) => named(`notice.${kind}`, kind);

/** Return what people call a queue. */
export function queueName(queue) {
  const { kind, name } = queueParts(queue);
  const called = named(`kind.${kind}`, kind);
  return name === null ? called : t("queue.of", { kind: called, name });
}

/** Return which rule of which scope decided. */
export function decisionName(decidedBy) {
  const { rule, scopes } = decisionParts(decidedBy);
  return t("decision", { rule: ruleName(rule), scope: scopes.map(saidScope).join(" · ") });
}

export const ruleName = (rule) => named(`rule.${rule}`, rule);
export const scopeName = (scope) =>
  scope
    .split(/ of (?=store )/)
    .map((each) => saidScope(scopeParts(each)))
    .join(" · ");
const saidScope = ({ kind, name }) => named(`scope.${kind}`, name ?? kind, { name });

/** Return what came of a rule that was asked for a ratio. */
export function outcomeName(outcome) {
  const level = outcome.match(/^no ratio for level (.*)$/);
  return level
    ? t("outcome.no ratio for level", { name: level[1] })
    : named(`outcome.${outcome}`, outcome);
}

/** Return why a line earned no entry. */
export function reasonName(reason) {
  const limit = reason.match(/^the limit of (.*) is reached$/);
  return limit
    ? t("reason.the limit is reached", { name: scopeName(limit[1]) })
    : named(`reason.${reason}`, reason);
}

/** Return what people call an account of the journal. */
export function accountName(account) {
  const { kind, part, owner } = accountParts(account);
  const [till, platform, pocket] = [
    named(`till.${part}`, part),
    named(`platform.${part}`, part),
    pocketName(part),
  ];
  const called = { queue: till, platform, wallet: pocket, issued: pocket }[kind] ?? part;
  const whose = kind === "wallet" ? owner : kind === "platform" ? "" : queueName(owner);
  return named(`account.${kind}`, account, { part: called, owner: whose });
}

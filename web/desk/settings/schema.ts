/** The settings' own schema: titles in both languages, ranges and choices come from it. */

import schema from "../../../docs/settings.schema.json";
import { locale } from "../../shared/i18n";
import type { Json } from "../../shared/types";

export interface Node {
  $ref?: string;
  type?: string;
  title?: string;
  "x-title-zh"?: string;
  description?: string;
  default?: Json;
  const?: Json;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: boolean | Node;
  patternProperties?: Record<string, Node>;
}

const DEFS = schema.$defs as unknown as Record<string, Node>;
export const ROOT = schema as unknown as Node;

/** Amounts of money among the whole numbers; the schema tells ratios by their names. */
export const MONEY = new Set([
  "adjust_two_above",
  "at_least",
  "borne_per_day",
  "lottery_prize_max",
  "max_entitlement",
  "max_paid",
  "min_paid",
  "order_max",
  "payout_per_day",
  "rebates_per_day",
  "two_approvals_above",
  "withdraw_min",
]);

/** Return a node with what it refers to. */
export function resolved(node: Node): Node {
  if (!node.$ref) return node;
  const { $ref, ...own } = node;
  return { ...resolved(DEFS[$ref.split("/").at(-1) ?? ""] ?? {}), ...own };
}

/** Return what a node can be beside null: one kind, or several to choose from. */
export function kindsOf(node: Node): Node[] {
  const whole = resolved(node);
  const among = whole.anyOf ?? whole.oneOf;
  if (!among) return [whole];
  return among.map(resolved).flatMap(kindsOf).filter(({ type }) => type !== "null");
}

export function isNullable(node: Node): boolean {
  const among = resolved(node).anyOf ?? resolved(node).oneOf ?? [];
  return among.some((each) => resolved(each).type === "null");
}

export function titleOf(node: Node, name: string): string {
  return (locale() === "en" ? node.title : node["x-title-zh"]) ?? node.title ?? name;
}

/** Return what the values of a map are, or undefined where an object is no map. */
export function valuesOf(node: Node): Node | undefined {
  const named = Object.values(node.patternProperties ?? {})[0];
  const any = node.additionalProperties;
  return named ?? (typeof any === "object" ? any : undefined);
}

/** Return the titles along a path such as `queue_rebate.products.p-9.extraction_bps`. */
export function titlesAlong(path: readonly string[]): string[] {
  let nodes: Node[] = [ROOT];
  return path.map((name) => {
    const next = nodes.flatMap(kindsOf).flatMap((node) => {
      const found = node.properties?.[name] ?? valuesOf(node) ?? node.items;
      return found ? [{ node: found, isNamed: node.properties?.[name] !== undefined }] : [];
    });
    nodes = next.map(({ node }) => node);
    const [first] = next;
    return first?.isNamed ? titleOf(resolved(first.node), name) : name;
  });
}

/** What a whole number counts, by the names on the way to it. */
export function unitOf(path: readonly string[]): "percent" | "money" | "number" {
  const [name = "", parent = ""] = [...path].reverse();
  const isRatio = (each: string) => /(^|_)bps$/.test(each) || each === "by_level";
  if (isRatio(name) || isRatio(parent)) return "percent";
  return MONEY.has(name) ? "money" : "number";
}

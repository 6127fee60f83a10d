/** What the API answers, as `rebate.contracts` has it. */

export interface Entry {
  queue: string | null;
  entry: string;
  order_id: string;
  line_id: string | null;
  member: string;
  paid_at: string;
  completed_at: string | null;
  status: string;
  entitlement: number | null;
  paid: number | null;
  paid_by_reason: Record<string, number> | null;
  waiting: number | null;
  rewards: number;
  ratio_bps: number | null;
  decided_by: string | null;
  place: number | null;
  ahead: number | null;
  progress_bps: number | null;
  exchange: Record<string, number>;
  may_draw: boolean;
  drawn: boolean;
  conversion: { pocket: string; ratio_bps: number; amount: number } | null;
  merged_from: string | null;
  merged_into: string | null;
}

export interface Entries {
  titles: { plan: string | null; exchange: string | null };
  currency: string;
  entries: Entry[];
  next: string | null;
}

export interface Progress {
  queue: string;
  earned: number | null;
  earned_by_reason: Record<string, number> | null;
  waiting: number | null;
  line: {
    place: number;
    mine: boolean;
    person: { nickname: string | null; avatar_url: string | null } | null;
    waiting: number | null;
  }[];
  next: string | null;
}

export interface StatementLine {
  at: string;
  kind: string;
  asset: string;
  amount: number;
  balance: number;
  order_id: string | null;
  entry: string | null;
  reason: string | null;
  counterpart: string | null;
  source: string;
}

export interface StatementPage {
  lines: StatementLine[];
  currency: string;
  next: string | null;
}

export interface Wallet {
  member: string;
  balances: Record<string, number>;
  next: string | null;
}

export interface Withdrawal {
  id: string;
  member: string;
  amount: number;
  fee: number;
  payout: number;
  state: string;
  at: string;
  account: { label: string; reference: string } | null;
  reason: string | null;
  payment: string | null;
  approvals: string[] | null;
}

export interface Withdrawals {
  withdrawals: Withdrawal[];
  currency: string;
  next: string | null;
}

export interface Gift {
  id: string;
  name: string;
  picture_url: string | null;
  asset: string;
  price: number;
  stock: number | null;
  limit: number | null;
  on: boolean;
  starts_at: string | null;
  ends_at: string | null;
  open: boolean;
  version: number;
}

export interface Redemption {
  id: string;
  member: string;
  gift: string;
  quantity: number;
  asset: string;
  price: number;
  state: string;
  tracking: string | null;
  reason: string | null;
  at: string;
}

export interface Odds {
  prizes: { bps: number; weight: number }[];
  low_bps: number | null;
  high_bps: number | null;
  miss_weight: number;
  total_weight: number;
  prize_max: number | null;
}

export interface EntryDraw {
  queue: string;
  entry: string;
  odds: Odds;
  may_draw: boolean;
  drawn: boolean;
  ratio_bps: number;
  seed_day: string | null;
  commitment: string | null;
  seed: string | null;
  luck: string | null;
  mixed_with: string | null;
}

export interface Draws {
  timezone: string;
  days: { day: string; commitment: string; seed: string | null; late: boolean; mixed_with: string | null }[];
  odds: Record<string, Odds>;
}

export interface Notices {
  notices: { id: string; at: string; kind: string; text: string }[];
  next: string | null;
}

export interface Queue {
  queue: string;
  kind: string;
  plan: string | null;
  entries: number;
  waiting: number;
  owed: number;
  pool: number;
  contributed: number;
  retained: number;
  borne: number;
  clawed_back: number;
  repurchased: number;
  cleared_at: string | null;
  stalled: boolean;
}

export interface QueueLine {
  queue: Queue;
  line: Entry[];
  next: string | null;
}

export interface Forecast {
  queue: string;
  days_seen: number;
  given: number;
  gifts: number;
  promised: number;
  ever_paid_bps: number | null;
  owed: number;
  days: number | null;
  needed_bps: number | null;
  profit_share_bps: number | null;
  clears_at: string | null;
}

export interface StalledQueue {
  queue: string;
  product_id: string | null;
  name: string | null;
  waiting: number;
  owed: number;
  pool: number;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Document = { [key: string]: Json };

export interface SettingsShown {
  version: number;
  settings: Document;
  plans: string[];
}

export interface SettingsVersion {
  version: number;
  saved_at: string;
  saved_by: string;
  changed: { path: string; before: Json; after: Json }[];
}

export interface Trace {
  order_id: string;
  member: string | null;
  level: string | null;
  referrer: string | null;
  channel: string;
  store_id: string | null;
  paid_at: string | null;
  completed_at: string | null;
  settings_version: number;
  repurchase_of: string | null;
  queues: string[];
  lines: {
    line_id: string;
    product_id: string | null;
    supply: string;
    quantity: number;
    paid: number;
    deducted: number;
    refunded: number;
    profit: number | null;
    queue: string | null;
    extraction_bps: number | null;
    entitlement_bps: number | null;
    decided_by: string | null;
    no_entry_because: string | null;
    passed_over: { rule: string; scope: string; outcome: string }[];
  }[];
  refunds: {
    refund_id: string;
    refunded_at: string;
    amounts: Record<string, number>;
    refused: string | null;
  }[];
  tickets: {
    queue: string;
    joined: boolean;
    contributions: { line_id: string | null; settled: (number | null)[]; retained: number }[];
    entries: Entry[];
  }[];
  journal: {
    source: string;
    number: number;
    at: string;
    kind: string;
    order_id: string | null;
    line_id: string | null;
    postings: { account: string; amount: number; entry: string | null; reason: string | null }[];
  }[];
}

export interface Wording {
  locale: string;
  kind: string;
  text: string;
  default: string;
  names: string[];
  version: number;
  saved_at: string | null;
  saved_by: string | null;
}

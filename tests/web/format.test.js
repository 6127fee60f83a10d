import assert from "node:assert/strict";
import { test } from "node:test";

import {
  balance,
  chance,
  count,
  decimal,
  moment,
  money,
  percent,
} from "../../web/assets/format.js";

test("minor units become a decimal number exactly, however large or small", () => {
  assert.equal(decimal(0, 2), "0.00");
  assert.equal(decimal(7, 2), "0.07");
  assert.equal(decimal(-1205, 2), "-12.05");
  assert.equal(decimal(980, 0), "980");
  assert.equal(decimal(Number.MAX_SAFE_INTEGER, 2), "90071992547409.91");
});

test("money has as many places as its currency", () => {
  assert.equal(money(123456, "CNY", "zh-CN"), "¥1,234.56");
  assert.equal(money(123456, "CNY", "en"), "¥1,234.56");
  assert.equal(money(1234, "JPY", "en"), "¥1,234");
  assert.equal(money(1234567, "KWD", "en").replace(/\s/g, " "), "KWD 1,234.567");
  assert.equal(money(-50, "USD", "en"), "-$0.50");
});

test("no cent is lost where numbers with a fraction would lose it", () => {
  assert.equal(money(Number.MAX_SAFE_INTEGER, "USD", "en"), "$90,071,992,547,409.91");
});

test("what is not money is counted in hundredths, without a currency", () => {
  assert.equal(balance(123456, "points", "JPY", "en"), "1,234.56");
  assert.equal(balance(1234, "pending", "JPY", "en"), "¥1,234");
});

test("ratios and chances keep what they say", () => {
  assert.equal(percent(1250, "en"), "12.5%");
  assert.equal(percent(10_000, "zh-CN"), "100%");
  assert.equal(percent(1, "en"), "0.01%");
  assert.equal(chance(1, 3, "en"), "33.3333%");
  assert.equal(chance(0, 0, "en"), "0%");
});

test("numbers are grouped, instants stand in the timezone that is asked for", () => {
  assert.equal(count(1_000_000, "en"), "1,000,000");
  assert.match(moment("2026-03-02T16:30:00Z", "en", "Asia/Shanghai"), /^Mar 3, 2026, 12:30.AM$/);
});

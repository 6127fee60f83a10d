/**
 * The settings: read, change, have them explained, save them under their version; and their
 * history.
 */

import { Refusal } from "../api.js";
import { el, orNone, row, table } from "../dom.js";
import { locale, moment, planName, t } from "../language.js";
import { act, confirmed, paged, refresh, say } from "../page.js";

export async function showSettings(_query, ask) {
  const [{ settings, version }, history] = await Promise.all([
    ask("GET", "settings"),
    versions(ask),
  ]);
  return [
    el("h1", {}, t("operator.settings")),
    el(
      "p",
      { class: "quiet" },
      version ? t("operator.in_force", { n: version }) : t("operator.no_settings"),
    ),
    editor(settings, version, ask),
    el("h2", {}, t("operator.history")),
    ...history,
  ];
}

/** What is saved is what was checked: a change of the text takes the button to save away again. */
function editor(settings, version, ask) {
  const answer = el("div", { "aria-live": "polite" });
  const text = el("textarea", {
    id: "document",
    rows: "28",
    spellcheck: "false",
    input: () => {
      save.disabled = true;
    },
  });
  text.value = JSON.stringify(settings, null, 2);
  const check = el("button", { class: "primary" }, t("operator.check"));
  const saving = async () => {
    const lead = el("p", {}, t("operator.save_lead", { n: version + 1 }));
    const body = { version, settings: parsed(text.value) };
    const work = async () => {
      const saved = await ask("PUT", "settings", { body });
      say(t("operator.saved_as", { n: saved.version }));
    };
    if (await confirmed(t("operator.save"), lead, [{ label: t("operator.save"), work }])) refresh();
  };
  const save = el("button", { type: "button", disabled: true, click: saving }, t("operator.save"));
  const checking = (event) => {
    event.preventDefault();
    return act(check, answer, async () => {
      const checked = text.value;
      const { means } = await ask("POST", "settings/check", {
        body: { settings: parsed(checked), locale: locale() },
      });
      answer.replaceChildren(meaning(means));
      save.disabled = text.value !== checked;
    });
  };
  return el(
    "form",
    { class: "editor", submit: checking },
    el(
      "div",
      {},
      el("label", { for: "document" }, t("operator.document")),
      text,
      el("div", { class: "row" }, check, save),
      el("p", { class: "quiet" }, t("operator.check_lead")),
    ),
    el("section", { class: "card" }, el("h2", {}, t("operator.means")), answer),
  );
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(0, { code: "not_json", message: error.message });
  }
}

function meaning(means) {
  const parts = [...new Set(means.map(({ part }) => part))];
  return el(
    "div",
    { class: "meaning" },
    parts.map((part) => [
      el("h3", {}, planName(part)),
      el(
        "ul",
        {},
        means.filter((each) => each.part === part).map(({ text }) => el("li", {}, text)),
      ),
    ]),
  );
}

async function versions(ask) {
  const list = el("div");
  const more = await paged(list, async (after) => {
    const page = await ask("GET", "settings/versions", { query: { after } });
    return { rows: page.versions.map(changes), next: page.next };
  });
  return [...orNone(list, t("operator.no_settings")), more];
}

function changes({ version, saved_at, saved_by, changed }) {
  const heads = [t("operator.field"), t("operator.before"), t("operator.after")];
  const value = (any) => el("code", {}, any === null ? "–" : JSON.stringify(any));
  const rows = changed.map(({ path, before, after }) =>
    row([el("code", {}, path), value(before), value(after)]),
  );
  return el(
    "details",
    {},
    el(
      "summary",
      {},
      t("operator.version", { n: version }),
      " · ",
      t("operator.saved", { by: saved_by, at: moment(saved_at) }),
      " · ",
      t("operator.changed", { n: changed.length }),
    ),
    table(t("operator.version", { n: version }), heads, rows).whole,
  );
}

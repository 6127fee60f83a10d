/**
 * How notices to members are worded: the text in force, the default, and the names a text may
 * hold.
 */

import { el } from "../dom.js";
import { LOCALES, locale, moment, noticeName, t } from "../language.js";
import { act, refresh, say, to } from "../page.js";

export async function showWordings({ locale: chosen = locale() }, ask) {
  const { wordings } = await ask("GET", "notices/wordings");
  return [
    el("h1", {}, t("operator.wordings")),
    el("p", { class: "quiet" }, t("operator.wordings_lead")),
    el(
      "p",
      { class: "chips" },
      Object.entries(LOCALES).map(([code, name]) =>
        el(
          "a",
          {
            class: "chip",
            lang: code,
            href: to("wordings", { locale: code }),
            "aria-current": code === chosen ? "true" : null,
          },
          name,
        ),
      ),
    ),
    el(
      "div",
      { class: "cards" },
      wordings.filter((each) => each.locale === chosen).map((each) => card(each, ask)),
    ),
  ];
}

function card(wording, ask) {
  const { kind, text, names, version, saved_at, saved_by } = wording;
  const place = el("div");
  const id = `wording-${kind}`;
  const field = el("textarea", { id, rows: "3", lang: wording.locale });
  field.value = text;
  const save = el("button", { class: "primary" }, t("operator.save_wording"));
  const saving = (event) => {
    event.preventDefault();
    return act(save, place, () => put(wording, field.value, ask));
  };
  const back =
    version > 0 &&
    text !== wording.default &&
    el(
      "button",
      { type: "button", click: ({ target }) => act(target, place, () => put(wording, null, ask)) },
      t("operator.default_wording"),
    );
  return el(
    "form",
    { class: "card", submit: saving },
    el("label", { for: id }, el("strong", {}, noticeName(kind))),
    field,
    el(
      "p",
      { class: "quiet" },
      t("operator.names"),
      " ",
      names.map((name) => [el("code", {}, `{${name}}`), " "]),
    ),
    saved_at !== null &&
      el("p", { class: "quiet" }, t("operator.saved", { by: saved_by, at: moment(saved_at) })),
    place,
    el("div", { class: "row" }, save, back),
  );
}

async function put({ locale: of, kind, version }, text, ask) {
  await ask("PUT", "notices/wordings", { body: { locale: of, kind, text, version } });
  say(t("operator.wording_saved"));
  refresh();
}

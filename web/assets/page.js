/**
 * What all pages share: language, navigation by the address's hash, waiting, failing, asking back.
 */

import { Refusal, asking } from "./api.js";
import { el } from "./dom.js";
import { LOCALES, errorName, fillIn, locale, speak, t } from "./language.js";

const REFRESH = "refresh";

/** Draw the view again where it stands, after something was changed. */
export const refresh = () => dispatchEvent(new Event(REFRESH));

/** Show the switch of languages in the page's bar; `changed` draws the page again. */
export async function inLanguage(changed) {
  await speak();
  const choose = async (event) => {
    await speak(event.target.value);
    await inLanguage(changed);
    document.querySelector("#language select").focus();
    await changed();
  };
  const options = Object.entries(LOCALES).map(([code, name]) =>
    el("option", { value: code, lang: code, selected: code === locale() }, name),
  );
  const select = el("select", { "aria-label": t("language"), change: choose }, options);
  document.querySelector("#language").replaceChildren(select);
  document.title = t("brand");
  fillIn();
}

/** Return who acts, as the address says, or go where one chooses. */
export function actor() {
  const name = new URLSearchParams(location.search).get("as");
  if (!name) location.replace("./");
  return name;
}

/**
 * Run a page: `tabs` are names of views in order, `views` maps a name to
 * `{title, show(query, ask), tab}`, where `show` returns nodes.
 */
export async function run(role, tabs, views) {
  const name = actor();
  if (!name) return;
  const ask = asking(role, name);
  const main = document.querySelector("#main");
  let turn = 0;
  const draw = async () => {
    const mine = ++turn;
    const { view, query } = route(views, tabs[0]);
    main.setAttribute("aria-busy", "true");
    document.title = `${t(views[view].title)} · ${t("brand")}`;
    document.querySelector("#who").textContent = t(`acting.${role}`, { name });
    document.querySelector("#tabs").replaceChildren(...links(tabs, views, view));
    const nodes = await views[view].show(query, ask).catch((error) => [failure(error, draw)]);
    if (mine !== turn) return;
    main.replaceChildren(...nodes);
    main.removeAttribute("aria-busy");
  };
  const move = async () => {
    say("");
    await draw();
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  const skip = (event) => {
    event.preventDefault();
    main.focus();
  };
  document.querySelector(".skip").addEventListener("click", skip);
  addEventListener("hashchange", move);
  addEventListener(REFRESH, draw);
  await inLanguage(draw);
  await draw();
}

function route(views, home) {
  const [name, query] = location.hash.slice(1).split("?");
  return {
    view: Object.hasOwn(views, name) ? name : home,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** Return the address of a view of this page. */
export function to(view, query = {}) {
  const said = new URLSearchParams(query).toString();
  return `#${view}${said && `?${said}`}`;
}

function links(tabs, views, view) {
  const current = views[view].tab ?? view;
  return tabs.map((tab) => {
    const attributes = { href: to(tab), "aria-current": tab === current ? "page" : null };
    return el("a", attributes, t(views[tab].title));
  });
}

/**
 * Return what to show where something failed: the API's message, its problems, and a way to try
 * again.
 */
export function failure(error, again = null) {
  if (!(error instanceof Refusal)) reportError(error);
  const problems = (error.problems ?? []).filter(({ path }) => path);
  return el(
    "div",
    { class: "failure", role: "alert" },
    el("p", {}, messageOf(error, problems.length > 0)),
    problems.length > 0 && el("ul", {}, problems.map(problem)),
    again && el("button", { type: "button", click: again }, t("again")),
  );
}

function problem({ path, message, nearest }) {
  return el(
    "li",
    {},
    el("code", {}, path),
    ": ",
    message,
    nearest && ` (${t("nearest", { nearest })})`,
  );
}

/**
 * Return why something failed, in the reader's language where the code is known, and as the API
 * says it.
 */
function messageOf(error, hasProblems) {
  if (!(error instanceof Refusal)) return t("error.other", { message: error.message });
  const said = errorName(error.code);
  const message = hasProblems ? "" : error.message;
  return said && message ? t("error.known", { said, message }) : said || error.message;
}

/**
 * Do something that a button asks for; meanwhile the button rests, and a failure is shown in
 * `place`.
 */
export async function act(button, place, work) {
  button.disabled = true;
  place.replaceChildren();
  try {
    await work();
  } catch (error) {
    place.replaceChildren(failure(error));
  } finally {
    button.disabled = false;
  }
}

/** Tell briefly what was done. */
export function say(text) {
  const said = document.querySelector("#said");
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => {
    said.textContent = "";
  }, 5000);
}

/**
 * Fill a list page by page: `load(after)` returns `{rows, next}`. Returns the button that asks for
 * more.
 */
export async function paged(list, load) {
  const place = el("div");
  const state = { after: null };
  const more = async () => {
    const { rows, next } = await load(state.after);
    list.append(...rows);
    state.after = next;
    button.hidden = next === null;
  };
  const button = el(
    "button",
    { type: "button", class: "more", click: () => act(button, place, more) },
    t("more"),
  );
  await more();
  return el("div", {}, place, button);
}

/**
 * Ask back in a dialog before something is done; each of `choices` is `{label, work}`.
 * Resolves once one is done (true) or all is called off (false).
 */
export function confirmed(title, content, choices) {
  return new Promise((resolve) => {
    const place = el("div");
    const buttons = choices.map(({ label, work }) => {
      const button = el(
        "button",
        {
          type: "button",
          class: "primary",
          click: () =>
            act(button, place, async () => {
              await work();
              dialog.returnValue = "done";
              dialog.close("done");
            }),
        },
        label,
      );
      return button;
    });
    const off = el("button", { type: "button", click: () => dialog.close("off") }, t("cancel"));
    const dialog = el(
      "dialog",
      {
        "aria-labelledby": "asked",
        close: () => {
          dialog.remove();
          resolve(dialog.returnValue === "done");
        },
      },
      el("h2", { id: "asked" }, title),
      content,
      place,
      el("div", { class: "row" }, buttons, off),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

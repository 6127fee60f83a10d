/** What I was told. */

import { el, orNone } from "../dom.js";
import { locale, moment, noticeName, t } from "../language.js";
import { paged } from "../page.js";

export async function showNotices(_query, ask) {
  const list = el("ul", { class: "notices" });
  const more = await paged(list, async (after) => {
    const page = await ask("GET", "me/notices", { query: { locale: locale(), after } });
    return { rows: page.notices.map(notice), next: page.next };
  });
  return [el("h1", {}, t("member.notices")), ...orNone(list, t("member.no_notices")), more];
}

function notice({ at, kind, text }) {
  return el(
    "li",
    {},
    el(
      "header",
      {},
      el("strong", {}, noticeName(kind)),
      el("time", { datetime: at, class: "quiet" }, moment(at)),
    ),
    el("p", {}, text),
  );
}

/**
 * The start page: who one wants to be. Members are those who stand at the heads of the lines now.
 */

import { asking } from "./api.js";
import { el } from "./dom.js";
import { count, t } from "./language.js";
import { failure, inLanguage } from "./page.js";

const MEMBERS_SHOWN = 12;
const ask = asking("operator", "start");

async function draw() {
  const place = document.querySelector("#members");
  place.replaceChildren(el("p", { class: "quiet" }, t("loading")));
  try {
    const members = await waitingMembers();
    document.querySelector("#member").placeholder = members[0] ?? "";
    place.replaceChildren(...chooser(members));
  } catch (error) {
    place.replaceChildren(failure(error, draw));
  }
}

async function waitingMembers() {
  const { queues } = await ask("GET", "queues");
  const members = new Map();
  for (const { queue } of queues.filter(({ waiting }) => waiting > 0)) {
    const { line } = await ask("GET", "queue", { query: { id: queue } });
    for (const { member } of line) members.set(member, (members.get(member) ?? 0) + 1);
    if (members.size >= MEMBERS_SHOWN) break;
  }
  return [...members]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MEMBERS_SHOWN)
    .map(([member]) => member);
}

function chooser(members) {
  if (!members.length) return [el("p", { class: "quiet" }, t("start.nobody"))];
  const links = members.map((member) =>
    el(
      "li",
      {},
      el(
        "a",
        { class: "chip", href: `member.html?${new URLSearchParams({ as: member })}` },
        member,
      ),
    ),
  );
  return [
    el("p", { id: "waiting-members" }, t("start.waiting_members", { n: count(members.length) })),
    el("ul", { class: "chips", "aria-labelledby": "waiting-members" }, links),
  ];
}

await inLanguage(draw);
await draw();

/** A member's pages. */

import { run } from "../page.js";
import { showEntries } from "./entries.js";
import { showLine } from "./line.js";
import { showNotices } from "./notices.js";
import { showWallet } from "./wallet.js";

await run("member", ["entries", "wallet", "notices"], {
  entries: { title: "member.queues", show: showEntries },
  line: { title: "member.line_title", show: showLine, tab: "entries" },
  wallet: { title: "member.wallet", show: showWallet },
  notices: { title: "member.notices", show: showNotices },
});

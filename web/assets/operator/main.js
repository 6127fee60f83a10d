/** The operator's pages. */

import { run } from "../page.js";
import { showOrder } from "./order.js";
import { showOverview } from "./overview.js";
import { showQueue } from "./queue.js";
import { showSettings } from "./settings.js";
import { showStalled } from "./stalled.js";
import { showWordings } from "./wordings.js";

await run("operator", ["overview", "order", "stalled", "settings", "wordings"], {
  overview: { title: "operator.overview", show: showOverview },
  queue: { title: "operator.queue", show: showQueue, tab: "overview" },
  order: { title: "operator.orders", show: showOrder },
  stalled: { title: "operator.stalled_queues", show: showStalled },
  settings: { title: "operator.settings", show: showSettings },
  wordings: { title: "operator.wordings", show: showWordings },
});

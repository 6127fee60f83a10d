/** The HTTP API as a page: Redoc, over the document that this deployment serves itself. */

import { init } from "redoc/bundles/redoc.standalone.js";

const DOCUMENT = "/v1/openapi.json";

/** Its search is a worker made of text, which the pages' policy does not allow. */
const OPTIONS = { disableSearch: true, nativeScrollbars: true };

init(DOCUMENT, OPTIONS, document.getElementById("root"));

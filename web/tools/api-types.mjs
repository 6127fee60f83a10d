/** Writes types of all that the API takes and answers, from its document: `build/api.d.ts`. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { compile } from "json-schema-to-typescript";

const ROOT = resolve(import.meta.dirname, "../..");
const document = readFileSync(resolve(ROOT, "docs/openapi.json"), "utf-8");

/** A title becomes a type of its own, so only schemas keep one: the name that the API gives them. */
const { schemas } = JSON.parse(
  document.replaceAll("#/components/schemas/", "#/definitions/"),
  (key, value) => (key === "title" && typeof value === "string" ? undefined : value),
).components;
for (const [name, schema] of Object.entries(schemas)) schema.title = name;

const types = await compile({ definitions: schemas, type: "object" }, "Api", {
  bannerComment: "",
  unreachableDefinitions: true,
  additionalProperties: false,
  format: false,
});
mkdirSync(resolve(ROOT, "build"), { recursive: true });
writeFileSync(resolve(ROOT, "build/api.d.ts"), types);

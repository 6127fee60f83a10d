/** A settings document: read and changed by path, compared, and merged field by field. */

import type { Document, Json } from "../../shared/types";

export type Path = readonly string[];

export interface Change {
  path: Path;
  before: Json | undefined;
  after: Json | undefined;
}

const isObject = (value: Json | undefined): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function at(document: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, name) =>
      isObject(value) ? value[name] : Array.isArray(value) ? value[Number(name)] : undefined,
    document,
  );
}

/** Return the document with another value at a path; undefined takes it out. */
export function changed(document: Json | undefined, path: Path, value: Json | undefined): Json {
  const [name, ...rest] = path;
  if (name === undefined) return value ?? null;
  if (Array.isArray(document)) {
    const items = [...document];
    if (rest.length === 0 && value === undefined) items.splice(Number(name), 1);
    else items[Number(name)] = changed(items[Number(name)], rest, value);
    return items;
  }
  const fields = isObject(document) ? { ...document } : {};
  if (rest.length === 0 && value === undefined) delete fields[name];
  else fields[name] = changed(fields[name], rest, value);
  return fields;
}

/** Return what differs, by the deepest paths at which objects can be compared. */
export function differences(before: Json | undefined, after: Json | undefined, path: Path = []): Change[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], [...path, name]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

export interface Merged {
  document: Document;
  /** What both changed, to different values: the document has ours. */
  conflicts: { ours: Change; theirs: Change }[];
}

/** Put our changes of `base` on top of what others made of it meanwhile. */
export function merged(base: Document, ours: Document, theirs: Document): Merged {
  const mine = differences(base, ours);
  const others = differences(base, theirs);
  const document = mine.reduce<Json>(
    (all, { path, after }) => changed(all, path, after),
    theirs,
  ) as Document;
  const conflicts = mine.flatMap((our) => {
    const their = others.find(({ path }) => overlap(path, our.path));
    return their && JSON.stringify(their.after) !== JSON.stringify(our.after)
      ? [{ ours: our, theirs: their }]
      : [];
  });
  return { document, conflicts };
}

function overlap(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length).join("\0") === other.slice(0, length).join("\0");
}

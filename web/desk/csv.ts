/** What is seen in a table, as a file. */

interface Column<Row> {
  title: string;
  of: (row: Row) => string | number | null;
}

/** Text that a spreadsheet would take for a formula gets an apostrophe; numbers never do. */
export function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function saveCsv<Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...rows.map((row) => columns.map(({ of }) => cell(of(row)))),
  ];
  saveText(name, `\ufeff${lines.map((line) => line.join(",")).join("\r\n")}\r\n`);
}

const KINDS = { csv: "text/csv", json: "application/json" };

/** Hand a text to the reader as a file. */
export function saveText(name: string, text: string, kind: keyof typeof KINDS = "csv"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: KINDS[kind] }));
  link.download = `${name}.${kind}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

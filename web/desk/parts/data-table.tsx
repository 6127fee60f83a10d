/** The one table: find, sort, page, CSV and print; what was found and sorted is in the address. */

import { Button, Empty, Input, Space, Table } from "antd";
import type { ReactNode } from "react";
import type { Pages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { saveCsv } from "../csv";
import { useQuery } from "../query";
import { Failure } from "./failure";

const ROWS = 50;

type Plain = string | number | null;

export interface Column<Row> {
  key: string;
  title: string;
  /** What it is found, sorted and written to a file by. */
  of: (row: Row) => Plain;
  show?: (row: Row) => ReactNode;
  isNumber?: boolean;
}

interface Props<Row> {
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** A list that is loaded page by page: how to get more of it. */
  more?: Pick<Pages<Row>, "hasMore" | "isLoading" | "more">;
  none?: string;
  canFind?: boolean;
}

export function DataTable<Row extends object>({
  name,
  columns,
  rows,
  keyOf,
  more,
  none,
  canFind = true,
}: Props<Row>) {
  const [query, setQuery] = useQuery();
  const wanted = (query.get("q") ?? "").toLowerCase();
  const found = wanted
    ? rows.filter((row) =>
        columns.some(({ of }) => String(of(row) ?? "").toLowerCase().includes(wanted)),
      )
    : rows;
  /** What is loaded more stands on pages of its own: go to where it begins. */
  const goOn = () => {
    more?.more();
    if (!wanted) setQuery({ page: String(Math.floor(rows.length / ROWS) + 1) });
  };
  const [sorted, order] = (query.get("sort") ?? "").split(" ");
  return (
    <section className="listed">
      <Space wrap className="table-tools">
        {canFind && (
          <Input
            allowClear
            aria-label={t("find_in", { name })}
            placeholder={t("find")}
            defaultValue={query.get("q") ?? ""}
            onChange={(event) => setQuery({ q: event.target.value })}
          />
        )}
        <Button onClick={() => saveCsv(name, columns, found)} disabled={found.length === 0}>
          CSV
        </Button>
        <Button onClick={() => print()}>{t("print")}</Button>
      </Space>
      <div className="scrolls" role="group" aria-label={name} tabIndex={0}>
        <Table<Row>
          size="small"
          aria-label={name}
          dataSource={[...found]}
          rowKey={keyOf}
          loading={more?.isLoading === true && rows.length === 0}
          locale={{ emptyText: <Empty image={null} description={none ?? t("none")} /> }}
          pagination={{
            pageSize: ROWS,
            current: Number(query.get("page") ?? 1),
            hideOnSinglePage: true,
            showSizeChanger: false,
            showTotal: (all) => t("rows", { count: all }),
          }}
          columns={columns.map((column) => ({
            key: column.key,
            title: column.title,
            align: column.isNumber ? ("end" as const) : ("start" as const),
            className: column.isNumber ? "number" : "",
            render: (_: unknown, row: Row) => column.show?.(row) ?? column.of(row) ?? "–",
            sorter: more ? false : (one: Row, other: Row) => compare(column.of(one), column.of(other)),
            sortOrder: sorted === column.key ? (order as "ascend" | "descend") : null,
          }))}
          onChange={(pages, _, by) => {
            const first = Array.isArray(by) ? by[0] : by;
            const sort = first?.order ? `${String(first.columnKey)} ${first.order}` : "";
            setQuery({ sort, page: pages.current === 1 ? "" : String(pages.current) });
          }}
        />
      </div>
      {more?.hasMore && (
        <Button className="more" loading={more.isLoading} onClick={goOn}>
          {t("more")}
        </Button>
      )}
    </section>
  );
}

/** A list that is loaded page by page, or why it cannot be. */
export function PagedTable<Row extends object>({
  pages,
  ...table
}: Omit<Props<Row>, "rows" | "more"> & { pages: Pages<Row> }) {
  return (
    <>
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      <DataTable {...table} rows={pages.rows} more={pages} />
    </>
  );
}

/** What is not applicable comes last, whichever way it is sorted. */
function compare(one: Plain, other: Plain): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return typeof one === "number" && typeof other === "number"
    ? one - other
    : String(one).localeCompare(String(other));
}

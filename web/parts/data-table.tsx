// Tables that fit a phone: the first column is the row's name, further ones may be left out on narrow screens.
import { Table, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers and sizes stand at the right. */
  readonly align?: "right";
  /** Left out below this width. */
  readonly from?: "xs" | "sm" | "md" | "lg";
  /** In pixels: below that long names would stand letter by letter. */
  readonly minWidth?: number;
  /** A word or two, which stay together however narrow it is. */
  readonly isShort?: true;
  /** The server can sort by it. */
  readonly sorts?: boolean;
}

export interface Sorting {
  readonly by: string;
  readonly order: "asc" | "desc";
  readonly change: (by: string, order: "asc" | "desc") => void;
}

export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  sorting,
  empty,
}: {
  /** For those who cannot see what the table is about. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  sorting?: Sorting;
  empty?: ReactNode;
}) {
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <Table.ScrollContainer minWidth={300} type="native">
      <Table highlightOnHover verticalSpacing="xs" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th
                key={column.key}
                {...visibleFrom(column)}
                miw={column.minWidth}
                ta={column.align ?? "left"}
                aria-sort={ariaSort(column, sorting)}
              >
                <Heading column={column} sorting={sorting} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map((column) => (
                <Table.Td
                  key={column.key}
                  {...visibleFrom(column)}
                  ta={column.align ?? "left"}
                  className={cellClass(column)}
                >
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const cellClass = <Row,>({ align, isShort }: Column<Row>): string =>
  align === "right" ? "numbers nowrap" : isShort === true ? "nowrap" : "breakable";

const visibleFrom = <Row,>({ from }: Column<Row>) => (from === undefined ? {} : { visibleFrom: from });

const ariaSort = <Row,>({ key, sorts }: Column<Row>, sorting?: Sorting) =>
  sorts !== true || sorting === undefined
    ? undefined
    : sorting.by !== key
      ? "none"
      : sorting.order === "asc"
        ? "ascending"
        : "descending";

function Heading<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | undefined }) {
  // What shows by itself what it is has no title, but for those who cannot see it.
  if (column.title === "")
    return <VisuallyHidden>{column.align === "right" ? "Actions" : column.key}</VisuallyHidden>;
  const title = (
    <Text span fz="xs" fw={600} c="dimmed" className="nowrap">
      {column.title}
    </Text>
  );
  if (column.sorts !== true || sorting === undefined) return title;
  const isOwn = sorting.by === column.key;
  const Arrow = sorting.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <UnstyledButton
      onClick={() => sorting.change(column.key, isOwn && sorting.order === "asc" ? "desc" : "asc")}
      style={{ display: "inline-flex", alignItems: "center", gap: 4 }}
    >
      {title}
      {isOwn ? <Arrow size={13} aria-hidden /> : null}
    </UnstyledButton>
  );
}

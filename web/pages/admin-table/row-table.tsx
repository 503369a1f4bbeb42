// Rows with as many columns as the table has: it scrolls within itself, and each row opens as a whole.
import { Box, Table, Text, UnstyledButton } from "@mantine/core";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import type { Sorting } from "../../parts/data-table.tsx";
import classes from "./row-table.module.css";
import type { Column, Row } from "./row-types.ts";
import { shortText } from "./values.ts";

export function RowTable({
  table,
  columns,
  rows,
  sorting,
  open,
  empty,
}: {
  table: string;
  columns: readonly Column[];
  rows: readonly Row[];
  sorting: Sorting;
  open: (row: Row) => void;
  empty: ReactNode;
}) {
  if (rows.length === 0) return <>{empty}</>;
  return (
    <Box className={classes.frame} tabIndex={0} role="region" aria-label={`Rows of ${table}`}>
      <Table highlightOnHover verticalSpacing={6} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.name} aria-sort={ariaSort(column, sorting)}>
                <Heading column={column} sorting={sorting} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={columns.map(({ name }) => String(row[name])).join(" ")}>
              {columns.map(({ name, kind }, at) => {
                const text = shortText(kind, row[name]);
                return (
                  <Table.Td key={name} className={classes.cell}>
                    {at === 0 ? (
                      <UnstyledButton
                        onClick={() => open(row)}
                        className={classes.open}
                        aria-label={`Open the row ${text}`}
                      >
                        {text}
                      </UnstyledButton>
                    ) : (
                      <span className={row[name] === null ? classes.nothing : undefined}>{text}</span>
                    )}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

const ariaSort = ({ name, sortable }: Column, { by, order }: Sorting) =>
  !sortable ? undefined : by !== name ? "none" : order === "asc" ? "ascending" : "descending";

function Heading({
  column: { name, sortable },
  sorting: { by, order, change },
}: {
  column: Column;
  sorting: Sorting;
}) {
  const title = (
    <Text span fz="xs" fw={600} c="dimmed" className="nowrap">
      {name}
    </Text>
  );
  if (!sortable) return title;
  const isOwn = by === name;
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return (
    <UnstyledButton
      onClick={() => change(name, isOwn && order === "asc" ? "desc" : "asc")}
      className={classes.heading}
    >
      {title}
      {isOwn ? <Arrow size={13} aria-hidden /> : null}
    </UnstyledButton>
  );
}

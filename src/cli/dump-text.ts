// How many rows of each table a dump has, for people.
import type { RowCounts } from "../actions/dump-data.ts";
import { countText, numberText } from "../domain/count-text.ts";
import type { Output } from "./output.ts";
import { tableText } from "./table.ts";

export const rowsTable = (output: Output, rows: RowCounts): string =>
  tableText(
    output,
    ["TABLE", "ROWS"],
    Object.entries(rows).map(([table, count]) => [table, numberText(count)]),
    [1],
  );

/** "12,000 rows". */
export const sumOf = (rows: RowCounts): string =>
  countText(
    Object.values(rows).reduce((sum, count) => sum + count, 0),
    "row",
  );

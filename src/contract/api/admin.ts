// The tables of the database as they are, for whoever wants to look behind the pages.
import { z } from "zod";
import { count, PAGE_AFTER, pageLimit, route } from "./route.ts";

const tags = ["admin"];

/** `rows` is counted up to a limit; `more`: there are more than that. */
const TableShape = z.object({ name: z.string(), rows: count, more: z.boolean() });

const ColumnShape = z.object({
  name: z.string(),
  kind: z.enum(["int", "text", "bool", "time", "json"]),
  sortable: z.boolean().describe("The list can be sorted by it."),
});

export const adminRoutes = {
  tables: route
    .route({ method: "GET", path: "/admin/tables", tags, summary: "Every table, and how many rows it has" })
    .output(z.object({ items: z.array(TableShape), next: z.null() })),
  rows: route
    .route({
      ...{ method: "GET", path: "/admin/tables/{table}", tags },
      summary: "Rows of a table, without what is secret",
    })
    .input(
      z.object({
        table: z
          .string()
          .min(1)
          .max(64)
          .meta({ examples: ["hosts"] }),
        q: z
          .string()
          .max(200)
          .optional()
          .describe("Text that one of its texts contains, or one of its numbers."),
        sort: z.string().max(64).optional(),
        order: z.enum(["asc", "desc"]).optional(),
        limit: pageLimit,
        after: z.string().max(20).optional().describe(PAGE_AFTER),
      }),
    )
    .output(
      z.object({
        columns: z.array(ColumnShape),
        items: z.array(z.record(z.string(), z.unknown())),
        next: z
          .string()
          .nullable()
          .describe(
            "With it a page may be short and not the last: so many rows of a large table are looked through at a time.",
          ),
        total: count
          .nullable()
          .describe(
            "Counted up to a limit; null: not counted, because the table is large and only some of its rows are asked for.",
          ),
        more: z.boolean(),
      }),
    ),
};

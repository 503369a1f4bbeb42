// The tables of the database as they are.
import { countTables, listRows } from "../../store/admin-tables.ts";
import { routes } from "../implement.ts";

const { admin: os } = routes;

const USUAL_PAGE = 50;

export const admin = {
  tables: os.tables.handler(async ({ context: { app } }) => ({
    items: await countTables(app.db),
    next: null,
  })),
  rows: os.rows.handler(async ({ context: { app }, input: { table, limit = USUAL_PAGE, ...wish } }) => {
    const { columns, items, ...page } = await listRows(app.db, table, { ...wish, limit });
    return { columns: columns.map((column) => ({ ...column })), items: [...items], ...page };
  }),
};

// Rows of any table, as the server sends them.
import type { client } from "../../api/client.ts";

export type Rows = Awaited<ReturnType<typeof client.admin.rows>>;
export type Column = Rows["columns"][number];
export type Row = Rows["items"][number];

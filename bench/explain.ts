// How a database goes about the statements that a function of the store sends.
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from "kysely";
import type { Database } from "../src/store/database.ts";

/** Runs it once more, and says of each SELECT what the database does for it. */
export async function explained(db: Database, work: (db: Database) => Promise<unknown>): Promise<string> {
  // Parts of a statement are prepared as if they were statements, too; only what was sent has a result.
  const prepared = new Map<unknown, RootOperationNode>();
  const sent: RootOperationNode[] = [];
  const listening: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      prepared.set(queryId, node);
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      const node = prepared.get(queryId);
      if (node?.kind === "SelectQueryNode") sent.push(node);
      return result;
    },
  };
  await work({ ...db, sql: db.sql.withPlugin(listening) });
  const executor = db.sql.withoutPlugins().getExecutor();
  const texts: string[] = [];
  for (const node of sent) {
    const { sql, parameters } = executor.compileQuery(node, { queryId: "explain" });
    const ask = db.dialect.name === "sqlite" ? "explain query plan" : "explain";
    const { rows } = await db.sql
      .withoutPlugins()
      .executeQuery(CompiledQuery.raw(`${ask} ${sql}`, [...parameters]));
    texts.push(
      [
        sql.replace(/(\?, ){9,}/g, "?, …, "),
        ...rows.map((row) => `  ${Object.values(row as object).join(" | ")}`),
      ].join("\n"),
    );
  }
  return texts.join("\n");
}

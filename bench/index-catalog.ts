// A program of its own that brings one host's catalog up to date and says what that cost, without its own start:
// `index-catalog.ts DATABASE-URL BACKUP-ROOT HOST`, one line of JSON.
import { syncCatalog } from "../src/actions/sync-catalog.ts";
import { openDatabase } from "../src/store/database.ts";
import { requireHost } from "../src/store/hosts.ts";
import { appOn } from "./app-on.ts";
import type { Cost } from "./statistics.ts";
import { costOf } from "./timing.ts";

export type Indexed = Cost & {
  /** How each snapshot came into the catalog: `log` or `walk`. */
  readonly by: readonly string[];
};

const [url = "", root = "", hostName = ""] = process.argv.slice(2);
const db = await openDatabase(url);
try {
  const host = await requireHost(db, hostName);
  const { cost, result } = await costOf(() => syncCatalog(appOn(db, new Date()), root, host));
  const indexed: Indexed = { ...cost, by: result.indexed.map(({ by }) => by) };
  console.log(JSON.stringify(indexed));
} finally {
  await db.close();
}

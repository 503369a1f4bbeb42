// Builds dist/ once before the tests that start the real program: they test what users run.
import { startMariadb } from "./mariadb.ts";
import { runTool } from "./tool.ts";
import { SHARED_SERVER, type SharedServer } from "./world.ts";

/** With `POBSYNC_TEST_DATABASE=mariadb` every site of a test that asks for no particular database has one on MariaDB. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  await runTool(process.execPath, ["scripts/build.ts"]);
  if (process.env.POBSYNC_TEST_DATABASE !== "mariadb") return undefined;
  const server = await startMariadb({ fast: true });
  const shared: SharedServer = { socket: server.socket, url: server.url("").replace(/\/$/, "") };
  process.env[SHARED_SERVER] = JSON.stringify(shared);
  return () => server.stop();
}

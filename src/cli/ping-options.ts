// The options that say where pings go, for configure-global and configure-host alike.
import type { Command } from "commander";
import { readGivenText } from "../actions/given-text.ts";
import type { PingChanges } from "../actions/ping-settings.ts";
import { badInput } from "../domain/problem.ts";

/** Options of pings, which site and host have each on its own. */
export const addPingOptions = (command: Command): Command =>
  command
    .option("--ping-url <url>", "tell a dead man's switch, such as Healthchecks; off for none")
    .option("--ping-url-file <file>", "the same, from a file: nobody sees it among this server's processes")
    .option("--ping-allow-private", "it may be of this server's own network")
    .option("--no-ping-allow-private", "it may not");

export const PING_OPTIONS = ["pingUrl", "pingUrlFile", "pingAllowPrivate"] as const;

/** What they say. Refuses with `bad_input` an address that is given twice. */
export async function pingsFrom(options: Record<string, unknown>): Promise<PingChanges> {
  const { pingUrl, pingUrlFile: file, pingAllowPrivate } = options;
  if (pingUrl !== undefined && file !== undefined) throw badInput("--ping-url", "", "is given twice.");
  const url = file === undefined ? pingUrl : await readGivenText("--ping-url-file", { file: String(file) });
  return {
    ...(url === undefined ? {} : { pingUrl: url }),
    ...(pingAllowPrivate === undefined ? {} : { pingAllowPrivate }),
  };
}

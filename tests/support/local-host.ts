// Hosts of a test's console that are this very machine: a folder each, backed up by a worker in this process.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configureHost } from "../../src/actions/configure-host.ts";
import type { SettingsLayer } from "../../src/domain/settings.ts";
import type { TestConsole } from "./console.ts";

/** Bytes of each file, and how many a slow host sends a second: about a quarter of a second for each file. */
const FILE_BYTES = 250_000;
const SLOW_BYTES_PER_SECOND = 1024 * 1024;

export type LocalHost = { name: string; source: string };

/** Makes it with so many files. */
export async function addLocalHost(
  { app, world }: TestConsole,
  name: string,
  files: number,
  how: "fast" | "slow" = "fast",
  settings: SettingsLayer = {},
): Promise<LocalHost> {
  const source = join(world.hostDir, name);
  mkdirSync(source);
  for (let n = 0; n < files; n += 1)
    writeFileSync(join(source, `${n}`), Buffer.alloc(FILE_BYTES, `${name} ${n}`));
  await configureHost(app, name, {
    ...{ address: name, transport: "local", unset: [] },
    settings: { sources: [source], bwlimit: how === "slow" ? SLOW_BYTES_PER_SECOND : 0, ...settings },
  });
  return { name, source };
}

/** Queues a backup as the operator and works it off. Returns its run as it ended. */
export async function backUp(console: TestConsole, host: string) {
  const { body } = await console.request("operator", "POST", "/api/runs", { kind: "backup", host });
  await console.workOff();
  return (await console.request("viewer", "GET", `/api/runs/${body.id}`)).body;
}

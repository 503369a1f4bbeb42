// A site and a machine with accounts of its own, for tests of enrolment. Each test has a host that nobody has enrolled.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type AccountsMachine, startAccountsMachine } from "./accounts-machine.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import type { CommandResult } from "./pobsync.ts";

export type Enrolling = {
  machine: AccountsMachine;
  site: BackupSite;
  /** The host's only source: a folder with the file "secret", both for root alone. */
  source: string;
  host: string;
  /** Any command with --json. */
  run(...args: string[]): Promise<CommandResult>;
  enroll(...args: string[]): Promise<CommandResult>;
  /** What --print prints. */
  lineFor(...args: string[]): Promise<string>;
};

export const SECRET = "only root may read this";

/** Sets up and takes down around the tests of a file. What it returns is filled in before the first one. */
export function enrolling(): Enrolling {
  const made = {
    run: (...args) => made.site.pobsync.run("--json", ...args),
    enroll: (...args) => made.run("enroll", made.host, ...args),
    lineFor: async (...args) => (await made.site.ok("enroll", made.host, "--print", ...args)).stdout.trim(),
  } as Enrolling;
  let number = 0;
  beforeAll(async () => {
    [made.machine, made.site] = [await startAccountsMachine(), await makeSite()];
    made.source = join(made.site.world.hostDir, "source");
    mkdirSync(made.source, { mode: 0o700 });
  });
  afterAll(async () => {
    await made.machine.stop();
    await made.site.world.dispose();
  });
  beforeEach(async () => {
    const { machine, site, source } = made;
    number += 1;
    made.host = `web${number}`;
    machine.run("rm -rf /root/.ssh /home/*/.ssh /etc/sudoers.d/pobsync*");
    writeFileSync(join(source, "secret"), SECRET, { mode: 0o600 });
    const place = ["--address", machine.address, "--port", `${machine.port}`];
    await site.ok("configure-host", made.host, ...place, "--source", source);
  });
  return made;
}

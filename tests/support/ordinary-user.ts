// pobsync as an ordinary user, who owns nothing but the state and the backups of a world. The tests themselves run as root.
import { chmodSync, chownSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BackupSite, siteIn } from "./backup-site.ts";
import { pobsyncIn, pobsyncProgram } from "./pobsync.ts";
import { startSshd, type TestSshd } from "./sshd.ts";
import { makeWorld, type World } from "./world.ts";

/** Everywhere the number of "nobody", whose name ssh asks for. */
export const ORDINARY_USER = 65_534;

export type OrdinarySite = {
  site: BackupSite;
  /** A host, where root signs in, with a key that the ordinary user may read. */
  sshd: TestSshd;
  dispose(): Promise<void>;
};

/** Migrated and configured by that user. */
export async function makeOrdinarySite(options: { backupRoot?: string } = {}): Promise<OrdinarySite> {
  const [sshd, made] = [await startSshd(), makeWorld()];
  const world: World = { ...made, backupRoot: options.backupRoot ?? made.backupRoot };
  chmodSync(world.dir, 0o755);
  const identityFile = join(world.dir, "key");
  copyFileSync(sshd.identityFile, identityFile);
  for (const path of [world.stateDir, world.backupRoot, identityFile])
    chownSync(path, ORDINARY_USER, ORDINARY_USER);
  const program = join(world.dir, "as-ordinary-user");
  const change = `setpriv --reuid=${ORDINARY_USER} --regid=${ORDINARY_USER} --clear-groups`;
  writeFileSync(program, `#!/bin/sh\nexec ${change} '${pobsyncProgram}' "$@"\n`, { mode: 0o755 });
  const pobsync = pobsyncIn(world, { program, environment: { HOME: world.stateDir } });
  return {
    site: await siteIn(world, pobsync),
    sshd: { ...sshd, identityFile },
    async dispose() {
      await sshd.stop();
      await world.dispose();
    },
  };
}

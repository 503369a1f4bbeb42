// Writing the configuration in the predecessor's format, to look at or to use once.
import { type LegacyFile, legacyGlobal, legacyHost } from "../domain/legacy/export.ts";
import { listHosts } from "../store/hosts.ts";
import { listSchedules } from "../store/schedules.ts";
import { LEGACY_GLOBAL_FILE, legacyHostFile, writeLegacyFiles } from "../system/legacy-files.ts";
import type { App } from "./app.ts";
import { requireSite } from "./host-context.ts";

export interface ExportedFile {
  /** Below the prefix. */
  readonly file: string;
  /** Names of what is configured and cannot be said in that format; the file has them as remarks. */
  readonly unsaid: readonly string[];
}

export async function exportConfigs(app: App, prefix: string, overwrite: boolean): Promise<ExportedFile[]> {
  const site = await requireSite(app);
  const [hosts, schedules] = [await listHosts(app.db), await listSchedules(app.db)];
  const files = new Map<string, LegacyFile>([[LEGACY_GLOBAL_FILE, legacyGlobal(site)]]);
  for (const host of hosts) {
    const own = schedules.filter((schedule) => schedule.hostId === host.id);
    files.set(legacyHostFile(host.name), legacyHost(host, own));
  }
  await writeLegacyFiles(prefix, files, overwrite);
  return [...files].map(([file, { unsaid }]) => ({ file, unsaid }));
}

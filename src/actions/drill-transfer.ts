// The transfer of a drill: rsync with what a real restore to a folder of this server gives it.

import { Problem } from "../domain/problem.ts";
import { durationText } from "../domain/quantity.ts";
import { newRestoreTally } from "../domain/restore-tally.ts";
import { restoreProblem } from "../domain/restore-verdict.ts";
import type { DrillFolder } from "../system/drill-folder.ts";
import type { KeptTree } from "../system/look-at-decoded.ts";
import { runRestorePass } from "../system/restore-transfer.ts";
import type { RunLog } from "../system/run-log.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";

/** Something could not be sent: what that was, the comparison says. */
const PARTIAL = [23, 24];

/**
 * Restores these entries below the folder, each under its own path. What is missing is no error here.
 *
 * What the tree keeps in attributes is kept in such again, which everybody can do and which lacks nothing.
 */
export async function drillTransfer(
  { effective }: HostContext,
  { tree: data, fakeSuper }: KeptTree,
  { files, output }: DrillFolder,
  entries: readonly { readonly path: Uint8Array }[],
  { onProgress, stop }: RunControl,
  log: RunLog,
): Promise<void> {
  if (entries.length === 0) return;
  const { stallTimeoutSeconds } = effective.values;
  const names = entries.map(({ path }) => Buffer.concat([SLASH, path]));
  const result = await runRestorePass(
    {
      ...{ source: data, destination: { transport: "local" }, base: files, remoteRsync: "rsync" },
      ...{ asRoot: process.getuid?.() === 0, bwlimit: 0, makeBase: false, delete: false, keep: [] },
      ...{
        leaveAlone: [],
        oneFileSystem: false,
        sandboxed: null,
        decoding: fakeSuper ? "kept" : "none",
      },
      // Folders among the canaries come with all their entries by name.
      ...{ recursive: false, dryRun: false, existingOnly: false, byContent: false },
    },
    names,
    newRestoreTally(),
    { onProgress, stop, stallTimeoutMs: stallTimeoutSeconds * 1000, log, outputFile: output },
  );
  stop.throwIfAborted();
  if (result.stalled)
    throw new Problem("no_progress", `Nothing moved for ${durationText(stallTimeoutSeconds)}.`, {
      detail: result.lastWords || null,
    });
  const problem = restoreProblem({ ...result, connectionProblem: null, targetHost: null });
  if (problem !== null && !(problem.code === "restore_incomplete" && PARTIAL.includes(result.exitCode ?? 0)))
    throw problem;
}

const SLASH = Buffer.from("/");

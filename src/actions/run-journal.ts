// The journal of a run: its log on the backup disk, from the first look at the host to how it ended.
import { printable } from "../domain/problem.ts";
import type { Run, RunOutcome } from "../domain/run.ts";
import { clearLogName, makeLogFolder, runLogFile } from "../system/log-shelf.ts";
import { openRunLog, type RunLog } from "../system/run-log.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";

export interface Journal {
  /** Passes everything on to the observer and notes it. */
  readonly observer: RunObserver;
  /** Begins the log once the backup root is known to be there. */
  readonly openLog: (root: string) => Promise<RunLog>;
  /** Notes how it ended, unless the log was closed because the snapshot has it already. */
  readonly end: (outcome: RunOutcome) => Promise<void>;
}

/** Lines of ours begin with the time and are told apart from rsync's by that. */
export function beginJournal(
  app: App,
  { host, site }: HostContext,
  run: Run,
  observer: RunObserver,
): Journal {
  let log: RunLog | null = null;
  let early = "";
  const note = (text: string): void => {
    const line = `${app.clock().toISOString()} ${printable(text)}\n`;
    if (log === null) early += line;
    else void log.writeImportant(Buffer.from(line));
  };
  const { id, kind, trigger, attempt, requestedBy } = run;
  const by = requestedBy === null ? "" : ` by ${requestedBy}`;
  note(`run ${id}: ${kind} of ${host.name}, ${trigger}${by}${attempt > 1 ? `, attempt ${attempt}` : ""}`);
  return {
    observer: {
      ...observer,
      onPhase: (phase) => {
        note(phase);
        observer.onPhase?.(phase);
      },
      onNote: (text) => {
        note(text);
        observer.onNote?.(text);
      },
    },
    openLog: async (root) => {
      await makeLogFolder(root, host.name);
      await clearLogName(root, host.name, id);
      log = openRunLog(runLogFile(root, host.name, id), { limitBytes: site.logLimitBytes });
      void log.writeImportant(Buffer.from(early));
      return log;
    },
    end: async ({ status, problem }) => {
      if (problem !== null) note(`${problem.code}: ${problem.message}`);
      note(status);
      await log?.close();
    },
  };
}

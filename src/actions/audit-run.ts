// What the audit says of a run that a person asked for.
import { PLAIN_RUN, type RunKind, type RunOptions } from "../domain/run.ts";
import type { NewAuditEntry } from "../store/audit.ts";
import type { App } from "./app.ts";
import { auditEntry } from "./audit.ts";

interface AskedFor {
  readonly kind: RunKind;
  readonly options: RunOptions;
}

/** For the request of a run: its entry, once it has a number. */
export const runAudit =
  (app: App, host: string, { kind, options }: AskedFor, more: Readonly<Record<string, unknown>> = {}) =>
  (id: number): NewAuditEntry =>
    auditEntry(app, {
      ...{ action: "run.requested", subjectKind: "run", subject: String(id) },
      detail: { host, kind, ...whatWasSaid(options), ...more },
    });

const FOUND_OUT = ["preview", "since", "agreed"];

/** Only what differs from a plain run; of a task what a person chose, not what was found out about it. */
function whatWasSaid({ task, retry: _, ...options }: RunOptions): Record<string, unknown> {
  const plain: Readonly<Record<string, unknown>> = { ...PLAIN_RUN };
  const said = Object.entries(options).filter(([name, value]) => value !== plain[name]);
  const chosen = Object.entries(task ?? {}).filter(([name]) => !FOUND_OUT.includes(name));
  return {
    ...Object.fromEntries(said),
    ...(task === null ? {} : { task: Object.fromEntries(chosen) }),
  };
}

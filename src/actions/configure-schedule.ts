// Creating, changing, switching off and removing a schedule. Only what is named changes.
import { badInput, Problem, quoted } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { nextDue, parseCron, parseJitter, parseScheduleName, type Schedule } from "../domain/schedule.ts";
import { parseTimeZone } from "../domain/settings.ts";
import { deleteSchedule, findSchedule, saveSchedule } from "../store/schedules.ts";
import type { App } from "./app.ts";
import { asOne, changedFields, recordAudit } from "./audit.ts";
import { hostContext } from "./host-context.ts";

export interface ScheduleChanges {
  readonly cron?: string | undefined;
  /** Null: the host's own time zone again. */
  readonly timeZone?: string | null | undefined;
  readonly prune?: boolean | undefined;
  /** Null: as many as the policy says. */
  readonly maxDelete?: string | null | undefined;
  readonly jitter?: string | undefined;
  readonly enabled?: boolean | undefined;
}

export const USUAL_SCHEDULE = "default";
const MAX_DELETE = 1_000_000;

/** Checks everything first and writes once. The next due time counts from now: what is changed makes nothing up. */
export async function configureSchedule(
  app: App,
  hostName: string,
  givenName: string,
  changes: ScheduleChanges,
): Promise<{ schedule: Schedule; created: boolean; timeZone: string }> {
  const name = parseScheduleName(givenName);
  const { host, effective } = await hostContext(app, hostName);
  const before = await findSchedule(app.db, host.id, name);
  const cron = changes.cron === undefined ? before?.cron : parseCron(changes.cron);
  if (cron === undefined)
    throw new Problem(
      "bad_input",
      `The new schedule ${quoted(name)} of ${host.name} needs a cron expression.`,
      {
        hint: `For example, every night at 02:15: pobsync schedule ${host.name} --cron "15 2 * * *"`,
      },
    );
  const prune = changes.prune ?? before?.prune ?? false;
  const maxDelete =
    changes.maxDelete === undefined
      ? (before?.maxDelete ?? null)
      : changes.maxDelete === null
        ? null
        : parseCount("--max-delete", changes.maxDelete, 0, MAX_DELETE);
  if (maxDelete !== null && !prune)
    throw badInput("--max-delete", String(maxDelete), "limits a prune; say --prune as well.");
  const timeZone =
    changes.timeZone === undefined
      ? (before?.timeZone ?? null)
      : changes.timeZone === null
        ? null
        : parseTimeZone(changes.timeZone);
  const jitterSeconds =
    changes.jitter === undefined ? (before?.jitterSeconds ?? 0) : parseJitter(changes.jitter);
  const enabled = changes.enabled ?? before?.enabled ?? true;
  const zone = timeZone ?? effective.values.timeZone;
  const now = app.clock();
  const nextDueAt = enabled ? nextDue({ cron, timeZone: zone }, now) : null;
  const facts = { cron, timeZone, prune, maxDelete, jitterSeconds, enabled, nextDueAt };
  await asOne(app, async (tx) => {
    await saveSchedule(tx.db, host.id, name, facts, now);
    await auditSchedule(tx, `${host.name}/${name}`, before, facts);
  });
  const schedule = await findSchedule(app.db, host.id, name);
  if (schedule === null) throw new Problem("not_found", `${host.name} was removed at this moment.`);
  return { schedule, created: before === null, timeZone: zone };
}

type WhatIsChosen = Pick<Schedule, "cron" | "timeZone" | "prune" | "maxDelete" | "jitterSeconds" | "enabled">;

async function auditSchedule(
  app: App,
  subject: string,
  before: Schedule | null,
  after: WhatIsChosen,
): Promise<void> {
  const chosen = ({ cron, timeZone, prune, maxDelete, jitterSeconds, enabled }: WhatIsChosen) => ({
    ...{ cron, timeZone, prune, maxDelete, jitterSeconds, enabled },
  });
  const detail = changedFields(before === null ? null : chosen(before), chosen(after));
  if (before !== null && Object.keys(detail).length === 0) return;
  const action = before === null ? "schedule.created" : "schedule.changed";
  await recordAudit(app, { action, subjectKind: "schedule", subject, detail });
}

/** Refuses with `not_found`. Runs that it queued stay. */
export async function removeSchedule(app: App, hostName: string, givenName: string): Promise<void> {
  const name = parseScheduleName(givenName);
  const { host } = await hostContext(app, hostName);
  const removed = await asOne(app, async (tx) => {
    if (!(await deleteSchedule(tx.db, host.id, name))) return false;
    const subject = `${host.name}/${name}`;
    await recordAudit(tx, { action: "schedule.removed", subjectKind: "schedule", subject, detail: {} });
    return true;
  });
  if (removed) return;
  throw new Problem("not_found", `${host.name} has no schedule ${quoted(name)}.`, {
    hint: `pobsync schedules ${host.name} lists them.`,
  });
}

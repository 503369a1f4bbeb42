// pobsync schedules: all schedules with their next due times.
import { effectiveSettings } from "../domain/effective-settings.ts";
import { scheduleJson } from "../shapes/schedule-shapes.ts";
import { listHosts, requireHost } from "../store/hosts.ts";
import { listSchedules } from "../store/schedules.ts";
import { findSite } from "../store/site.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { schedulesTable } from "./schedule-text.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("[host]", "only of this host")
    .addHelpText(
      "after",
      helpEnd(["pobsync schedules", "pobsync schedules web1 --json"], "0 done, 5 no such host, 6 not set up"),
    )
    .action(async (name: string | undefined) => {
      const opened = await app();
      const hostId = name === undefined ? undefined : (await requireHost(opened.db, name)).id;
      const global = (await findSite(opened))?.settings ?? {};
      const hosts = new Map((await listHosts(opened.db)).map((host) => [host.id, host]));
      const now = opened.clock();
      const rows = (await listSchedules(opened.db, hostId)).map((schedule) => {
        const own = hosts.get(schedule.hostId)?.settings ?? {};
        const timeZone = schedule.timeZone ?? effectiveSettings(global, own).values.timeZone;
        return { schedule, timeZone, isHostEnabled: hosts.get(schedule.hostId)?.enabled === true };
      });
      const items = rows.map(({ schedule, timeZone }) => scheduleJson(schedule, timeZone, now));
      output.result({ items, next: null }, () =>
        rows.length === 0
          ? `There are no schedules yet. Make one: pobsync schedule ${name ?? "HOST"} --cron "15 2 * * *"`
          : schedulesTable(output, rows, now),
      );
    });
};

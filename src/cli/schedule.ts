// pobsync schedule: create, change, switch off or remove a schedule of a host.
import { configureSchedule, removeSchedule, USUAL_SCHEDULE } from "../actions/configure-schedule.ts";
import { whoIsAlive } from "../actions/presence.ts";
import { scheduleJson } from "../shapes/schedule-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { scheduleDetailText } from "./schedule-text.ts";

interface Options {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly prune?: boolean;
  readonly maxDelete?: string;
  readonly jitter?: string;
  readonly name: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly remove?: boolean;
}

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "name of the host")
    .option("--cron <expression>", "when it is due: minute hour day month weekday, or @daily and the like")
    .option("--time-zone <zone>", 'in which that is meant, such as Europe/Amsterdam; "" for the host\'s own')
    .option("--prune", "remove what retention does not keep after each backup")
    .option("--no-prune", "do not")
    .option("--max-delete <n>", 'remove at most so many at once, or none; "" for no limit')
    .option("--jitter <duration>", "start up to so much later, to spread many hosts, such as 10m")
    .option("--name <name>", "which schedule, when a host has several", USUAL_SCHEDULE)
    .option("--enable", "switch it on")
    .option("--disable", "switch it off and keep it")
    .option("--remove", "remove it")
    .addHelpText(
      "after",
      helpEnd(
        [
          'pobsync schedule web1 --cron "15 2 * * *" --prune',
          'pobsync schedule web1 --cron "0 */4 * * *" --name workdays --time-zone Europe/Amsterdam --jitter 10m',
          "pobsync schedule web1 --disable",
        ],
        "0 done, 2 refused input, 5 no such host or schedule, 6 not set up",
      ) +
        "\n\nOnly what is named changes. A due time that a change to summer time skips comes due at the first valid\n" +
        "minute; one that the change back repeats comes due once.",
    )
    .action(async (host: string, options: Options) => {
      const opened = await app();
      if (options.enable === true && options.disable === true)
        command.error("--enable and --disable contradict each other");
      if (options.remove === true) {
        await removeSchedule(opened, host, options.name);
        output.result(
          { host, name: options.name, removed: true },
          () => `The schedule "${options.name}" of ${host} is removed.`,
        );
        return;
      }
      const enabled = options.enable === true ? true : options.disable === true ? false : undefined;
      const { schedule, created, timeZone } = await configureSchedule(opened, host, options.name, {
        cron: options.cron,
        timeZone: options.timeZone === "" ? null : options.timeZone,
        prune: options.prune,
        maxDelete: options.maxDelete === "" ? null : options.maxDelete,
        jitter: options.jitter,
        enabled,
      });
      output.note(`The schedule "${schedule.name}" of ${schedule.host} is ${created ? "made" : "changed"}.`);
      const now = opened.clock();
      output.result(scheduleJson(schedule, timeZone, now), () =>
        scheduleDetailText(output, schedule, timeZone, now),
      );
      const roles = new Set((await whoIsAlive(opened)).map(({ role }) => role));
      if (schedule.enabled && !(roles.has("scheduler") && roles.has("worker")))
        output.note("Nobody sees to it at the moment. Start scheduler and worker: pobsync up");
    });
};

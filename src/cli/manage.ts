// The original management commands by their names, mapped onto ours: for fingers and scripts that still know them.
import { Problem, quoted } from "../domain/problem.ts";

/** Original name → our command. Options are the same on both sides. */
export const MANAGEMENT_COMMANDS: Readonly<Record<string, string>> = {
  check: "doctor",
  migrate: "migrate",
  createsuperuser: "createsuperuser",
  changepassword: "set-password",
  dumpdata: "dumpdata",
  loaddata: "loaddata",
  run_pobsync_backup: "backup",
  run_pobsync_worker: "worker",
  run_pobsync_scheduler: "scheduler",
  run_pobsync_retention: "retention",
  discover_pobsync_snapshots: "discover-snapshots",
  configure_pobsync_global: "configure-global",
  configure_pobsync_host: "configure-host",
  configure_pobsync_schedule: "schedule",
  import_pobsync_configs: "import-configs",
  export_pobsync_configs: "export-configs",
};

/** The words before a management command's name: `pobsync manage NAME …`, and `pobsync django NAME …` for old scripts. */
export const MANAGE_PREFIXES = ["manage", "django"];

/** The command line with a management command's name replaced by ours; any other comes back as it is. */
export function translated(argv: readonly string[]): string[] {
  const [prefix = "", name, ...rest] = argv;
  if (!MANAGE_PREFIXES.includes(prefix)) return [...argv];
  if (name === undefined || name === "--help" || name === "-h" || name === "help")
    return ["manage", "--help"];
  const command = Object.hasOwn(MANAGEMENT_COMMANDS, name) ? MANAGEMENT_COMMANDS[name] : undefined;
  if (command === undefined)
    throw new Problem("bad_input", `There is no management command ${quoted(name)}.`, {
      hint: `There are: ${Object.keys(MANAGEMENT_COMMANDS).join(", ")}.`,
    });
  return [command, ...rest];
}

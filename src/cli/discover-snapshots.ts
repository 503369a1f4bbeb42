// pobsync discover-snapshots: SQL learns what lies on the disk, and another tool's history is taken over.
import { type DiscoverOrder, type Discovery, discoverSnapshots } from "../actions/discover-snapshots.ts";
import { ADOPT_TOOLS } from "../domain/foreign-history.ts";
import { discoveryJson } from "../shapes/discovery-shapes.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { discoveryText } from "./discovery-text.ts";
import { exitCodeOf } from "./run-exit.ts";
import { watched } from "./watched.ts";

interface Options {
  readonly host?: string;
  readonly rebuild?: boolean;
  readonly dryRun?: boolean;
  readonly adopt?: string;
  readonly tree?: string;
  readonly of?: string;
  readonly timeZone?: string;
  readonly move?: boolean;
  readonly yes?: boolean;
}

export const define: DefineCommand = (command, context) => {
  command
    .argument("[dir]", "with --adopt: the folder in which the other tool keeps its backups")
    .option("--host <host>", "only this host")
    .option("--rebuild", "also make hosts that are not configured, from what their snapshots say")
    .option("--dry-run", "only look: what would be recorded, and what is missing")
    .option("--adopt <tool>", `take over backups of another tool: ${ADOPT_TOOLS.join(", ")}`)
    .option("--tree <name>", "rsnapshot: the folder of the host in each interval (default: the host's name)")
    .option("--of <path>", "what the trees are of on the host, such as /home (default: what the tool says)")
    .option("--time-zone <zone>", "in which the tool wrote its times (default: this machine's)")
    .option("--move", "move the trees into the backup root, where they are snapshots like any other")
    .option("--yes", "yes, move them")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync discover-snapshots",
          "pobsync discover-snapshots --rebuild --dry-run",
          "pobsync discover-snapshots --host web1 --adopt rsnapshot /var/cache/rsnapshot",
          "pobsync discover-snapshots --host web1 --adopt plain --of /srv /mnt/old/web1-srv",
        ],
        "0 done, 1 failed, 2 refused input or not confirmed, 3 something is missing or a host was busy, 4 the host of --host is busy, 5 no such host, 6 not set up, 130 interrupted",
      )}\n\nNothing on the disk is changed or deleted, and no record is deleted. Without --move adopted trees stay where they are:\nstop the other tool first, because what it rotates or changes is no longer what was adopted.`,
    )
    .action((dir: string | undefined, options: Options) => {
      const fault = faultIn(dir, options);
      if (fault !== null) command.error(fault);
      return discover(context, orderFrom(dir, options));
    });
};

function faultIn(dir: string | undefined, options: Options): string | null {
  if (options.adopt === undefined) {
    if (dir !== undefined) return "a folder is only understood with --adopt";
    const only = (["tree", "of", "timeZone", "move"] as const).find((name) => options[name] !== undefined);
    return only === undefined ? null : `--${only === "timeZone" ? "time-zone" : only} needs --adopt`;
  }
  if (dir === undefined) return "--adopt needs the folder in which the other tool keeps its backups";
  if (options.host === undefined) return "--adopt needs --host: whose backups are they?";
  return options.rebuild === true ? "--adopt and --rebuild contradict each other" : null;
}

function orderFrom(dir: string | undefined, options: Options): DiscoverOrder {
  const { adopt: tool, tree = null, of: hostPath = null } = options;
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const move = options.move === true;
  return {
    host: options.host ?? null,
    rebuild: options.rebuild === true,
    adopt: tool === undefined || dir === undefined ? null : { tool, dir, tree, hostPath, timeZone, move },
    confirmed: options.yes === true,
    dryRun: options.dryRun === true,
  };
}

async function discover(context: CommandContext, order: DiscoverOrder): Promise<void> {
  const { app, output, exit } = context;
  // What each step did is in the result, so it need not be said twice.
  const discovery = await discoverSnapshots(await app(), order, (host, work) =>
    watched(context, host, ({ onNote: _, ...observer }) => work(observer)),
  );
  output.result(discoveryJson(discovery), () => discoveryText(output, discovery, order));
  for (const { run, problem } of discovery.hosts) {
    for (const warning of run?.warnings ?? []) output.warning(warning);
    if (problem === null) continue;
    if (run === null) output.warning(problem);
    else output.problem(problem);
  }
  exit(exitOf(discovery));
}

/** What failed counts more than what is missing. */
function exitOf({ hosts }: Discovery): number {
  const codes = hosts.map(({ run, problem, result }) => {
    if (run !== null) return exitCodeOf(run);
    return problem !== null || result.missing.length > 0 ? 3 : 0;
  });
  return codes.find((code) => code !== 0 && code !== 3) ?? Math.max(0, ...codes);
}

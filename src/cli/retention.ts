// pobsync retention: which snapshots of a host would stay, each with its reasons, and which would go; and letting them go.
import { applyRetention, queueRetention } from "../actions/apply-retention.ts";
import { hostContext } from "../actions/host-context.ts";
import { planHostRetention } from "../actions/plan-retention.ts";
import { whoIsAlive } from "../actions/presence.ts";
import { weighRemoval } from "../actions/weigh-removal.ts";
import { factsOf, Problem } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import { retentionJson } from "../shapes/retention-shapes.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { appliedText, planText } from "./retention-text.ts";
import { exitCodeOf } from "./run-exit.ts";
import { queuedText } from "./run-text.ts";
import { addRetentionOptions, settingsFrom } from "./setting-options.ts";
import { watched } from "./watched.ts";

interface Options {
  readonly apply?: boolean;
  readonly yes?: boolean;
  readonly maxDelete?: string;
  readonly overrideHold?: boolean;
  readonly queue?: boolean;
  readonly measure?: boolean;
}

const OWN = ["apply", "yes", "maxDelete", "overrideHold", "queue", "measure"];
/** Somebody who looks at a plan should not wait for a tree of millions of files to be read. */
const MEASURE_MS = 5000;
const A_DAY_MS = 86_400_000;

export const define: DefineCommand = (command, context) => {
  command
    .argument("<host>", "name of the host")
    .option("--apply", "remove what no rule keeps (with --yes)")
    .option("--yes", "yes, remove it")
    .option("--max-delete <n>", "refuse when more than so many would go")
    .option("--override-hold", "remove this once although something speaks against it")
    .option("--queue", "with --apply: only queue it, a worker will do it")
    .option("--measure", "take as long as it takes to see what would be given back");
  addRetentionOptions(command)
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync retention web1",
          "pobsync retention web1 --keep-daily 3 --keep-weekly 2",
          "pobsync retention web1 --apply --yes --max-delete 5",
        ],
        "0 done, 1 failed, held or too many, 2 not confirmed, or no rule says what to keep, 4 the host is being worked on, 5 no such host, 6 not set up",
      )}\n\nWithout --apply it only shows the plan; nothing is ever removed by looking. Rules that are named are tried and\nnot saved: pobsync configure-host HOST --keep-daily 3 saves them.`,
    )
    .action((name: string, options: Options & Record<string, unknown>) => {
      const { settings: rules } = settingsFrom(options, OWN);
      const isTrial = Object.keys(rules).length > 0;
      if (options.apply !== true)
        return show(context, name, options.measure === true, isTrial ? rules : null);
      if (isTrial)
        command.error("rules can only be tried without --apply; save them with configure-host first");
      if (options.yes !== true)
        throw new Problem("confirmation_needed", `This would remove snapshots of ${name}.`, {
          hint: `Nothing was changed. Look at the plan (pobsync retention ${name}), then say --yes.`,
        });
      return apply(context, name, options);
    });
};

async function show(
  { app, output, stop }: CommandContext,
  name: string,
  isPatient: boolean,
  rules: SettingsLayer | null,
): Promise<void> {
  const opened = await app();
  const context = await hostContext(opened, name);
  const found = await planHostRetention(opened, context, rules === null ? {} : { rules });
  const freeable = await weighRemoval(context, found.plan.remove, isPatient ? A_DAY_MS : MEASURE_MS, stop);
  output.result(retentionJson(found, freeable, null), () =>
    planText(output, found, freeable, rules !== null),
  );
  if (found.held !== null) output.warning(factsOf(found.held));
}

async function apply(context: CommandContext, name: string, options: Options): Promise<void> {
  const { output, exit } = context;
  const opened = await context.app();
  const host = await hostContext(opened, name);
  const maxDelete =
    options.maxDelete === undefined ? null : parseCount("--max-delete", options.maxDelete, 0, 100_000);
  const wanted = { maxDelete, overrideHold: options.overrideHold === true };
  if (options.queue === true) {
    const queued = await queueRetention(opened, host, wanted);
    const hasWorker = (await whoIsAlive(opened)).some(({ role }) => role === "worker");
    output.result(
      retentionJson(queued.before, null, { run: queued.run, removed: queued.before.plan.remove }),
      () => queuedText(queued.run, hasWorker),
    );
    return;
  }
  // What each step did is in the result, so it need not be said twice.
  const done = await watched(context, name, ({ onNote: _, ...observer }) =>
    applyRetention(opened, host, wanted, observer),
  );
  output.result(retentionJson(done.before, null, done), () => appliedText(output, done.run));
  if (done.run.problem !== null) output.problem(done.run.problem);
  exit(exitCodeOf(done.run));
}

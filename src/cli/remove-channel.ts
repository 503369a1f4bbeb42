// pobsync remove-channel: take a channel away.
import { removeChannel, requireChannel } from "../actions/configure-channel.ts";
import type { RemovedChannelJson } from "../contract/types.ts";
import { Problem } from "../domain/problem.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<channel>", "which one goes")
    .option("--yes", "yes, remove it")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync remove-channel phone --yes"],
        "0 done, 2 not confirmed, 5 no such channel, 6 not set up",
      ),
    )
    .action(async (given: string, options: { yes?: boolean }) => {
      const opened = await app();
      const { name, kind } = await requireChannel(opened, given);
      if (options.yes !== true)
        throw new Problem(
          "confirmation_needed",
          `This would remove the channel ${name} (${kind}) with its passwords and rules.`,
          {
            hint: `Nothing was changed. To remove it: pobsync remove-channel ${name} --yes. To keep it silent: pobsync configure-channel ${name} --disable`,
          },
        );
      await removeChannel(opened, name);
      const removed: RemovedChannelJson = { name, removed: true };
      output.result(removed, () => `The channel ${name} is removed.`);
    });
};

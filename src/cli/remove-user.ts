// pobsync remove-user: take an account away, with its sessions and tokens.
import { removeUser } from "../actions/people/manage-users.ts";
import type { RemovedUserJson } from "../contract/types.ts";
import { Problem, quoted } from "../domain/problem.ts";
import { requireUser } from "../store/users.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<user>", "who goes")
    .option("--yes", "yes, remove it")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync remove-user bob --yes"],
        "0 done, 2 not confirmed or the last admin, 5 no such user, 6 not set up",
      ),
    )
    .action(async (given: string, options: { yes?: boolean }) => {
      if (options.yes !== true)
        throw new Problem(
          "confirmation_needed",
          `This would remove the user ${quoted(given)}, with all sessions and API tokens.`,
        );
      const opened = await app();
      const { username } = await requireUser(opened.db, given);
      await removeUser(opened, username);
      const removed: RemovedUserJson = { username, removed: true };
      output.result(removed, () => `The user ${username} is removed. What they did stays in the audit.`);
    });
};

// pobsync createsuperuser: make an account for the console.
import { createUser } from "../actions/people/manage-users.ts";
import { ROLES } from "../domain/people.ts";
import { parseRole, parseUsername } from "../domain/people-input.ts";
import { Problem } from "../domain/problem.ts";
import { userJson } from "../shapes/people-shapes.ts";
import { findUser } from "../store/users.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { addPasswordOptions, type PasswordOptions, passwordFrom } from "./password-option.ts";

interface Options extends PasswordOptions {
  readonly username: string;
  readonly role: string;
  readonly displayName?: string;
}

export const define: DefineCommand = (command, { app, output, stop }) => {
  command
    .requiredOption("--username <name>", "letters a to z, digits, dot, underscore, @ and hyphen")
    .option("--role <role>", `what it may do: ${ROLES.join(", ")}`, "admin")
    .option("--display-name <text>", "the person's name, to be shown");
  addPasswordOptions(command)
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync createsuperuser --username ada",
          "pobsync createsuperuser --username bob --role operator --password-file /run/secrets/bob",
        ],
        "0 done, 2 refused input or the name is taken, 6 not set up, 130 interrupted",
      )}\n\nA viewer reads, an operator also runs, restores and pins, an admin also changes configuration and people.\nA password has at least 12 characters; there are no other rules on what it is made of.`,
    )
    .action(async (options: Options) => {
      const username = parseUsername(options.username);
      const role = parseRole(options.role);
      const opened = await app();
      if ((await findUser(opened.db, username)) !== null)
        throw new Problem("username_taken", `There is a user ${username} already.`, {
          hint: `Nothing was changed. For a new password: pobsync set-password ${username}`,
        });
      const password = await passwordFrom(options, username, stop);
      const { displayName } = options;
      const user = await createUser(opened, { username, password, role, displayName });
      output.result(
        userJson(user),
        () =>
          `${output.style("green", "✓")} ${output.style("bold", username)} can sign in to the console as ${role}.`,
      );
    });
};

// pobsync set-password: give somebody a new password.
import { resetTotp, setPassword } from "../actions/people/manage-users.ts";
import { userJson } from "../shapes/people-shapes.ts";
import { requireUser } from "../store/users.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { addPasswordOptions, type PasswordOptions, passwordFrom } from "./password-option.ts";

interface Options extends PasswordOptions {
  readonly stopCodes?: boolean;
}

export const define: DefineCommand = (command, { app, output, stop }) => {
  command
    .argument("<user>", "who gets a new one")
    .option("--stop-codes", "ask for no codes any more: for whoever has lost phone and recovery codes");
  addPasswordOptions(command)
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync set-password ada", "pass show pobsync/ada | pobsync set-password ada --password-stdin"],
        "0 done, 2 refused input, 5 no such user, 6 not set up, 130 interrupted",
      )}\n\nAll sessions of the user end. API tokens stay.`,
    )
    .action(async (given: string, options: Options) => {
      const opened = await app();
      const { username } = await requireUser(opened.db, given);
      const password = await passwordFrom(options, username, stop);
      let user = await setPassword(opened, username, password);
      if (options.stopCodes === true) user = await resetTotp(opened, username);
      output.result(
        userJson(user),
        () => `${output.style("green", "✓")} ${username} has a new password and was signed out everywhere.`,
      );
    });
};

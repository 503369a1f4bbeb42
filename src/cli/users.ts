// pobsync users: who may sign in to the console.
import { userJson } from "../shapes/people-shapes.ts";
import { listUsers } from "../store/users.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { tableText } from "./table.ts";
import { agoText } from "./words.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .addHelpText("after", helpEnd(["pobsync users", "pobsync users --json"], "0 done, 6 not set up"))
    .action(async () => {
      const opened = await app();
      const users = await listUsers(opened.db);
      const now = opened.clock();
      output.result({ items: users.map(userJson), next: null }, () =>
        users.length === 0
          ? "There are no users yet. Make the first one: pobsync createsuperuser --username NAME"
          : tableText(
              output,
              ["username", "name", "role", "also asked for", "last login"],
              users.map((user) => [
                output.style("bold", user.username),
                user.displayName ?? "",
                user.enabled ? user.role : `${user.role} (disabled)`,
                user.hasTotp ? "a code" : "",
                agoText(user.lastLoginAt, now),
              ]),
            ),
      );
    });
};

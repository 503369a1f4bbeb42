// pobsync manage: what the original management commands are called here. Calling one never gets this far: see manage.ts.
import { type DefineCommand, helpEnd } from "./command.ts";
import { MANAGEMENT_COMMANDS } from "./manage.ts";

export const define: DefineCommand = (command) => {
  const width = Math.max(...Object.keys(MANAGEMENT_COMMANDS).map((name) => name.length));
  const lines = Object.entries(MANAGEMENT_COMMANDS).map(
    ([name, ours]) => `  ${name.padEnd(width)}  pobsync ${ours}`,
  );
  command
    .argument("<name>", "one of the names below")
    .argument("[words...]", "options and arguments, as of our command")
    .addHelpText("after", `\nNames:\n${lines.join("\n")}`)
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync manage run_pobsync_backup web1", "pobsync django check"],
        "those of our command; 2 no such name",
      ),
    );
};

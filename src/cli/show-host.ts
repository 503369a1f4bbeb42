// pobsync show-host: effective settings and where each comes from.
import { describeHost } from "../actions/describe-host.ts";
import { hostDetailJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { hostDetailText } from "./host-text.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "name of the host")
    .addHelpText("after", helpEnd(["pobsync show-host web1"], "0 done, 5 no such host, 6 not set up"))
    .action(async (name: string) => {
      const detail = await describeHost(await app(), name);
      output.result(hostDetailJson(detail), () => hostDetailText(output, detail));
    });
};

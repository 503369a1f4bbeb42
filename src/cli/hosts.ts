// pobsync hosts: all hosts with their health.
import { requireSite } from "../actions/host-context.ts";
import { summariseHosts } from "../actions/list-hosts.ts";
import { hostJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { hostsTable } from "./host-text.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .addHelpText("after", helpEnd(["pobsync hosts", "pobsync hosts --json"], "0 done, 6 not set up"))
    .action(async () => {
      const opened = await app();
      const site = await requireSite(opened);
      const hosts = await summariseHosts(opened);
      output.result({ items: hosts.map((host) => hostJson(host, site.settings)), next: null }, () =>
        hosts.length === 0
          ? "There are no hosts yet. Make one: pobsync configure-host NAME --address ADDRESS"
          : hostsTable(output, hosts, opened.clock()),
      );
    });
};

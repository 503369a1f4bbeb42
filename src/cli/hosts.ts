// pobsync hosts: all hosts with their health.
import { requireSite } from "../actions/host-context.ts";
import { summariseHosts } from "../actions/list-hosts.ts";
import { parseTag } from "../domain/host-tags.ts";
import { hostJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { hostsTable } from "./host-text.ts";

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export const define: DefineCommand = (command, { app, output }) => {
  command
    .option("--tag <word>", "only hosts with this word (repeatable: with all of them)", collect)
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync hosts", "pobsync hosts --tag production", "pobsync hosts --json"],
        "0 done, 2 refused input, 6 not set up",
      ),
    )
    .action(async (options: { readonly tag?: readonly string[] }) => {
      const tags = (options.tag ?? []).map(parseTag);
      const opened = await app();
      const site = await requireSite(opened);
      const all = await summariseHosts(opened);
      const hosts = all.filter(({ host }) => tags.every((tag) => host.tags.includes(tag)));
      output.result({ items: hosts.map((host) => hostJson(host, site.settings)), next: null }, () => {
        if (hosts.length > 0) return hostsTable(output, hosts, opened.clock());
        return all.length > 0
          ? "No host has these tags. Put one on a host: pobsync configure-host NAME --tag WORD"
          : "There are no hosts yet. Make one: pobsync configure-host NAME --address ADDRESS";
      });
    });
};

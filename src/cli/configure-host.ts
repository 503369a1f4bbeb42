// pobsync configure-host: create or change a host.
import { configureHost, type HostChanges, previewHostChange } from "../actions/configure-host.ts";
import { describeHost } from "../actions/describe-host.ts";
import type { RetentionEffect } from "../actions/retention-effect.ts";
import { hostDetailJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { noteEffects, showEffects } from "./effects-text.ts";
import { hostDetailText } from "./host-text.ts";
import { addPingOptions, PING_OPTIONS, pingsFrom } from "./ping-options.ts";
import { addSettingOptions, settingsFrom } from "./setting-options.ts";

const OWN = [
  ...["address", "transport", "node", "enable", "disable", "tag", "removeTag", "dryRun"],
  ...PING_OPTIONS,
];
const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "the host's name: its identity, which never changes")
    .option("--address <address>", "IP address or DNS name")
    .option("--transport <ssh|local>", "ssh, or local for this very machine")
    .option("--user <name>", "user on the host")
    .option("--port <port>", "ssh port")
    .option("--source <path>", "absolute path to back up (repeatable; default: everything below /)", collect)
    .option(
      "--trust-group <name>",
      "it trusts hosts of the same name: what is stored of one is not sent again, and may be read; or off",
    )
    .option("--node <name>", "backup server that keeps it, where there are several on one database")
    .option("--enable", "back it up")
    .option("--disable", "keep it and its snapshots, but do not back it up")
    .option("--tag <word>", "put this word on the host (repeatable), for lists and messages", collect)
    .option("--remove-tag <word>", "take it off again (repeatable)", collect)
    .option("--dry-run", "only check the change, and show what new rules of retention would do");
  addPingOptions(addSettingOptions(command))
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync configure-host web1 --address web1.example.org --source /etc --source /srv",
          "pobsync configure-host this-machine --transport local --source /home --exclude '*.iso'",
          "pobsync configure-host web1 --tag production --tag web",
          "pobsync configure-host web1 --unset excludes",
        ],
        "0 done, 2 refused input, 6 not set up",
      ) +
        "\n\nOnly what is named changes. A list that is named (--source, --include, --exclude, --rsync-arg) replaces\nthe host's own list; global includes, excludes and rsync options are added to it.",
    )
    .action(async (name: string, options: Record<string, unknown>) => {
      const text = (option: string): string | undefined =>
        options[option] === undefined ? undefined : String(options[option]);
      const [address, transport, node] = [text("address"), text("transport"), text("node")];
      if (options.enable === true && options.disable === true)
        command.error("--enable and --disable contradict each other");
      const changes: HostChanges = {
        ...settingsFrom(options, OWN),
        ...(await pingsFrom(options)),
        ...(address === undefined ? {} : { address }),
        ...(transport === undefined ? {} : { transport }),
        ...(node === undefined ? {} : { node }),
        ...(options.tag === undefined ? {} : { addTags: options.tag as string[] }),
        ...(options.removeTag === undefined ? {} : { removeTags: options.removeTag as string[] }),
        ...(options.enable === true ? { enabled: true } : {}),
        ...(options.disable === true ? { enabled: false } : {}),
      };
      const opened = await app();
      if (options.dryRun === true) return showEffects(output, await previewHostChange(opened, name, changes));
      const onEffects = (effects: readonly RetentionEffect[]): void => noteEffects(output, effects);
      const { host, created } = await configureHost(opened, name, changes, onEffects);
      const detail = await describeHost(opened, host.name);
      output.note(
        created
          ? `The host ${host.name} is made. Next: pobsync check-host ${host.name}`
          : `The host ${host.name} is changed.`,
      );
      output.result(hostDetailJson(detail), () => hostDetailText(output, detail));
    });
};

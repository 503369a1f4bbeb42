// pobsync configure-global: create, change or show the global configuration.
import { configureSite, previewSiteChange, type SiteChanges } from "../actions/configure-site.ts";
import { requireSite } from "../actions/host-context.ts";
import { shownPing } from "../actions/ping-settings.ts";
import type { RetentionEffect } from "../actions/retention-effect.ts";
import { MAIN_NODE } from "../domain/node.ts";
import type { ShownPing } from "../domain/ping.ts";
import { durationText, sizeInput } from "../domain/quantity.ts";
import type { Site } from "../domain/site.ts";
import { siteJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { noteEffects, showEffects } from "./effects-text.ts";
import type { Output } from "./output.ts";
import { addPingOptions, PING_OPTIONS, pingsFrom } from "./ping-options.ts";
import { addSettingOptions, settingsFrom } from "./setting-options.ts";
import { pingText, settingText } from "./setting-text.ts";
import { pairsText } from "./table.ts";

const OWN = [
  "backupRoot",
  "maxParallel",
  "minFree",
  "hostKeys",
  "logLimit",
  "logKeep",
  "historyKeep",
  "sandbox",
  "dryRun",
  ...PING_OPTIONS,
];

export const define: DefineCommand = (command, { app, output }) => {
  command
    .option("--backup-root <path>", "folder for all backups, best a disk of its own")
    .option("--ssh-user <name>", "user on the hosts (default: root)")
    .option("--ssh-port <port>", "ssh port of the hosts (default: 22)")
    .option("--max-parallel <n>", "runs at the same time, on each backup server")
    .option("--min-free <percent>", "do not begin a backup with less free on the disk")
    .option("--host-keys <pin|confirm>", "on first contact: pin the key, or wait for a person")
    .option("--sandbox <auto|required|off>", "receive in a sandbox: where possible, always, or never")
    .option("--log-limit <size>", "text of one run's log at most (default: 64M)")
    .option("--log-keep <duration>", "remove logs of runs after that time (default: 90d)")
    .option(
      "--history-keep <duration>",
      "forget finished runs after that time, such as 2y (default: forever)",
    )
    .option("--dry-run", "only check the change, and show what new rules of retention would do");
  addPingOptions(addSettingOptions(command))
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync configure-global --backup-root /mnt/backups/pobsync --keep-daily 14 --keep-weekly 8",
          "pobsync configure-global",
        ],
        "0 done, 2 refused input, 6 no database, or nothing configured yet",
      ),
    )
    .action(async (options: Record<string, unknown>) => {
      if (Object.keys(options).length === 0) {
        const opened = await app();
        const site = await requireSite(opened);
        const ping = await shownPing(opened, null);
        output.result(siteJson(site, ping), () => siteText(output, site, ping));
        return;
      }
      const changes: SiteChanges = {
        ...settingsFrom(options, OWN),
        ...(await pingsFrom(options)),
        ...(options.backupRoot === undefined ? {} : { backupRoot: String(options.backupRoot) }),
        maxParallel: options.maxParallel,
        minFreePercent: options.minFree,
        hostKeyPolicy: options.hostKeys,
        logLimitBytes: options.logLimit,
        logKeepSeconds: options.logKeep,
        historyKeepSeconds: options.historyKeep,
        sandbox: options.sandbox,
      };
      const opened = await app();
      if (options.dryRun === true) return showEffects(output, await previewSiteChange(opened, changes));
      const onEffects = (effects: readonly RetentionEffect[]): void => noteEffects(output, effects);
      const { site, created } = await configureSite(opened, changes, onEffects);
      output.note(created ? "The global configuration is made." : "The global configuration is changed.");
      const ping = await shownPing(opened, null);
      output.result(siteJson(site, ping), () => siteText(output, site, ping));
    });
};

function siteText(output: Output, site: Site, ping: ShownPing | null): string {
  const own: [string, string][] = [
    ...(site.node === MAIN_NODE ? [] : [["backup server", site.node] as [string, string]]),
    ["backupRoot", site.backupRoot],
    ["maxParallel", String(site.maxParallel)],
    ["minFree", `${site.minFreePercent} %`],
    ["hostKeys", site.hostKeyPolicy],
    ["sandbox", site.sandbox],
    ["logLimit", sizeInput(site.logLimitBytes)],
    ["logKeep", durationText(site.logKeepSeconds)],
    ["historyKeep", site.historyKeepSeconds === null ? "forever" : durationText(site.historyKeepSeconds)],
  ];
  if (ping !== null) own.push(["pings", pingText(ping)]);
  const inherited = Object.entries(site.settings).map(([name, value]): [string, string] => [
    name,
    [value]
      .flat()
      .map((item) => settingText(name, item))
      .join("  "),
  ]);
  return pairsText(output, [...own, ...inherited]);
}

// pobsync configure-channel: make or change a channel for messages.
import { configureChannel } from "../actions/configure-channel.ts";
import { showChannel } from "../actions/list-channels.ts";
import { channelJson } from "../shapes/channel-shapes.ts";
import { findChannel } from "../store/channels.ts";
import { addChannelOptions, channelSettingsFrom, rulesFrom } from "./channel-options.ts";
import { withAskedSecrets } from "./channel-secrets.ts";
import { channelText } from "./channel-text.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { app, output, stop }) => {
  command.argument("<channel>", "its name");
  addChannelOptions(command)
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync configure-channel ops --kind email --server smtp.example.org --user pobsync --password-file /run/secrets/smtp --from pobsync@example.org --to ops@example.org",
          "pobsync configure-channel phone --kind ntfy --topic a-name-nobody-guesses --min-severity bad --quiet-hours 22:00-07:00",
          "pobsync configure-channel team --kind slack --url-stdin < webhook.txt",
        ],
        "0 done, 2 refused input, 6 not set up",
      ) +
        "\n\nOnly what is named changes. Secrets come from a file or stdin, are kept sealed, and are never shown again. What a new channel lacks of them is asked for at a terminal.\nThen see whether messages arrive: pobsync notify --test CHANNEL",
    )
    .action(async (name: string, options: Record<string, unknown>) => {
      if (options.enable === true && options.disable === true)
        command.error("--enable and --disable contradict each other");
      const opened = await app();
      const kind = options.kind as string | undefined;
      const before = await findChannel(opened.db, name);
      const given = await channelSettingsFrom(options, kind ?? before?.kind);
      const { channel, created } = await configureChannel(opened, name, {
        kind,
        enabled: options.enable === true ? true : options.disable === true ? false : undefined,
        rules: rulesFrom(options),
        settings: before === null ? await withAskedSecrets(kind, given, stop) : given,
      });
      output.note(`The channel ${channel.name} is ${created ? "made" : "changed"}.`);
      const shown = await showChannel(opened, channel, true);
      output.result(channelJson(shown), () => channelText(output, shown, opened.clock()));
      if (created) output.note(`See whether messages arrive: pobsync notify --test ${channel.name}`);
    });
};

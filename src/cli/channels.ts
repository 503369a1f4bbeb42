// pobsync channels: where messages go, and whether they arrive.
import { showChannels } from "../actions/list-channels.ts";
import { channelJson } from "../shapes/channel-shapes.ts";
import { channelsText } from "./channel-text.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .addHelpText("after", helpEnd(["pobsync channels", "pobsync channels --json"], "0 done, 6 not set up"))
    .action(async () => {
      const opened = await app();
      const shown = await showChannels(opened, true);
      output.result({ items: shown.map(channelJson), next: null }, () =>
        channelsText(output, shown, opened.clock()),
      );
    });
};

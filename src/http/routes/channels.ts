// Channels: where messages go.
import { configureChannel, removeChannel, requireChannel } from "../../actions/configure-channel.ts";
import { showChannel, showChannels } from "../../actions/list-channels.ts";
import { notifyNow, testMessage } from "../../actions/notify-now.ts";
import { Problem, quoted } from "../../domain/problem.ts";
import { channelForms, channelJson, notifiedJson } from "../../shapes/channel-shapes.ts";
import { findChannel } from "../../store/channels.ts";
import { routes } from "../implement.ts";
import { callerOf, roleOf } from "../request.ts";

const { channels: os } = routes;

export const channels = {
  list: os.list.handler(async ({ context }) => ({
    items: (await showChannels(context.app, roleOf(callerOf(context)) === "admin")).map(channelJson),
    next: null,
  })),
  forms: os.forms.handler(() => ({ items: channelForms(), next: null })),
  create: os.create.handler(async ({ context: { app }, input: { name, ...wish } }) => {
    if ((await findChannel(app.db, name)) !== null)
      throw new Problem("bad_input", `There is a channel ${quoted(name)} already.`, {
        hint: "Nothing was changed. Take another name, or change the one that is there.",
      });
    const { channel } = await configureChannel(app, name, wish);
    return channelJson(await showChannel(app, channel, true));
  }),
  change: os.change.handler(async ({ context: { app }, input: { name, ...changes } }) => {
    await requireChannel(app, name);
    const { channel } = await configureChannel(app, name, changes);
    return channelJson(await showChannel(app, channel, true));
  }),
  test: os.test.handler(async ({ context: { app, gone }, input: { name } }) => {
    const channel = await requireChannel(app, name);
    return notifiedJson(await notifyNow(app, channel, testMessage(channel.name), gone));
  }),
  remove: os.remove.handler(async ({ context: { app }, input: { name, confirm } }) => {
    await requireChannel(app, name);
    if (confirm !== name)
      throw new Problem("confirmation_needed", "The name of the channel was not repeated as it is.", {
        hint: `Nothing was changed. To remove it for good, type its name: ${name}`,
      });
    await removeChannel(app, name);
    return { name, removed: true as const };
  }),
};

// The courier to the channels of the site.
import { listChannels, markChannelBroken, markChannelWorking } from "../../store/channels.ts";
import { sendMessage } from "../send-message.ts";
import type { Courier } from "./courier.ts";

export const channelCourier: Courier = {
  channels: ({ db }) => listChannels(db),
  send: (app, channel, message, signal, deliveryId) => sendMessage(app, channel, message, signal, deliveryId),
  markBroken: ({ db }, { id }, broken) => markChannelBroken(db, id, broken),
  markWorking: ({ db }, { id }) => markChannelWorking(db, id),
};

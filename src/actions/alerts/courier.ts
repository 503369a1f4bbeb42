// What alerts need of the channels: which there are, a way to send, and a place to note whether anything arrives.
import type { Channel, Message } from "../../domain/notification.ts";
import type { App } from "../app.ts";

export interface Courier {
  readonly channels: (app: App) => Promise<readonly Channel[]>;
  /** Returns when the service has taken the message, throws when it has not. @param deliveryId the same at each attempt */
  readonly send: (
    app: App,
    channel: Channel,
    message: Message,
    signal: AbortSignal,
    deliveryId: string,
  ) => Promise<void>;
  readonly markBroken: (
    app: App,
    channel: Channel,
    broken: { readonly since: Date; readonly why: string },
  ) => Promise<unknown>;
  readonly markWorking: (app: App, channel: Channel) => Promise<unknown>;
}

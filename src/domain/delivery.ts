// A message on its way: what every channel needs of it beyond what it says.
import type { Message } from "./notification.ts";

export interface Delivery {
  readonly message: Message;
  /** The same at each attempt to deliver it, so that services that know it do not show it twice. */
  readonly id: string;
  readonly at: Date;
}

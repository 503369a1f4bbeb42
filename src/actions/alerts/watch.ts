// Watching: whichever process lives looks at most once a minute what holds, and sees to it that people are told. It holds up
// nobody: schedulers and workers begin a look and go on.
import { forgetOldAlerts } from "../../store/alerts.ts";
import { endTurn, takeTurn } from "../../store/watch-turns.ts";
import type { App } from "../app.ts";
import type { SiteFacts } from "../site-facts.ts";
import type { Courier } from "./courier.ts";
import { deliverQueued } from "./deliver-queued.ts";
import { type LookedOver, lookOver } from "./look-over.ts";

/** A look that takes longer has died, and another process has the next one. */
const TURN_SECONDS = 300;
const BETWEEN_LOOKS_SECONDS = 50;
const FORGET_EVERY_SECONDS = 6 * 3600;
/** Alerts and messages stay in the history for so long. */
const KEPT_DAYS = 400;

export interface Watch {
  readonly facts: SiteFacts;
  readonly courier: Courier;
  /** Names this process. */
  readonly watcherId: string;
  readonly stop: AbortSignal;
  /** Told how the site is, when it was this process's turn to find out. */
  readonly onLook?: (found: LookedOver) => Promise<void>;
}

/** One round: looks if nobody has done so within a minute, and sends what is due. */
export async function watch(app: App, { facts, courier, watcherId, stop, onLook }: Watch): Promise<void> {
  const [siteTurn, diskTurn] = ["site", `disk ${app.node}`];
  const site = await takeTurn(app.db, siteTurn, watcherId, TURN_SECONDS);
  const disk = await takeTurn(app.db, diskTurn, watcherId, TURN_SECONDS);
  try {
    if (site || disk) {
      const found = await lookOver(app, facts, courier, { site, disk });
      if (site) await onLook?.(found);
    }
    if (await takeTurn(app.db, "forget", watcherId, FORGET_EVERY_SECONDS))
      await forgetOldAlerts(app.db, new Date(app.clock().getTime() - KEPT_DAYS * 86_400_000));
  } finally {
    if (site) await endTurn(app.db, siteTurn, watcherId, BETWEEN_LOOKS_SECONDS);
    if (disk) await endTurn(app.db, diskTurn, watcherId, BETWEEN_LOOKS_SECONDS);
  }
  await deliverQueued(app, courier, watcherId, stop);
}

// A program makes its socket when it is ready for us. There is no event for that, so it is looked for.
import { access } from "node:fs/promises";

const LOOK_EVERY_MS = 4;

/** Returns when the socket is there or the program is over; after the time, `giveUp` is to end it. */
export async function waitForSocket(
  socket: string,
  withinMs: number,
  { isOver, giveUp }: { readonly isOver: () => boolean; readonly giveUp: () => void },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isOver()) {
    const isThere = await access(socket).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    if (performance.now() > deadline) giveUp();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

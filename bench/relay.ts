// A host that is far away: an sshd behind a relay that keeps each piece back for half of a round trip.
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import type { TestSshd } from "../tests/support/sshd.ts";

/**
 * The same sshd at another port. However much is on its way, nothing is held back but for its time, so this is distance alone
 * and no narrow line.
 *
 * The kernel knows nothing of that distance: its own round trip is that to the relay.
 */
export async function farAway(
  sshd: TestSshd,
  roundTripMs: number,
): Promise<{ sshd: TestSshd; stop: () => Promise<void> }> {
  const open = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    // Timers of the same length end in the order in which they were begun.
    const later = (work: () => void): unknown => setTimeout(work, roundTripMs / 2);
    from.on("data", (piece) => later(() => to.write(piece)));
    from.on("end", () => later(() => to.end()));
    from.on("error", () => to.destroy());
    from.on("close", () => open.delete(from));
    from.setNoDelay(true);
    open.add(from);
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection({ host: sshd.address, port: sshd.port, allowHalfOpen: true });
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    sshd: { ...sshd, port },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

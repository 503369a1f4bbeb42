// TCP ports of this machine for tests: free ones, one that refuses, and a server that never says a word.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

const LOOPBACK = "127.0.0.1";

/**
 * A loopback port that nobody listens on. It lies below the range from which the kernel gives ports to
 * outgoing connections, so that a server can be stopped and started again on the same one.
 * @throws Error when 100 random ports in a row were taken
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
  throw new Error("found no free port");
}

/** A place where every connection is refused. */
export const closedPort = async (): Promise<{ address: string; port: number }> => ({
  address: LOOPBACK,
  port: await freePort(),
});

export type SilentServer = {
  address: string;
  port: number;
  /** Connections accepted so far. */
  connections(): number;
  stop(): Promise<void>;
};

/** A server that accepts connections and then says nothing: an ssh client waits for its banner in vain. */
export async function startSilentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("error", () => {}); // A client that gives up resets the connection.
    socket.on("close", () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return {
    address: LOOPBACK,
    port: (server.address() as AddressInfo).port,
    connections: () => accepted,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ port, host: LOOPBACK, exclusive: true });
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

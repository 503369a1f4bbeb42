// Channels and this server's own network: out of reach unless allowed, however it is written or looked up.
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isOwnNetwork } from "../../src/system/private-network.ts";
import { problemOf, send } from "../support/delivering.ts";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";

const SECRET = "s3cr3t-tOken-4711";
let receiver: HttpReceiver;
beforeAll(async () => {
  receiver = await httpReceiver();
});
afterAll(() => receiver.close());
afterEach(() => {
  receiver.got.length = 0;
  receiver.answer = (response) => response.end("{}");
});

describe("this server's own network", () => {
  it("is out of reach unless it is allowed, by whatever name or writing", async () => {
    const port = receiver.port;
    const places = [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "2130706433",
      "0x7f.1",
      "0.0.0.0",
    ];
    for (const place of places) {
      const url = `http://${place}:${port}/${SECRET}`;
      const problem = await problemOf(send("webhook", { url, allowPrivate: false }));
      expect(problem).toMatchObject({ code: "channel_private", mayRetry: false });
      expect(problem.hint).toContain("pobsync configure-channel phone --allow-private");
    }
    expect(receiver.got).toEqual([]);
  });

  it("is not reached by a name that changes its mind, nor by a redirect", async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "192.0.2.1", family: 4 as const }];
    };
    await send("webhook", { url: `http://hook.example:${receiver.port}/` }, { resolve });
    expect({ asked, host: receiver.got.at(-1)?.headers.host }).toEqual({
      asked: 1,
      host: `hook.example:${receiver.port}`,
    });
    const mixed = async () => [
      { address: "198.41.0.4", family: 4 as const },
      { address: "10.0.0.1", family: 4 as const },
    ];
    const refused = send("webhook", { url: "http://hook.example/", allowPrivate: false }, { resolve: mixed });
    expect((await problemOf(refused)).code).toBe("channel_private");
    receiver.got.length = 0;
    receiver.answer = (response) => response.writeHead(307, { Location: `${receiver.url}/inner` }).end();
    const problem = await problemOf(send("webhook", { url: receiver.url }));
    expect(problem).toMatchObject({ code: "channel_refused", message: expect.stringContaining("redirect") });
    expect(receiver.got).toHaveLength(1);
  });

  it("a server that speaks no HTTP is said to be unreachable", async () => {
    const server = createServer((socket) => socket.end("220 hello\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await problemOf(send("slack", { url: `http://127.0.0.1:${port}` }))).toMatchObject({
      code: "channel_unreachable",
    });
    server.close();
  });

  it("is known by every range of addresses that is not public", () => {
    const own = [
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "224.0.0.1",
    ];
    const own6 = [
      "::",
      "::1",
      "fe80::1",
      "fc00::1",
      "ff02::1",
      "::ffff:8.8.8.8",
      "64:ff9b::a00:1",
      "2002:a00:1::",
    ];
    for (const address of [...own, "255.255.255.255", ...own6, "2001:db8::1", "nonsense"])
      expect({ address, is: isOwnNetwork(address) }).toEqual({ address, is: true });
    for (const address of ["198.41.0.4", "172.32.0.1", "2001:503:ba3e::2:30", "64:ff9b::c629:4"])
      expect({ address, is: isOwnNetwork(address) }).toEqual({ address, is: false });
  });
});

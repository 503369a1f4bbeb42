// What stands before a console in many places: it passes requests on, and answers 502 itself when nobody is behind it.
import { once } from "node:events";
import { createServer, request } from "node:http";
import { freePort } from "./ports.ts";

export type ReverseProxy = { url: string; close(): Promise<void> };

/** @param target where the console is, with a slash at its end */
export async function startReverseProxy(target: string): Promise<ReverseProxy> {
  const { port: behind } = new URL(target);
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const passed = request({ host: "127.0.0.1", port: behind, method, path, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
      told.on("error", () => answer.destroy());
    });
    passed.on("error", () => {
      if (!answer.headersSent) answer.writeHead(502, { "content-type": "text/html" });
      answer.end("Bad gateway");
    });
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

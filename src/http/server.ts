// The server itself: listens, and ends in good order.
import { createServer } from "node:http";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { App } from "../actions/app.ts";
import { keepSpaces } from "../actions/kept-spaces.ts";
import { makeSetupCode, needsFirstAdmin } from "../actions/people/first-admin.ts";
import { forgetFacts, type SiteFacts, siteFacts } from "../actions/site-facts.ts";
import { type ChangeWatch, watchChanges } from "../actions/watch-changes.ts";
import { Problem } from "../domain/problem.ts";
import { isSecure } from "./caller.ts";
import { LOOK_EVERY_MS, liveLook } from "./live.ts";
import { problemResponse, type TellFault } from "./problem-answer.ts";
import { secure } from "./security-headers.ts";
import { type Pages, site } from "./site.ts";

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: URL | null;
  readonly pages: Pages | null;
  readonly log: TellFault;
}

export interface Served {
  /** Where it listens. */
  readonly url: string;
  /** For whoever makes the first account; null when there is one. */
  readonly setupCode: string | null;
  /** Stops listening, and lets current requests end for a moment. */
  readonly close: () => Promise<void>;
}

const CLOSE_WITHIN_MS = 5000;
const CLOSE_IDLE_EVERY_MS = 50;
/** Slower than that, somebody only wants to keep a connection busy. */
const HEADERS_WITHIN_MS = 15_000;
const NO_REQUEST = "The request names no host or address that could be read.";

/** Listens. Refuses with `cannot_listen` when the address is taken or none of this machine's. */
export async function serveConsole(app: App, options: ServeOptions): Promise<Served> {
  const { host, port, publicUrl, pages, log } = options;
  const setupCode = makeSetupCode();
  const closing = new AbortController();
  const facts = siteFacts(app.db);
  const live = liveLook({
    startWatch: () => forgetful(watchChanges(app), facts),
    everyMs: LOOK_EVERY_MS,
    log,
  });
  const { fetch } = site({
    console: { app, publicUrl, setupCode, live, facts, spacesOf: keepSpaces() },
    ...{ pages, log, closing: closing.signal },
  });
  const listener = getRequestListener(fetch, {
    errorHandler: (error) => {
      const isTheirs = error instanceof RequestError;
      const answer = problemResponse(isTheirs ? new Problem("bad_input", NO_REQUEST) : error, log);
      secure(answer.headers, isSecure(publicUrl), null);
      return answer;
    },
  });
  const server = createServer({ headersTimeout: HEADERS_WITHIN_MS, requestTimeout: 120_000 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const listens = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${listens}/`,
    setupCode: (await needsFirstAdmin(app)) ? setupCode : null,
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      const late = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
      // What has been answered leaves a connection behind that the browser would keep for the next request.
      const idle = setInterval(
        () => "closeIdleConnections" in server && server.closeIdleConnections(),
        CLOSE_IDLE_EVERY_MS,
      );
      await closed;
      clearTimeout(late);
      clearInterval(idle);
      await live.silence();
    },
  };
}

/** Who is told of a change asks at once, and must not be answered with what was before. */
const forgetful = ({ look }: ChangeWatch, facts: SiteFacts): ChangeWatch => ({
  async look() {
    const changes = await look();
    if (changes.parts.size > 0) forgetFacts(facts);
    return changes;
  },
});

const cannotListen = (host: string, port: number, { code, message }: NodeJS.ErrnoException): Problem =>
  new Problem(
    "cannot_listen",
    code === "EADDRINUSE"
      ? `Another program listens on port ${port} already.`
      : `The console cannot listen on ${host}, port ${port}: ${message}.`,
  );

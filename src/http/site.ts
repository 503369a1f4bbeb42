// Everything that the server answers: health, API, and the pages of the console.
import { getConnInfo } from "@hono/node-server/conninfo";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { actingFor } from "../actions/people/who-asks.ts";
import { Problem, quoted } from "../domain/problem.ts";
import { canAnswer } from "../store/database.ts";
import { isSecure, sessionCookie, whoCalls } from "./caller.ts";
import { addressOf, isForeign } from "./origin.ts";
import { problemResponse, type TellFault } from "./problem-answer.ts";
import type { Caller, Console, RequestContext } from "./request.ts";
import { secure } from "./security-headers.ts";
import { serveApi } from "./serve-api.ts";

/** The console as it was built. */
export interface Pages {
  /** Folder of its files. */
  readonly folder: string;
  /** Its page, with `NONCE` where the number of the answer belongs. */
  readonly index: string;
}

export interface SiteOptions {
  readonly console: Console;
  /** Null: the API alone. */
  readonly pages: Pages | null;
  /** Aborted when the server is about to end: streams that would go on for ever end then. */
  readonly closing: AbortSignal;
  readonly log: TellFault;
}

const BODY_BYTES_MAX = 1024 * 1024;
const BUFFERED_BYTES = 16 * 1024;
const ASSET_SECONDS = 365 * 86_400;

export function site({ console, pages, closing, log }: SiteOptions): Hono {
  const hono = new Hono();
  const answerApi = serveApi(log);
  hono.use(async (context, next) => {
    await next();
    secure(context.res.headers, isSecure(console.publicUrl), null);
    // A refusal need not have read it all. What is still on its way would be in the way of the next request.
    if (context.res.status >= 400 && isLong(context)) context.res.headers.set("connection", "close");
  });
  hono.onError((error) => problemResponse(error, log));
  hono.get("/healthz", async (context) => {
    const isWell = await canAnswer(console.app.db);
    return context.json({ status: isWell ? "ok" : "database unavailable" }, isWell ? 200 : 503);
  });
  let metrics: Promise<(caller: Caller | null) => Promise<Response>> | null = null;
  hono.get("/metrics", async (context) => {
    metrics ??= import("./metrics.ts").then(({ serveMetrics }) => serveMetrics(console));
    return (await metrics)(await whoCalls(context, console));
  });
  hono.use(
    "/api/*",
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => {
        throw new Problem("bad_input", "The request is larger than 1 MiB.");
      },
    }),
  );
  const api = async (context: Context): Promise<Response> => {
    requireOurs(context, console);
    const caller = await whoCalls(context, console);
    const address = addressOf(context, console, () => getConnInfo(context).remote.address ?? null);
    const cookies: string[] = [];
    const answer = await answerApi(context.req.raw, {
      ...contextOf(context, console, caller, address),
      gone: AbortSignal.any([context.req.raw.signal, closing]),
      setSession: (token) => cookies.push(sessionCookie(console, token)),
    });
    for (const cookie of cookies) answer?.headers.append("set-cookie", cookie);
    if (answer !== null) return answer;
    // Nobody learns which routes there are without being somebody.
    if (caller === null) throw new Problem("not_signed_in", "Nobody is signed in.");
    throw new Problem(
      "not_found",
      `There is no route ${quoted(`${context.req.method} ${context.req.path}`)}.`,
      {
        hint: "/api/ lists what there is, and /api/docs explains it.",
      },
    );
  };
  if (pages !== null)
    hono.get("/api/docs", async (context) => {
      // A page like any other, but one that only those get whom we know; others get the login in its place.
      const caller = await whoCalls(context, console);
      return pageAnswer(pages, console, caller === null ? 401 : 200);
    });
  hono.all("/api", api);
  hono.all("/api/*", api);
  if (pages !== null) servePages(hono, pages, console);
  hono.notFound((context) => context.text("There is nothing here.\n", 404));
  return hono;
}

/** Whether the body may be more than what has arrived together with its headers. */
const isLong = ({ req }: Context): boolean =>
  req.header("transfer-encoding") !== undefined || Number(req.header("content-length") ?? 0) > BUFFERED_BYTES;

/** Refuses what another site made the browser send, and bodies that a form could have sent. */
function requireOurs(context: Context, console: Console): void {
  const { method } = context.req;
  if (method === "GET" || method === "HEAD") return;
  if (isForeign(context, console))
    throw new Problem("csrf_failed", "The request comes from a page of another site.");
  const type = context.req.header("content-type");
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type))
    throw new Problem("bad_input", "The body of a request is JSON, and says so in its Content-Type.");
}

function contextOf(
  context: Context,
  console: Console,
  caller: Caller | null,
  address: string | null,
): Omit<RequestContext, "gone" | "setSession"> {
  const anybody = {
    ...console.app,
    requestedBy: null,
    actor: { name: null, kind: "system", address },
  } as const;
  return {
    ...{ console, caller, address },
    app:
      caller === null
        ? anybody
        : actingFor(console.app, caller.by === "session" ? caller.holder : caller.bearer, address),
    csrfToken: context.req.header("x-csrf-token"),
    userAgent: context.req.header("user-agent")?.slice(0, 255) ?? null,
  };
}

function servePages(hono: Hono, pages: Pages, console: Console): void {
  const { folder } = pages;
  hono.use(
    "/assets/*",
    serveStatic({
      root: folder,
      precompressed: true,
      // Their names change with their content.
      onFound: (_, context) => context.header("cache-control", `public, max-age=${ASSET_SECONDS}, immutable`),
    }),
  );
  hono.get("/favicon.svg", serveStatic({ root: folder }));
  hono.get("*", (context) => {
    if (context.req.path.startsWith("/assets/")) return context.notFound();
    return pageAnswer(pages, console, 200);
  });
}

function pageAnswer({ index }: Pages, console: Console, status: number): Response {
  const nonce = console.app.randomHex(16);
  const answer = new Response(index.replaceAll("NONCE", nonce), {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
  secure(answer.headers, isSecure(console.publicUrl), nonce);
  return answer;
}

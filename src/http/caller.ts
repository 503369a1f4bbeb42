// Who asks: the cookie of a session, or the token of a script.

import type { Context } from "hono";
import { generateCookie, getCookie } from "hono/cookie";
import type { App } from "../actions/app.ts";
import { whoBears, whoHolds } from "../actions/people/who-asks.ts";
import { SESSION_SECONDS_MAX } from "../domain/people.ts";
import type { Caller, Console } from "./request.ts";

const BEARER = /^Bearer ([\x21-\x7e]{1,200})$/i;

/** The prefix makes browsers refuse the cookie from any other host and over plain HTTP. */
const cookieName = ({ publicUrl }: Console): string => (isSecure(publicUrl) ? "__Host-pobsync" : "pobsync");

export const isSecure = (publicUrl: URL | null): boolean => publicUrl?.protocol === "https:";

/** Null: nobody that we know. A token that does not count is not made up for by a cookie. */
export async function whoCalls(context: Context, console: Console): Promise<Caller | null> {
  const header = context.req.header("authorization");
  if (header !== undefined) return bearer(console.app, header);
  const token = getCookie(context, cookieName(console));
  if (token === undefined || token.length > 200) return null;
  const holder = await whoHolds(console.app, token);
  return holder === null ? null : { by: "session", holder, token };
}

async function bearer(app: App, header: string): Promise<Caller | null> {
  const token = BEARER.exec(header)?.[1];
  const found = token === undefined ? null : await whoBears(app, token);
  return found === null ? null : { by: "token", bearer: found };
}

/** The cookie that opens a session; an empty token takes it away. */
export const sessionCookie = (console: Console, token: string): string =>
  generateCookie(cookieName(console), token, {
    ...{ httpOnly: true, sameSite: "Lax", path: "/", secure: isSecure(console.publicUrl) },
    maxAge: token === "" ? 0 : SESSION_SECONDS_MAX,
  });

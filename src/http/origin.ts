// Where a request comes from: which address, and whether a page of somebody else made the browser send it.
import type { Context } from "hono";
import type { Console } from "./request.ts";

/** Addresses from which a proxy of this site may speak for others: this machine and private networks. */
const NEAR = /^(::ffff:)?(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)|^::1$|^f[cd][0-9a-f]{2}:/i;

/**
 * The address of whoever asks. Behind a proxy (which only a site with a public URL has) it is the last one that the proxy
 * itself has added; everything before it anybody may have written.
 */
export function addressOf(
  context: Context,
  { publicUrl }: Console,
  peer: () => string | null,
): string | null {
  const near = peer();
  const forwarded = context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim();
  if (publicUrl === null || near === null || !NEAR.test(near)) return near;
  return forwarded !== undefined && /^[0-9a-fA-F:.]{2,45}$/.test(forwarded) ? forwarded : near;
}

/** Browsers say so with everything that changes something; a script says neither. */
export function isForeign(context: Context, { publicUrl }: Console): boolean {
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const origin = context.req.header("origin");
  if (origin === undefined) return false;
  const own = context.req.header("host");
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host === null || (host !== own && host !== publicUrl?.host);
}

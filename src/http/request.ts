// What a route knows of the request it answers.
import type { App } from "../actions/app.ts";
import type { SpacesOf } from "../actions/kept-spaces.ts";
import type { SessionHolder, TokenBearer } from "../actions/people/who-asks.ts";
import type { SiteFacts } from "../actions/site-facts.ts";
import { Problem } from "../domain/problem.ts";
import type { Live } from "./live.ts";

/** Who asks, as far as it is known. */
export type Caller =
  | { readonly by: "session"; readonly holder: SessionHolder; readonly token: string }
  | { readonly by: "token"; readonly bearer: TokenBearer };

/** The server as its routes see it: the same for all requests. */
export interface Console {
  readonly app: App;
  /** Where people reach it, when that was said; it decides about secure cookies. */
  readonly publicUrl: URL | null;
  /** Whoever reads it on the terminal may make the first account. */
  readonly setupCode: string;
  /** What happens, for all who listen. */
  readonly live: Live;
  /** About all hosts, for all requests. */
  readonly facts: SiteFacts;
  /** The room that the snapshots of a catalog take. */
  readonly spacesOf: SpacesOf;
}

export interface RequestContext {
  readonly console: Console;
  /** Acts for the caller, so that the history and the audit name who asked. */
  readonly app: App;
  readonly caller: Caller | null;
  readonly csrfToken: string | undefined;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** Ends when the browser has gone, or the server is about to. */
  readonly gone: AbortSignal;
  /** Opens a session in the browser; an empty token closes it. */
  readonly setSession: (token: string) => void;
}

export const roleOf = (caller: Caller) => (caller.by === "session" ? caller.holder.role : caller.bearer.role);

export const userOf = (caller: Caller) => (caller.by === "session" ? caller.holder.user : caller.bearer.user);

/** The session of a route that only sessions reach. */
export function sessionOf({ caller }: RequestContext): Extract<Caller, { by: "session" }> {
  if (caller?.by === "session") return caller;
  throw new Problem("not_signed_in", "Nobody is signed in.");
}

/** The caller of a route that only those reach whom we know. */
export function callerOf({ caller }: RequestContext): Caller {
  if (caller !== null) return caller;
  throw new Problem("not_signed_in", "Nobody is signed in.");
}

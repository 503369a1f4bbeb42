// HOST:PATH, as a person types where in a host's history to look.
import { parseAbsolutePath } from "./path-input.ts";
import { pathBytes } from "./path-text.ts";
import { badInput } from "./problem.ts";

export interface HostPath {
  readonly host: string;
  /** Absolute, as text; `/` when none was given. */
  readonly path: string;
}

/** Reads `web1:/etc/hosts`, `web1:` or `web1`: names of hosts have no colon. Refuses with `bad_input`. */
export function parseHostPath(given: string): HostPath {
  const at = given.indexOf(":");
  const host = at < 0 ? given : given.slice(0, at);
  const path = at < 0 ? "" : given.slice(at + 1);
  if (host === "") throw badInput("The place", given, "names no host: write HOST:PATH, such as web1:/etc.");
  return { host, path: path === "" ? "/" : parsePlace(path) };
}

/** The same of a path that is meant, so that nobody gets a whole host by a typing error. */
export function requireHostPath(given: string): HostPath {
  const place = parseHostPath(given);
  if (place.path === "/")
    throw badInput("The place", given, "names no file or folder: write HOST:PATH, such as web1:/etc/hosts.");
  return place;
}

/** An absolute path of a host, tidied. Refuses with `bad_input`. */
export const parsePlace = (given: string): string => parseAbsolutePath("The path", given);

/** The bytes of a tidy absolute path, without the slash that it begins with. */
export const bytesBelowRoot = (path: string): Uint8Array => (pathBytes(path) ?? new Uint8Array()).subarray(1);

/** Where a path leads that goes through a link (or is one), all absolute and as text. Nobody knows whether that is one too. */
export function behindLink(link: string, target: string, path: string): string {
  const parts: string[] = [];
  const from = target.startsWith("/") ? "" : link.slice(0, link.lastIndexOf("/"));
  for (const part of `${from}/${target}${path.slice(link.length)}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

// The environment: read once, here, and refused loudly when it is wrong.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MAIN_NODE, nodeName } from "../domain/node.ts";
import { Problem } from "../domain/problem.ts";

export interface Environment {
  readonly stateDir: string;
  readonly databaseUrl: string;
  readonly secretKeyFile: string;
  /** The name of this backup server among several on one database. */
  readonly node: string;
  /** A process that is frozen or cut off for longer loses its runs. */
  readonly leaseSeconds: number;
  /** Who is at the keyboard, for the history; the person behind sudo rather than root. */
  readonly user: string | null;
  /** Where the console listens unless its command says otherwise. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Under which address people reach it; null when it is only the one where it listens. */
  readonly publicUrl: URL | null;
}

/** `checkout` is the folder of this program when it runs from a source tree, else null. */
export function readEnvironment(env: NodeJS.ProcessEnv, checkout: string | null): Environment {
  const stateDir = resolve(
    secretOr(env, "POBSYNC_STATE_DIR") ?? (checkout === null ? "/var/lib/pobsync" : join(checkout, "var")),
  );
  if (stateDir.includes("\0")) throw new Problem("bad_environment", "POBSYNC_STATE_DIR holds a NUL byte.");
  const databaseUrl = secretOr(env, "POBSYNC_DATABASE_URL") ?? `sqlite:${join(stateDir, "pobsync.sqlite3")}`;
  const leaseSeconds = leaseFrom(env.POBSYNC_LEASE_SECONDS);
  return {
    ...{ stateDir, databaseUrl, leaseSeconds, user: env.SUDO_USER ?? env.USER ?? env.LOGNAME ?? null },
    secretKeyFile: resolve(env.POBSYNC_SECRET_KEY_FILE ?? join(stateDir, "secret.key")),
    node: nodeFrom(env.POBSYNC_NODE),
    ...{ listen: listenFrom(env.POBSYNC_LISTEN), publicUrl: publicUrlFrom(env.POBSYNC_PUBLIC_URL) },
  };
}

const USUAL_LISTEN = { host: "127.0.0.1", port: 8000 };

/** `host:port`; brackets around an IPv6 address. */
function listenFrom(text: string | undefined): Environment["listen"] {
  if (text === undefined) return USUAL_LISTEN;
  const [, host = "", port = ""] = /^(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== "" && Number(port) <= 65_535)
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  throw new Problem("bad_environment", "POBSYNC_LISTEN is no address with a port.", {
    hint: "Write it as 127.0.0.1:8000, or 0.0.0.0:8000 for everybody who can reach this machine.",
  });
}

function publicUrlFrom(text: string | undefined): URL | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "") return url;
  throw new Problem("bad_environment", "POBSYNC_PUBLIC_URL is no address of a console.", {
    hint: "Write it as https://backup.example.org, without a path.",
  });
}

function nodeFrom(text: string | undefined): string {
  const name = text === undefined ? MAIN_NODE : nodeName(text);
  if (name !== null) return name;
  throw new Problem("bad_environment", "POBSYNC_NODE is no name of a backup server.", {
    hint: "Lower-case letters, digits, dots and dashes, such as backup2; or leave it out where there is one server.",
  });
}

const LEASE_SECONDS = { usual: 60, min: 2, max: 3600 };

function leaseFrom(text: string | undefined): number {
  if (text === undefined) return LEASE_SECONDS.usual;
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= LEASE_SECONDS.min && seconds <= LEASE_SECONDS.max) return seconds;
  throw new Problem("bad_environment", "POBSYNC_LEASE_SECONDS is no number from 2 to 3600.", {
    hint: "Leave it out for the usual 60 seconds.",
  });
}

/** The variable itself, or the content of the file that NAME_FILE names. Both at once is a mistake. */
function secretOr(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  const file = env[`${name}_FILE`];
  if (value !== undefined && file !== undefined)
    throw new Problem("bad_environment", `Both ${name} and ${name}_FILE are set.`, {
      hint: "Keep one of them.",
    });
  if (value === "")
    throw new Problem("bad_environment", `${name} is empty.`, { hint: `Set it, or unset it: unset ${name}` });
  if (file === undefined) return value;
  if (!existsSync(file))
    throw new Problem("bad_environment", `${name}_FILE names ${file}, which is not there.`);
  return readFileSync(file, "utf8").trim();
}

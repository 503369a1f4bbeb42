// People of the tests: Ada is an admin, Bob an operator, Charlie may only look.
import { argon2Sync, randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import type { App } from "../../src/actions/app.ts";
import type { Role, User } from "../../src/domain/people.ts";
import type { Database } from "../../src/store/database.ts";
import { insertUser, type NewUser } from "../../src/store/users.ts";

export const JOINED = new Date("2026-11-23T02:15:00.250Z");

export const PASSWORD = "correct horse battery stapler";

/** A hash that is far too cheap for the real world, so that tests need not wait. */
export function cheapHash(password: string): string {
  const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
  const nonce = Buffer.from("somesalt");
  const cost = { memory: 8, passes: 1, parallelism: 1, tagLength: 32 };
  const hash = argon2Sync("argon2id", { message: password, nonce, ...cost });
  return `$argon2id$v=19$m=8,t=1,p=1$${base64(nonce)}$${base64(hash)}`;
}

export const newUser = (username: string, role: Role, passwordHash = `hash of ${username}`): NewUser => ({
  ...{ username, role, passwordHash, displayName: null },
});

export const addUser = (db: Database, username: string, role: Role, passwordHash?: string): Promise<User> =>
  insertUser(db, newUser(username, role, passwordHash), JOINED);

export type PeopleApp = App & {
  /** Lets so many seconds pass. */
  pass(seconds: number): void;
};

/** An app on a database of its own. Its clock stands still until time is made to pass. */
export function peopleApp(db: Database): PeopleApp {
  let now = new Date("2026-11-23T12:00:00.500Z");
  return {
    db,
    clock: () => now,
    version: "0.0.0",
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    node: "main",
    leaseSeconds: 60,
    secretKeyFile: "",
    hasher: [],
    requestedBy: "root",
    actor: { name: "root", kind: "cli", address: null },
    pass: (seconds) => {
      now = new Date(now.getTime() + seconds * 1000);
    },
  };
}

/** What the app on somebody's phone shows at that moment. */
export const codeOf = (secret: string, now: Date): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() });

// Whoever may ask the console: nobody, people of each role, and tokens of each role, each with fresh papers.
import { createApiToken } from "../../src/actions/people/api-tokens.ts";
import { openSession } from "../../src/actions/people/open-session.ts";
import { ROLES, type Role } from "../../src/domain/people.ts";
import { requireUser } from "../../src/store/users.ts";
import type { TestConsole } from "./console.ts";

/** By what somebody is known: a session, or a token, which is an admin's whatever its role. */
export type Caller = { by: "nothing" } | { by: "session" | "token"; role: Role };

export const CALLERS: readonly Caller[] = [
  { by: "nothing" },
  ...ROLES.flatMap((role) => [{ by: "session", role } as const, { by: "token", role } as const]),
];

export const nameOf = (caller: Caller): string =>
  caller.by === "nothing" ? "nobody" : `${caller.role}'s ${caller.by}`;

/** Headers that prove it. They are new each time, so whatever a request ended before does not matter. */
export async function papersOf({ app }: TestConsole, caller: Caller): Promise<Record<string, string>> {
  if (caller.by === "nothing") return {};
  if (caller.by === "session") {
    const user = await requireUser(app.db, caller.role);
    const { token, csrfToken } = await openSession(app, user, { address: null, userAgent: null });
    return { cookie: `pobsync=${token}`, "x-csrf-token": csrfToken };
  }
  const user = await requireUser(app.db, "admin");
  return { authorization: `Bearer ${(await tokenOf(app, user, caller.role)).secret}` };
}

type TestApp = TestConsole["app"];
type User = Awaited<ReturnType<typeof requireUser>>;
type Made = Awaited<ReturnType<typeof createApiToken>>;

const made = new WeakMap<TestApp["db"], Map<Role, Promise<Made>>>();

/** One a role, because nobody may have very many. */
function tokenOf(app: TestApp, user: User, role: Role): Promise<Made> {
  const known = made.get(app.db) ?? new Map<Role, Promise<Made>>();
  made.set(app.db, known);
  const token =
    known.get(role) ?? createApiToken(app, { user, role: "admin" }, { name: role, role, expiresAt: null });
  known.set(role, token);
  return token;
}

// The first account, made in the browser of whoever can read what the server printed.
import type { User } from "../../domain/people.ts";
import { Problem } from "../../domain/problem.ts";
import { hasUsers, insertFirstUser } from "../../store/users.ts";
import { isSameSecret, newSetupCode, typedCode } from "../../system/secrets.ts";
import type { App } from "../app.ts";
import { asOne } from "../audit.ts";
import { auditNewUser, type NewUserWish, newUser } from "./manage-users.ts";

export const needsFirstAdmin = async (app: App): Promise<boolean> => !(await hasUsers(app.db));

/** A code for whoever reads the server's output; kept by the process that shows it, for as long as it lives. */
export const makeSetupCode = (): string => newSetupCode();

export const isSetupCode = (expected: string, given: unknown): boolean =>
  typeof given === "string" && isSameSecret(expected, typedCode(given));

/** Refuses with `bad_input`, or `not_allowed` when there is a user already; of two at once one wins. */
export async function createFirstAdmin(app: App, wish: Omit<NewUserWish, "role">): Promise<User> {
  if (!(await needsFirstAdmin(app))) throw thereIsOne();
  const wanted = await newUser({ ...wish, role: "admin" });
  const user = await asOne(
    { ...app, actor: { ...app.actor, name: wanted.username, kind: "user" } },
    async (tx) => {
      const first = await insertFirstUser(tx.db, wanted, tx.clock());
      if (first !== null) await auditNewUser(tx, first);
      return first;
    },
  );
  if (user === null) throw thereIsOne();
  return user;
}

const thereIsOne = (): Problem =>
  new Problem("not_allowed", "There is an account already, so the first one cannot be made any more.", {
    hint: "Sign in, or make another one on the server: pobsync createsuperuser --username USER",
  });

// People: accounts, what scripts sign in with, and who did what.
import { createApiToken, revokeApiToken } from "../../actions/people/api-tokens.ts";
import {
  changeUser,
  createUser,
  removeUser,
  resetTotp,
  setPassword,
} from "../../actions/people/manage-users.ts";
import { Problem } from "../../domain/problem.ts";
import { apiTokenJson, auditEntryJson, userJson } from "../../shapes/people-shapes.ts";
import { listApiTokens } from "../../store/api-tokens.ts";
import { listAudit } from "../../store/audit.ts";
import { listUsers, requireUser } from "../../store/users.ts";
import { routes } from "../implement.ts";
import { callerOf, roleOf, userOf } from "../request.ts";

const { users: ofUsers, tokens: ofTokens, audit: ofAudit } = routes;

const USUAL_PAGE = 100;
const DONE = { done: true } as const;

/** Of a list that is short enough to be read as a whole: what comes after the item of that name, and where the next page begins. */
function pageOf<T>(items: readonly T[], limit: number, nameOf: (item: T) => string) {
  const shown = items.slice(0, limit);
  const last = items.length > limit ? shown.at(-1) : undefined;
  return { items: shown, next: last === undefined ? null : nameOf(last) };
}

const users = {
  list: ofUsers.list.handler(async ({ context: { app }, input }) => {
    const { q = "", role, enabled, after, limit = USUAL_PAGE } = input;
    const wanted = q.toLowerCase();
    const found = (await listUsers(app.db)).filter(
      (user) =>
        `${user.username}\n${user.displayName ?? ""}`.toLowerCase().includes(wanted) &&
        (role === undefined || user.role === role) &&
        (enabled === undefined || user.enabled === (enabled === "true")) &&
        (after === undefined || user.username > after),
    );
    return pageOf(found.map(userJson), limit, ({ username }) => username);
  }),
  create: ofUsers.create.handler(async ({ context: { app }, input }) =>
    userJson(await createUser(app, input)),
  ),
  change: ofUsers.change.handler(async ({ context: { app }, input: { username, ...changes } }) =>
    userJson(await changeUser(app, username, changes)),
  ),
  remove: ofUsers.remove.handler(async ({ context: { app }, input: { username, confirm } }) => {
    const user = await requireUser(app.db, username);
    if (confirm !== user.username)
      throw new Problem("confirmation_needed", "The username was not repeated as it is.", {
        hint: `Nothing was changed. To remove the account for good, type its name: ${user.username}`,
      });
    await removeUser(app, username);
    return DONE;
  }),
  setPassword: ofUsers.setPassword.handler(async ({ context: { app }, input: { username, password } }) =>
    userJson(await setPassword(app, username, password)),
  ),
  resetTotp: ofUsers.resetTotp.handler(async ({ context: { app }, input: { username } }) =>
    userJson(await resetTotp(app, username)),
  ),
};

const tokens = {
  list: ofTokens.list.handler(async ({ context, input: { username, after, limit = USUAL_PAGE } }) => {
    const caller = callerOf(context);
    const own = roleOf(caller) === "admin" ? undefined : userOf(caller).id;
    const found = (await listApiTokens(context.app.db, own)).filter(
      (token) =>
        (username === undefined || token.username === username) && (after === undefined || token.id < after),
    );
    return pageOf(found.map(apiTokenJson), limit, ({ id }) => String(id));
  }),
  create: ofTokens.create.handler(async ({ context, input }) => {
    const caller = callerOf(context);
    const maker = { user: userOf(caller), role: roleOf(caller) };
    const { token, secret } = await createApiToken(context.app, maker, input);
    return { token: apiTokenJson(token), secret };
  }),
  revoke: ofTokens.revoke.handler(async ({ context, input: { id } }) => {
    const caller = callerOf(context);
    await revokeApiToken(context.app, { user: userOf(caller), role: roleOf(caller) }, id);
    return DONE;
  }),
};

const audit = {
  list: ofAudit.list.handler(async ({ context: { app }, input }) => {
    const { limit = USUAL_PAGE, after, since, until, ...filter } = input;
    const moments = {
      since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    };
    const { items, next } = await listAudit(app.db, { ...filter, ...moments }, { before: after, limit });
    return { items: items.map(auditEntryJson), next: next === null ? null : String(next) };
  }),
};

export const people = { users, tokens, audit };

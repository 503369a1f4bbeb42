// Coming in and going out.
import { createFirstAdmin, isSetupCode, needsFirstAdmin } from "../../actions/people/first-admin.ts";
import { logIn, type OpenedSession } from "../../actions/people/log-in.ts";
import { changeOwnPassword, confirmTotp, startTotp, stopTotp } from "../../actions/people/own-account.ts";
import { logOut } from "../../actions/people/who-asks.ts";
import { Problem } from "../../domain/problem.ts";
import { userJson } from "../../shapes/people-shapes.ts";
import { routes } from "../implement.ts";
import { type RequestContext, sessionOf } from "../request.ts";

const { session: os } = routes;

function opened(context: RequestContext, { token, csrfToken, user, expiresAt }: OpenedSession) {
  context.setSession(token);
  return { user: userJson(user), csrfToken, expiresAt: expiresAt.toISOString() };
}

const DONE = { done: true } as const;

export const session = {
  setup: {
    state: os.setup.state.handler(async ({ context }) => ({ needed: await needsFirstAdmin(context.app) })),
    create: os.setup.create.handler(async ({ context, input: { code, username, password } }) => {
      const { app, address, userAgent, console } = context;
      if (!isSetupCode(console.setupCode, code))
        throw new Problem("login_failed", "That is not the code.", {
          hint: "It stands in what this server printed when it started, and in its log.",
        });
      await createFirstAdmin(app, { username, password });
      return opened(context, await logIn(app, { username, password, address, userAgent }));
    }),
  },
  login: os.login.handler(async ({ context, input: { username, password, totp } }) => {
    const { app, address, userAgent } = context;
    const code = totp === undefined ? {} : { code: totp };
    return opened(context, await logIn(app, { username, password, ...code, address, userAgent }));
  }),
  current: os.current.handler(({ context }) => {
    const { user, session: facts } = sessionOf(context).holder;
    return { user: userJson(user), csrfToken: facts.csrfToken, expiresAt: facts.expiresAt.toISOString() };
  }),
  logout: os.logout.handler(async ({ context }) => {
    await logOut(context.app, sessionOf(context).token);
    context.setSession("");
    return DONE;
  }),
  changePassword: os.changePassword.handler(async ({ context, input }) =>
    opened(context, await changeOwnPassword(context.app, sessionOf(context).holder, input)),
  ),
  totp: {
    start: os.totp.start.handler(({ context }) => startTotp(context.app, sessionOf(context).holder)),
    confirm: os.totp.confirm.handler(async ({ context, input: { code } }) => {
      const { recoveryCodes } = await confirmTotp(context.app, sessionOf(context).holder, code);
      return { recoveryCodes: [...recoveryCodes] };
    }),
    stop: os.totp.stop.handler(async ({ context, input: { password } }) => {
      await stopTotp(context.app, sessionOf(context).holder, password);
      return DONE;
    }),
  },
};

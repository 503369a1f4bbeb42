// Coming in and going out: first set-up, login, the own password and the second factor.
import { z } from "zod";
import { UserShape } from "../people.ts";
import { instant, NothingShape, route } from "./route.ts";

/** Long enough for any passphrase, short enough that hashing it is no burden. */
const password = z.string().min(1).max(1024);
const username = z.string().min(1).max(64);

/** `csrfToken` goes into the header `X-CSRF-Token` of every request that changes something. */
export const SessionShape = z
  .object({ user: UserShape, csrfToken: z.string(), expiresAt: instant })
  .meta({ id: "Session" });

const tags = ["session"];

export const sessionRoutes = {
  setup: {
    state: route
      .meta({ access: "anyone" })
      .route({
        method: "GET",
        path: "/setup",
        tags,
        summary: "Whether the first account is still to be made",
      })
      .output(z.object({ needed: z.boolean() })),
    create: route
      .meta({ access: "anyone" })
      .route({
        method: "POST",
        path: "/setup",
        tags,
        summary: "Makes the first account, with the code from the terminal",
      })
      .input(z.object({ code: z.string().min(1).max(64), username, password }))
      .output(SessionShape),
  },
  login: route
    .meta({ access: "anyone" })
    .route({ method: "POST", path: "/login", tags, summary: "Begins a session" })
    .input(
      z.object({
        username,
        password,
        totp: z
          .string()
          .min(1)
          .max(32)
          .optional()
          .describe("Six digits of the second factor, or a recovery code."),
      }),
    )
    .output(SessionShape),
  current: route
    .meta({ access: "signed-in" })
    .route({ method: "GET", path: "/session", tags, summary: "The session and whose it is" })
    .output(SessionShape),
  logout: route
    .meta({ access: "signed-in" })
    .route({ method: "POST", path: "/logout", tags, summary: "Ends the session" })
    .output(NothingShape),
  changePassword: route
    .meta({ access: "signed-in" })
    .route({
      ...{ method: "POST", path: "/session/password", tags },
      summary: "Changes the own password; all other sessions end",
    })
    .input(z.object({ current: password, next: password }))
    .output(SessionShape),
  totp: {
    start: route
      .meta({ access: "signed-in" })
      .route({ method: "POST", path: "/session/totp", tags, summary: "Begins to set up a second factor" })
      .output(z.object({ secret: z.string(), uri: z.string() })),
    confirm: route
      .meta({ access: "signed-in" })
      .route({
        method: "POST",
        path: "/session/totp/confirm",
        tags,
        summary: "Switches the second factor on",
      })
      .input(z.object({ code: z.string().min(1).max(32) }))
      .output(z.object({ recoveryCodes: z.array(z.string()) })),
    stop: route
      .meta({ access: "signed-in" })
      .route({ method: "DELETE", path: "/session/totp", tags, summary: "Switches the second factor off" })
      .input(z.object({ password }))
      .output(NothingShape),
  },
};

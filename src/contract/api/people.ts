// People: accounts, what scripts sign in with, and who did what.
import { z } from "zod";
import { ApiTokenShape, AuditEntryShape, UserShape } from "../people.ts";
import {
  idInput,
  instant,
  NothingShape,
  PAGE_AFTER,
  pageLimit,
  pageOf,
  queryCount,
  querySwitch,
  RoleShape,
  route,
  TokenRoleShape,
} from "./route.ts";

/** Long enough for any passphrase, short enough that hashing it is no burden. */
const password = z.string().min(1).max(1024);
const username = z.string().min(1).max(64);
const displayName = z.string().max(200).nullable();

const ofUser = z.object({ username });

const userRoutes = {
  list: route
    .route({ method: "GET", path: "/users", tags: ["people"], summary: "Who may sign in, by name" })
    .input(
      z.object({
        q: z.string().max(200).optional().describe("Part of the username or of the name."),
        role: RoleShape.optional(),
        enabled: querySwitch.optional(),
        limit: pageLimit,
        after: z.string().max(64).optional().describe(PAGE_AFTER),
      }),
    )
    .output(pageOf(UserShape)),
  create: route
    .route({
      ...{ method: "POST", path: "/users", tags: ["people"], successStatus: 201 },
      summary: "Makes an account",
    })
    .input(z.strictObject({ username, password, role: RoleShape, displayName: displayName.optional() }))
    .output(UserShape),
  change: route
    .route({
      ...{ method: "PATCH", path: "/users/{username}", tags: ["people"] },
      summary: "Changes an account; what is left out stays. Disabling it ends its sessions",
    })
    .input(
      z.strictObject({
        username,
        role: RoleShape.optional(),
        displayName: displayName.optional(),
        enabled: z.boolean().optional(),
      }),
    )
    .output(UserShape),
  remove: route
    .route({
      ...{ method: "DELETE", path: "/users/{username}", tags: ["people"] },
      summary: "Removes an account with its sessions and tokens",
    })
    /** `confirm` is the username once more. */
    .input(z.strictObject({ username, confirm: z.string().max(64) }))
    .output(NothingShape),
  setPassword: route
    .route({
      ...{ method: "POST", path: "/users/{username}/password", tags: ["people"] },
      summary: "Gives somebody a new password; their sessions end",
    })
    .input(z.strictObject({ username, password }))
    .output(UserShape),
  resetTotp: route
    .route({
      ...{ method: "DELETE", path: "/users/{username}/totp", tags: ["people"] },
      summary: "Switches off the second factor of somebody whose phone is gone",
    })
    .input(ofUser)
    .output(UserShape),
};

const tokenRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/tokens", tags: ["tokens"] },
      summary: "The own tokens, newest first; for an admin those of all",
    })
    .input(
      z.object({
        username: z.string().max(64).optional(),
        limit: pageLimit,
        after: queryCount.optional().describe(PAGE_AFTER),
      }),
    )
    .output(pageOf(ApiTokenShape)),
  // For people alone: a token that may make another would outlive its own end.
  create: route
    .meta({ access: "signed-in" })
    .route({
      ...{ method: "POST", path: "/tokens", tags: ["tokens"], successStatus: 201 },
      summary: "Makes a token of one's own, with at most the own role",
    })
    .input(
      z.strictObject({
        name: z.string().min(1).max(64),
        role: TokenRoleShape,
        expiresAt: z
          .string()
          .max(40)
          .nullable()
          .describe("A moment, a day, or a duration such as `90d`; null: it does not end by itself."),
      }),
    )
    /** `secret` is shown this once. */
    .output(z.object({ token: ApiTokenShape, secret: z.string() })),
  revoke: route
    .meta({ access: "signed-in" })
    .route({
      ...{ method: "DELETE", path: "/tokens/{id}", tags: ["tokens"] },
      summary: "Revokes a token of one's own; an admin, anybody's",
    })
    .input(idInput)
    .output(NothingShape),
};

const auditRoutes = {
  list: route
    .route({ method: "GET", path: "/audit", tags: ["audit"], summary: "Who did what, newest first" })
    .input(
      z.object({
        actor: z.string().max(190).optional(),
        action: z.string().max(64).optional(),
        subjectKind: z.string().max(32).optional(),
        subject: z.string().max(255).optional(),
        since: instant.max(40).optional().describe("From this moment on."),
        until: instant.max(40).optional().describe("Before this moment."),
        limit: pageLimit,
        after: queryCount.optional().describe(PAGE_AFTER),
      }),
    )
    .output(pageOf(AuditEntryShape)),
};

export const peopleRoutes = { users: userRoutes, tokens: tokenRoutes, audit: auditRoutes };

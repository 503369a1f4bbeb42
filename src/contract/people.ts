// People: who may sign in, what scripts sign in with, and who did what. Nothing here proves who anybody is.
import { z } from "zod";
import { count, instant } from "./runs.ts";

const role = z.enum(["viewer", "operator", "admin"]);

export const UserShape = z.object({
  username: z.string(),
  displayName: z.string().nullable(),
  role,
  enabled: z.boolean(),
  totp: z.boolean().describe("Signing in also takes a code from an app."),
  createdAt: instant,
  lastLoginAt: instant.nullable(),
  passwordChangedAt: instant,
});

/** A token without what opens the door. Expired ones are listed as well. */
export const ApiTokenShape = z.object({
  id: count,
  username: z.string(),
  name: z.string(),
  role: z.enum(["metrics", ...role.options]).describe("`metrics` reads `/metrics` and nothing else."),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
});

export const AuditEntryShape = z.object({
  id: count,
  at: instant,
  actor: z.object({
    name: z.string().nullable(),
    kind: z.enum(["user", "token", "cli", "system"]),
    address: z.string().nullable(),
  }),
  action: z.string().describe("`host.changed`, `run.cancelled`, `login.failed` …"),
  subjectKind: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

/** `users`. */
export const UserListShape = z.object({ items: z.array(UserShape), next: z.null() });

/** `audit`, newest first; `next` goes into `--before`. */
export const AuditListShape = z.object({ items: z.array(AuditEntryShape), next: count.nullable() });

/** `remove-user`. */
export const RemovedUserShape = z.object({ username: z.string(), removed: z.literal(true) });

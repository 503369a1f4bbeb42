// What every route of the API is made of: its method and path, who may call it, what goes in and what comes out.
import { oc } from "@orpc/contract";
import { z } from "zod";

export const ROLES = ["viewer", "operator", "admin"] as const;
export type RoleName = (typeof ROLES)[number];

/**
 * Who may call a route: `anyone`, without a session or token; `signed-in`, whoever has a session of their own, but no token;
 * or a role, and those above it. What says nothing is for admins.
 */
export type Access = "anyone" | "signed-in" | RoleName;

export interface RouteMeta {
  readonly access: Access;
}

/** A route for admins unless `.meta({ access })` says otherwise. */
export const route = oc.$meta<RouteMeta>({ access: "admin" });

export const RoleShape = z.enum(ROLES);
export const TokenRoleShape = z
  .enum(["metrics", ...ROLES])
  .describe("`metrics` reads `/metrics` and nothing else.");
export const instant = z.iso.datetime();
export const count = z.int().nonnegative();

/** Numbers and switches in a query are text; these read them. */
export const queryCount = z.coerce.number().int().nonnegative();
export const querySwitch = z.enum(["true", "false"]);
export const pageLimit = z.coerce
  .number()
  .int()
  .min(1)
  .max(500)
  .optional()
  .describe("How many at most; there is a `next` when there are more.");

/** What `after` of every list means. */
export const PAGE_AFTER = "The `next` of the page before.";

/** An identifier in a path. */
export const idInput = z.object({ id: z.coerce.number().int().positive() });

/** A page of a list: `next` goes into `after` of the next request; null is the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const NothingShape = z.object({ done: z.literal(true) });

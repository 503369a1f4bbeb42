// A host with all that holds for it.
import { z } from "zod";
import { HostDetailShape } from "../schemas.ts";
import { instant } from "./route.ts";

/** `own` is what the host says itself; the rest of `effective` is inherited. */
export const HostPageShape = HostDetailShape.extend({
  own: z.record(z.string(), z.unknown()),
  createdAt: instant,
}).meta({ id: "HostDetail" });

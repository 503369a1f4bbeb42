// Alerts, as --json and the API have them.
import { z } from "zod";

const instant = z.iso.datetime();
const count = z.int().nonnegative();

const AlertMessageShape = z.object({
  id: count,
  channel: z.string(),
  kind: z.enum(["opened", "reminder", "cleared", "digest", "test"]),
  state: z
    .enum(["queued", "sent", "failed", "dropped"])
    .describe("`dropped`: it was needless before it could be sent."),
  attempts: count,
  createdAt: instant,
  sentAt: instant.nullable(),
  error: z.string().nullable().describe("Why the last attempt failed."),
});

export const AlertShape = z.object({
  id: count,
  code: z.string().describe("Of a problem; or `never` (backed up) and `late`."),
  host: z.string().nullable().describe("Null: the site as a whole."),
  severity: z.enum(["info", "warning", "bad"]),
  message: z.string(),
  hint: z.string(),
  run: count.nullable().describe("The run that shows it."),
  since: instant.nullable().describe("Since when it holds, as far as that is known."),
  openedAt: instant.nullable(),
  wellSince: instant.nullable().describe("Since when it holds no more, while that is not yet believed."),
  acknowledged: z
    .object({ at: instant, by: z.string().nullable(), reason: z.string().nullable() })
    .nullable(),
  clearedAt: instant.nullable(),
  messages: z.array(AlertMessageShape).describe("Who was told, the oldest first."),
});

export const AlertListShape = z.object({ items: z.array(AlertShape), next: z.string().nullable() });

export type AlertJson = z.infer<typeof AlertShape>;

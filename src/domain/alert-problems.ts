// What only alerts and the delivery of messages say. Part of the catalogue.
import { failed, type ProblemKind, refused } from "./problem-kind.ts";

export const ALERT_PROBLEMS = {
  disk_filling: failed(
    "Make room before no backup can begin: look at pobsync space, keep fewer snapshots, or take a larger disk.",
  ),
  disk_silent: failed(
    "Look at the disk, or at the server that it comes from: whatever touches it waits. dmesg says why.",
  ),
  schedule_overdue: failed(
    "See what the scheduler says, and whether the schedule can be read: pobsync schedules, pobsync doctor",
  ),
  alert_over: refused("Nothing was changed, and nobody is reminded of it. Open ones: pobsync alerts"),
  channel_broken: failed("Correct it, then see whether it arrives: pobsync notify --test"),
  ping_failing: failed(
    "Look at the address and the network, and whether the service still knows that check. Then: pobsync notify --test",
  ),
} as const satisfies Record<string, ProblemKind>;

// What can go wrong on the way to a channel. Part of the catalogue.
import { failed, hostAway, hostFailed, type ProblemKind, refused } from "./problem-kind.ts";

export const CHANNEL_PROBLEMS = {
  channel_unreachable: hostAway(
    "Check its address, this server's DNS and network, and that the service is up. Then: pobsync notify --test CHANNEL",
  ),
  channel_busy: hostAway("The service asks to come back later. Nothing needs to be changed."),
  channel_refused: hostFailed(
    "Correct what the service complains about (pobsync configure-channel CHANNEL), then: pobsync notify --test CHANNEL",
  ),
  channel_private: refused(
    "If it is a service of your own, allow it: pobsync configure-channel CHANNEL --allow-private",
  ),
  channel_sealed: failed(
    "Bring back the secret key of this server's state folder, or give the channel its passwords and addresses anew: pobsync configure-channel CHANNEL",
  ),
} as const satisfies Record<string, ProblemKind>;

// What this server lacks for receiving as the site wants it.
import { failed, type ProblemKind } from "./problem-kind.ts";

export const RECEIVER_PROBLEMS = {
  sandbox_unavailable: failed(
    "Install bubblewrap (apt install bubblewrap), or let backups go on without a sandbox: pobsync configure-global --sandbox auto",
  ),
  attributes_unsupported: failed(
    "Without root, owners are kept in attributes of files. Use a file system that has them (ext4, XFS, btrfs), or run pobsync as root.",
  ),
} as const satisfies Record<string, ProblemKind>;

// Trust groups: hosts of which a person says that they may use, and read, what is stored of each other.
import { badInput } from "./problem.ts";

const LENGTH_MAX = 32;

/** The name of a group: small letters, digits and `._-`, beginning with a letter or digit. Refuses with `bad_input`. */
export function parseTrustGroup(given: unknown): string {
  const what = "The trust group";
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  if (given.length > LENGTH_MAX) throw badInput(what, given, `is longer than ${LENGTH_MAX} characters.`);
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(given))
    throw badInput(
      what,
      given,
      "must begin with a small letter or digit, with small letters, digits, dots, dashes and underscores after it.",
    );
  return given;
}

/** Of how many hosts of a group snapshots are looked into. Each costs a start of rsync where it has something. */
export const SIBLINGS_MAX = 3;

/** A host is asked in this way from rsync 3.0 on, whose checksums are MD5 or better. */
const PROTOCOL_MIN = 30;

/** What a backup is like, as far as it matters here. */
export interface SiblingUse {
  readonly transport: "ssh" | "local";
  readonly sandbox: "bubblewrap" | "landlock" | null;
  /** That of the host's rsync. */
  readonly protocol: number | null;
  readonly rsyncArgs: readonly string[];
  /** The first tree of a host, and a btrfs subvolume, into which no received file can be linked. */
  readonly beginsAsSubvolume: boolean;
}

/** Why no snapshot of another host is used, in words that follow a colon; null: nothing speaks against it. */
export function whyNoSiblings(use: SiblingUse): string | null {
  if (use.transport !== "ssh") return "this machine itself is backed up without a sandbox";
  if (use.sandbox !== "bubblewrap")
    return "only a sandbox of the kind bubblewrap keeps them from being written to";
  if (use.protocol === null || use.protocol < PROTOCOL_MIN)
    return "the host's rsync is older than 3.0, and its checksums are too weak";
  if (use.rsyncArgs.some((option) => option === "--whole-file" || option === "-W"))
    return "--whole-file asks for every file as a whole";
  if (use.beginsAsSubvolume) return "the first tree of a host is received straight into its btrfs subvolume";
  return null;
}

// Extra rsync options that staff may add. An allow-list: most of rsync's options would break a promise of ours.
import { badInput } from "./problem.ts";

const PLAIN = new Set(
  (
    "--compress -z --checksum -c --whole-file -W --no-whole-file --no-inc-recursive --open-noatime --fake-super --super " +
    "--safe-links --munge-links --no-xattrs --no-X --acls -A --no-acls --no-A --no-hard-links --no-H --no-devices --no-specials -D --no-D " +
    "--no-sparse --no-S --no-owner --no-o --no-group --no-g --atimes -U --crtimes -N --preallocate --fuzzy -y --cvs-exclude -C " +
    "--prune-empty-dirs -m --copy-devices --ipv4 -4 --ipv6 -6 --secluded-args -s"
  ).split(" "),
);

/** Options with a value, and what that value may look like. */
const VALUED: Record<string, RegExp> = {
  "--compress-level": /^-?\d{1,3}$/,
  "--compress-choice": /^(zstd|lz4|zlibx|zlib|none)$/,
  "--skip-compress": /^[A-Za-z0-9/._[\]-]{1,500}$/,
  "--max-size": /^\d{1,15}(\.\d{1,3})?[KMGTPkmgtp]?$/,
  "--min-size": /^\d{1,15}(\.\d{1,3})?[KMGTPkmgtp]?$/,
  "--max-alloc": /^\d{1,15}[KMGTkmgt]?$/,
  "--block-size": /^\d{1,9}$/,
  "--timeout": /^\d{1,6}$/,
};

const REASONS: Record<string, string> = {
  "--inplace": "would write into files that finished snapshots share.",
  "--append": "would write into files that finished snapshots share.",
  "--append-verify": "would write into files that finished snapshots share.",
  "--trust-sender": "would let the host send files that nobody asked for.",
  "--old-args": "would let a path reach a shell on the host.",
  "-e": "is pobsync's own: use --user, --port and --identity-file.",
  "--rsh": "is pobsync's own: use --user, --port and --identity-file.",
  "--rsync-path": "has a setting of its own: configure-host --rsync-path.",
  "--exclude": "has a setting of its own: --exclude.",
  "--include": "has a setting of its own: --include.",
  "--bwlimit": "has a setting of its own: --bwlimit.",
  "--one-file-system": "has a setting of its own: --one-file-system.",
  "-x": "has a setting of its own: --one-file-system.",
};

/** One extra option of rsync, such as `--compress` or `--max-size=2G`. */
export function parseRsyncOption(given: unknown): string {
  const what = "The rsync option";
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  const [name = "", value] = splitOnce(given);
  const reason = REASONS[name];
  if (reason !== undefined) throw badInput(what, given, reason);
  if (value === undefined && PLAIN.has(name)) return given;
  const shape = VALUED[name];
  if (shape === undefined) {
    if (value !== undefined && PLAIN.has(name)) throw badInput(what, given, "takes no value.");
    throw badInput(
      what,
      given,
      "is not one that pobsync lets through. docs/rsync-options.md lists those it does.",
    );
  }
  if (value === undefined) throw badInput(what, given, `needs a value, as in ${name}=…`);
  if (!shape.test(value)) throw badInput(what, given, "has a value that rsync would not take.");
  return given;
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The names of all options that are let through, for the documentation and its test. */
export const allowedRsyncOptions = (): string[] => [
  ...PLAIN,
  ...Object.keys(VALUED).map((name) => `${name}=…`),
];

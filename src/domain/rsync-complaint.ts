// What rsync complains about: one line of its stderr, taken apart.

/** Which end could not do something. The sender is the host; receiver and generator are this server. */
export type Side = "host" | "server" | "unknown";

export type Complaint =
  | {
      readonly kind: "error";
      readonly side: Side;
      readonly errno: number;
      readonly path: string | null;
      readonly line: string;
    }
  | { readonly kind: "vanished"; readonly path: string }
  | { readonly kind: "unrequested"; readonly line: string }
  | { readonly kind: "dirty-shell"; readonly line: string }
  | { readonly kind: "no-remote-rsync"; readonly line: string }
  | { readonly kind: "remote-refusal"; readonly line: string };

const ROLE = /^rsync: \[(sender|receiver|generator|server|client)\] /i;
const ERRNO = /\((\d{1,3})\)\s*$/;
const QUOTED = /"((?:[^"\\]|\\.)*)"/;

/** A line of rsync's stderr, or null when it says nothing that a verdict needs (such as its own closing summary). */
export function parseComplaint(line: string): Complaint | null {
  const vanished = /^file has vanished: "(.*)"$/.exec(line);
  if (vanished !== null) return { kind: "vanished", path: pathOfMessage(vanished[1] as string) };
  if (/rejecting unrequested file-list name|rejecting excluded file-list name/.test(line))
    return { kind: "unrequested", line };
  if (/is your shell clean|protocol version mismatch/.test(line)) return { kind: "dirty-shell", line };
  if (
    /rsync['’]?: ((command )?not found|No such file|Not a directory|Is a directory|Permission denied|cannot execute)|command not found: \S*rsync/.test(
      line,
    ) &&
    !ROLE.test(line)
  )
    return { kind: "no-remote-rsync", line };
  if (
    /^sudo: |^rrsync|\/rrsync(: | error: )|SSH_ORIGINAL_COMMAND|Not invoked via sshd|not allowed to (execute|run)/i.test(
      line,
    )
  )
    return { kind: "remote-refusal", line };
  const role = ROLE.exec(line);
  if (role === null) return null;
  const errno = Number(ERRNO.exec(line)?.[1] ?? 0);
  if (errno === 0) return null;
  const path = QUOTED.exec(line)?.[1];
  return {
    kind: "error",
    side: sideOf(role[1] as string),
    errno,
    path: path === undefined ? null : pathOfMessage(path),
    line,
  };
}

function sideOf(role: string): Side {
  switch (role.toLowerCase()) {
    case "sender":
      return "host";
    case "receiver":
    case "generator":
      return "server";
    default:
      return "unknown";
  }
}

/** rsync writes unusual bytes as `\#ooo`; ours are `\xHH`, and a backslash of its own is doubled. */
export const pathOfMessage = (text: string): string =>
  text.replace(/\\#([0-3][0-7]{2})|\\/g, (_, octal: string | undefined) => {
    if (octal === undefined) return "\\\\";
    const byte = Number.parseInt(octal, 8);
    return byte === 0x0a
      ? "\\n"
      : byte === 0x0d
        ? "\\r"
        : byte === 0x09
          ? "\\t"
          : `\\x${byte.toString(16).padStart(2, "0")}`;
  });

const [ENOENT, ENOTDIR] = [2, 20];

/** For names that were there a moment ago: one that cannot be found is gone since, and no error. */
export const asGoneSince = (complaint: Complaint): Complaint =>
  complaint.kind === "error" &&
  complaint.side === "host" &&
  complaint.path !== null &&
  (complaint.errno === ENOENT || complaint.errno === ENOTDIR) &&
  complaint.line.includes("link_stat")
    ? { kind: "vanished", path: complaint.path }
    : complaint;

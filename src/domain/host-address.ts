// Names and addresses of hosts, and the few words that end up near ssh.
import { badInput } from "./problem.ts";

const NAME_MAX = 64;
const ADDRESS_MAX = 253;

/** A host's name is its identity and a folder's name, so it is plain: letters, digits, dot, dash, underscore. */
export function parseHostName(given: unknown): string {
  if (typeof given !== "string" || given === "") throw badInput("The host name", given ?? "", "is empty.");
  if (given.length > NAME_MAX)
    throw badInput("The host name", given, `is longer than ${NAME_MAX} characters.`);
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(given))
    throw badInput(
      "The host name",
      given,
      "must begin and end with a letter or digit, with letters, digits, dots, dashes and underscores between.",
    );
  return given;
}

/**
 * An IP address or a DNS name and nothing else.
 *
 * rsync reads a "host" with a slash as a path of this server, and ssh one with a leading dash as an option; neither
 * gets past here. Square brackets around an IPv6 address are accepted and taken off.
 */
export function parseAddress(given: unknown): string {
  const what = "The address";
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  if (given.length > ADDRESS_MAX) throw badInput(what, given, `is longer than ${ADDRESS_MAX} characters.`);
  const text = given.startsWith("[") && given.endsWith("]") ? given.slice(1, -1) : given;
  if (text.includes(":")) {
    if (isIpv6(text)) return text;
    throw badInput(what, given, "is not an IPv6 address. A port goes into --port, a user into --user.");
  }
  if (/^[\d.]+$/.test(text)) {
    if (isIpv4(text)) return text;
    throw badInput(what, given, "is not an IPv4 address.");
  }
  const labels = text.replace(/\.$/, "").split(".");
  if (!labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)))
    throw badInput(
      what,
      given,
      "is neither an IP address nor a host name (letters, digits, dashes and dots).",
    );
  return text;
}

const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) &&
  text.split(".").every((part) => Number(part) <= 255 && String(Number(part)) === part);

function isIpv6(text: string): boolean {
  const [address = "", zone, ...rest] = text.split("%");
  if (rest.length > 0 || (zone !== undefined && !/^[A-Za-z0-9._-]{1,15}$/.test(zone))) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const embedded = last.includes(".");
  if (embedded && !(address.endsWith(last) && isIpv4(last))) return false;
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

/** A login name as POSIX and OpenSSH accept it everywhere, also one of a directory service (`name@domain`). */
export function parseUser(given: unknown): string {
  if (typeof given !== "string" || given === "") throw badInput("The user", given ?? "", "is empty.");
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,63}(@[A-Za-z0-9][A-Za-z0-9.-]{0,63})?$/.test(given))
    throw badInput(
      "The user",
      given,
      "is not a login name (letters, digits, dot, dash, underscore; it begins with a letter).",
    );
  return given;
}

/** The rsync program on the host, with a `sudo` before it where needed. Only words that no shell reads anything into. */
export function parseRemoteRsync(given: unknown): string {
  const what = "The host's rsync";
  if (typeof given !== "string" || given.trim() === "") throw badInput(what, given ?? "", "is empty.");
  if (given.length > 200) throw badInput(what, given, "is longer than 200 characters.");
  if (!/^[A-Za-z0-9_./-]+( [A-Za-z0-9_./=:-]+)*$/.test(given) || given.startsWith("-"))
    throw badInput(what, given, 'may hold only plain words, such as "/usr/bin/rsync" or "sudo -n rsync".');
  return given;
}

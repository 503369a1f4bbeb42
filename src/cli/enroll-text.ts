// What enrolment says to a person.
import type { Enrolment, Trial } from "../actions/enroll.ts";
import type { Output } from "./output.ts";
import { instantText } from "./words.ts";

/** The line stands by itself, so that three clicks take it whole. */
export function invitationText(output: Output, { host, identity, line, isNew }: Enrolment): string {
  const { access, user, role, expiresAt } = identity;
  const key = `${role === "restore" ? "The key for restores onto" : "The key for"} ${host}: ${identity.fingerprint}`;
  const where = access === "user" ? `in a shell of ${user}` : "in a shell of root";
  return [
    `${key}${isNew ? ", made just now" : ""}.`,
    ...(expiresAt === null
      ? []
      : [`It is accepted until ${instantText(expiresAt)}, and may write whatever it likes.`]),
    `On ${host}, ${where}, paste this line (it may be pasted again):`,
    "",
    output.style("bold", line),
    "",
  ].join("\n");
}

export function enrolledText({ host, identity }: Enrolment, { formerUser }: Trial): string {
  if (identity.role === "restore")
    return `${host} accepts the key. Restores onto it use it until it expires, for example: pobsync restore ${host} --in-place --dry-run`;
  const former =
    formerUser === null
      ? ""
      : `\nUntil now they signed in as ${formerUser}. To take back what earlier lines of pobsync let in there, paste the line once more on ${host}: pobsync enroll ${host} --print`;
  return `${host} accepts the key, and backups use it from now on. Next: pobsync backup ${host}${former}`;
}

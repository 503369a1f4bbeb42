// What a restore cannot give back for want of rights, said before it begins.
import { Problem } from "./problem.ts";

/** Who writes, on this server (host null) or on another machine. */
export type RestoreWriter = { readonly isRoot: boolean } & (
  | { readonly host: null }
  | { readonly host: string; readonly user: string }
);

/** Only root may give files away; rsync says nothing when it could not. @param fakeSuper devices are in attributes */
export function ownerWarnings(writer: RestoreWriter, fakeSuper: boolean): Problem[] {
  if (writer.isRoot) return [];
  const who = writer.host === null ? "This user" : `${writer.user} on ${writer.host}`;
  // Of a snapshot that root made, such a user could not have read them in the first place.
  const devices = writer.host === null && fakeSuper ? " Devices and set-uid bits are left out." : "";
  const message = `${who} is not root, so everything restored belongs to that user.${devices}`;
  return [new Problem("owners_not_restored", message)];
}

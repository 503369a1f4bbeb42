// How a snapshot keeps what only root can give a file: its owner, devices, set-uid bits, attributes of the system's own.
//
// Root gives them. Anybody else has rsync put them into attributes of files that are all that user's own (`--fake-super`): a device
// or a symbolic link is a regular file in such a tree, and its owner, mode and kind are to be read from the attribute.
import type { Settings } from "./settings.ts";

const FAKE_SUPER = "--fake-super";

/** Whether a snapshot that is made now keeps it in attributes: not as root, or because the site wants it so. */
export const usesFakeSuper = ({ rsyncArgs }: Pick<Settings, "rsyncArgs">, isRoot: boolean): boolean =>
  !isRoot || rsyncArgs.includes(FAKE_SUPER);

/** What that comes to, behind the name of whoever runs pobsync. */
export const IN_ATTRIBUTES = "owners are kept in attributes of files (--fake-super)";

/** The settings with rsync's own word for it, which rsync never passes on to the host. */
export const withFakeSuper = <S extends Pick<Settings, "rsyncArgs">>(settings: S, fakeSuper: boolean): S =>
  // The last word counts: what is in attributes by our own decision is not to be undone by --super.
  fakeSuper
    ? {
        ...settings,
        rsyncArgs: [...settings.rsyncArgs.filter((option) => option !== FAKE_SUPER), FAKE_SUPER],
      }
    : settings;

/** The same where both sides of the transfer are here: only the one that writes. The other reads files as they are. */
export const onReceivingSide = (rsyncArgs: readonly string[]): string[] =>
  rsyncArgs.flatMap((option) => (option === FAKE_SUPER ? forOtherSide(FAKE_SUPER) : option));

/** Both sides being here, rsync 3.5 loses count of its lists when they come folder by folder and one side is told something else. */
const forOtherSide = (option: string): string[] => ["--no-inc-recursive", `-M${option}`];

/** How a restore reads such a tree. */
export type Decoding =
  /** It keeps nothing in attributes. */
  | "none"
  /** What is in attributes is given to what is restored, as far as whoever writes may do that. */
  | "given"
  /** It is put into attributes again. */
  | "kept";

/** rsync's words for a transfer that begins at such a tree. */
export function decodingArgs(decoding: Decoding, isHere: boolean, asRoot: boolean): string[] {
  if (decoding === "none") return [];
  if (decoding === "kept" || !isHere) return [FAKE_SUPER];
  // The other side is here as well and hears the same word, and another one after it. A set-uid bit of a file that belongs to
  // somebody else by now would let others act as that user.
  const there = asRoot ? forOtherSide("--super") : [...forOtherSide("--no-super"), "--chmod=ug-s"];
  return [FAKE_SUPER, ...there];
}

/** What a mode is on the file itself, whose owner always reads and writes it. */
export const modeOnDisk = (mode: number, isFolder: boolean): number =>
  (mode & 0o777) | (isFolder ? 0o700 : 0o600);

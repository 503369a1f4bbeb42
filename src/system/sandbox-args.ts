// The sandbox's command line, pure: a program that sees one host's folder and the system's programs, and nothing else.

/** Where the host's folder is inside: short, because rsync looks at every part of a path again and again. */
const SANDBOX_FOLDER = "/h";

/** Places of the file system's root that programs need; links on most systems, folders on others. */
export interface SystemPlace {
  readonly path: string;
  /** Where the link leads; null: it is a folder. */
  readonly link: string | null;
}

export interface SandboxRequest {
  /** The host's folder; all of it in one piece, because links are made between its snapshots. */
  readonly folder: string;
  readonly places: readonly SystemPlace[];
  /** The number of the open file with the filter of system calls. */
  readonly filterFd: number;
  readonly isRoot: boolean;
}

/** What a receiver needs that keeps owners, modes, devices and every attribute; see sandbox-filter.ts for the last. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP", "SYS_ADMIN"];

/**
 * SIGTERM reaches the whole process group, rsync included, which then puts its half-sent file aside; whatever holds the sandbox
 * together must outlive that. The text is constant; what runs is passed as words.
 */
const OUTLIVE_TERM = 'trap "" TERM; exec "$@"';

/** The words that start `argv` in a sandbox. It has no network, sees no other process, and ends with whoever started it. */
export const sandboxArgs = (
  { folder, places, filterFd, isRoot }: SandboxRequest,
  argv: readonly string[],
): string[] => [
  ...["/bin/sh", "-c", OUTLIVE_TERM, "pobsync-sandbox"],
  ...["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
  ...(isRoot ? ["--cap-drop", "ALL", ...CAPABILITIES.flatMap((name) => ["--cap-add", `CAP_${name}`])] : []),
  "--die-with-parent",
  ...["--ro-bind", "/usr", "/usr"],
  ...places.flatMap(({ path, link }) =>
    link === null ? ["--ro-bind", path, path] : ["--symlink", link, path],
  ),
  ...["--dev-bind", "/dev/null", "/dev/null"],
  ...["--bind", folder, SANDBOX_FOLDER, "--chdir", SANDBOX_FOLDER],
  ...["--remount-ro", "/", "--seccomp", String(filterFd)],
  "--",
  ...argv,
];

/** A path below the host's folder, as it is called inside. */
export function inSandbox(folder: string, path: string): string {
  if (path !== folder && !path.startsWith(`${folder}/`))
    throw new Error(`${path} is not below ${folder}, which is all that the sandbox shows.`);
  return SANDBOX_FOLDER + path.slice(folder.length);
}

/** What a program in the sandbox says of a path, in the words of those outside. */
export const outOfSandbox = (folder: string, line: string): string =>
  line.replaceAll(`"${SANDBOX_FOLDER}/`, `"${folder}/`);

/** Numbers of the open files that lead to the host and from it, inside the sandbox. */
const [TO_HOST, FROM_HOST] = [5, 6];

/**
 * What rsync takes for its remote shell inside: whatever it is asked to start, it only passes bytes on. It ends when the host's
 * side has, as ssh does.
 */
export const BRIDGE: readonly string[] = [
  ...["/bin/sh", "-c"],
  `exec 3<&0; cat <&3 >&${TO_HOST} ${FROM_HOST}<&- & exec cat <&${FROM_HOST} 3<&- ${TO_HOST}>&-`,
  "pobsync-bridge",
];

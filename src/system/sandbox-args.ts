// The sandbox's command line, pure: a program that sees a few folders and the system's programs, and nothing else.

/** A folder that is seen inside. Links between two of them cannot be made, nor a name moved from one to the other. */
export interface View {
  readonly folder: string;
  /** Where it is inside: one letter, because rsync looks at every part of a path again and again. */
  readonly at: `/${string}`;
  readonly isWritable: boolean;
}

/** Places of the file system's root that programs need; links on most systems, folders on others. */
export interface SystemPlace {
  readonly path: string;
  /** Where the link leads; null: it is a folder. */
  readonly link: string | null;
}

export interface SandboxRequest {
  /** The first one is where the program starts. */
  readonly views: readonly View[];
  readonly places: readonly SystemPlace[];
  /** The number of the open file with the filter of system calls. */
  readonly filterFd: number;
  readonly isRoot: boolean;
}

/** What a receiver needs that keeps owners, modes, devices and every attribute; see sandbox-filter.ts for the last. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP", "SYS_ADMIN"];

/**
 * SIGTERM reaches the whole process group, rsync included, which then puts its half-sent file aside; whatever holds the sandbox
 * together must outlive that. File 9 has nothing in it. The text is constant; what runs is passed as words.
 */
const OUTLIVE_TERM = 'trap "" TERM; exec "$@" 9</dev/null';

/** The words that start `argv` in a sandbox. It has no network, sees no other process, and ends with whoever started it. */
export const sandboxArgs = (
  { views, places, filterFd, isRoot }: SandboxRequest,
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
  // A shell opens it for what it starts in the background. The device itself has a mode that could be changed from inside.
  ...["--file", "9", "/dev/null"],
  ...views.flatMap(({ folder, at, isWritable }) => [isWritable ? "--bind" : "--ro-bind", folder, at]),
  ...["--chdir", views[0]?.at ?? "/"],
  ...["--remount-ro", "/", "--seccomp", String(filterFd)],
  "--",
  ...argv,
];

/** A path below one of the folders, as it is called inside. */
export function inSandbox(views: readonly View[], path: string): string {
  const view = views.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
  if (view === undefined) throw new Error(`${path} is not in what the sandbox shows.`);
  return view.at + path.slice(view.folder.length);
}

/** What a program in the sandbox says of a path, in the words of those outside. */
export const outOfSandbox = (views: readonly View[], line: string): string =>
  line.replace(/"(\/[^/"]+)\//g, (said, place: string) => {
    const view = views.find(({ at }) => at === place);
    return view === undefined ? said : `"${view.folder}/`;
  });

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

// The one line that an administrator pastes on a host, so that it accepts a key: a POSIX shell script, pure.
import type { Access, Identity } from "./identity.ts";
import { Problem } from "./problem.ts";

type Purpose = "backup" | "restore";

/** What the line is for; the fields are those of the identity. */
export interface Invitation extends Pick<Identity, "access" | "user" | "publicKey" | "expiresAt"> {
  readonly purpose: Purpose;
  /** Tells the keys for this host of this installation from all others: eight hexadecimal digits. */
  readonly mark: string;
  /** Accounts that may hold a key that this one replaces. */
  readonly formerUsers: readonly string[];
}

const say = (text: string): string => `echo "pobsync: ${text}" >&2`;
const orLeave = (test: string, text: string): string => `${test} || { ${say(text)}; exit 1; }`;

const ruleFile = (mark: string, purpose: Purpose): string => `/etc/sudoers.d/pobsync-${mark}-${purpose}`;

/** A shell of root that came by plain su has no sbin. sshd reads times in the zone of its machine, not in the shell's. */
const START = ["set -eu", "umask 077", "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin", "unset TZ"];

/** Where distributions put rrsync that don't install it: among rsync's documentation. */
const FIND_RRSYNC = [
  "r=$(command -v rrsync || true)",
  'if [ -z "$r" ]; then for f in /usr/share/doc/rsync*/scripts/rrsync /usr/share/doc/rsync*/support/rrsync; do ' +
    'if [ -f "$f" ]; then install -m 755 "$f" /usr/local/bin/rrsync; r=/usr/local/bin/rrsync; break; fi; done; fi',
  orLeave(
    '[ -n "$r" ]',
    "rrsync is missing here. Install rsync 3.2.7 or newer, or the package rsync-rrsync, and paste the line again",
  ),
  "export r",
];

const NEED_ROOT = orLeave('[ "$(id -u)" = 0 ]', "this needs root: paste it into a shell of root");

/**
 * One line for a shell on the host. It may be pasted again: what it wrote before gives way.
 *
 * Everything that is put into it is checked here once more, because whoever pastes it is root.
 */
export function hostScript(invitation: Invitation): string {
  const { access, user, purpose, mark, publicKey, formerUsers } = requirePlain(invitation);
  const isOwn = access === "user";
  return asOneLine([
    ...START,
    isOwn
      ? orLeave(
          `[ "$(id -un)" = ${user} ]`,
          `this is for the account ${user}: paste it into a shell of ${user}`,
        )
      : NEED_ROOT,
    ...(purpose === "backup" && access !== "full" ? FIND_RRSYNC : []),
    ...(access === "sudo" ? needAccount(user) : []),
    ...(purpose === "restore" ? expiry(invitation) : []),
    ...(access === "sudo" ? sudoRule(invitation) : []),
    ...asAccount(isOwn ? null : user, acceptKey(invitation)),
    ...(isOwn || purpose === "restore"
      ? []
      : formerUsers
          .filter((former) => former !== user)
          .flatMap((former) => ifThere(former, dropLines([lineOf(mark, purpose), publicKey])))),
    ...(purpose === "backup"
      ? [
          'echo "pobsync: this host accepts the key. Its own host keys, to compare:"',
          'for f in /etc/ssh/ssh_host_*_key.pub; do if [ -f "$f" ]; then ssh-keygen -lf "$f"; fi; done',
        ]
      : [`echo "pobsync: this host accepts the key until $(date -d @$e 2>/dev/null || date -r $e)"`]),
  ]);
}

/** The line that takes back what `hostScript` did, but for the accounts. */
export function removalScript(mark: string, users: readonly string[]): string {
  requireMark(mark);
  users.forEach(requireAccount);
  const patterns = [lineOf(mark, "backup"), lineOf(mark, "restore")];
  const rules = (["backup", "restore"] as const).map((purpose) => ruleFile(mark, purpose)).join(" ");
  return asOneLine([
    ...START,
    NEED_ROOT,
    ...users.flatMap((user) => ifThere(user, dropLines(patterns))),
    `rm -f ${rules}`,
    'echo "pobsync: this host accepts those keys no more"',
  ]);
}

const lineOf = (mark: string, purpose: Purpose): string => ` pobsync:${mark}:${purpose}$`;

/**
 * What happens in an account's home is done as that account: there it decides what is a link, and root must not follow.
 * Null: by whoever runs the line.
 */
function asAccount(user: string | null, steps: readonly string[]): string[] {
  if (user === null) return [`( ${steps.join("; ")} )`];
  // Started by sudo, HOME may still be that of a person.
  if (user === "root") return [`( ${["HOME=$(eval echo ~root)", ...steps].join("; ")} )`];
  const inner = ["set -eu", "umask 077", ...steps].join("; ").replace(/[\\"$`]/g, "\\$&");
  return [`su -s /bin/sh ${user} -c "${inner}"`];
}

const ifThere = (user: string, steps: readonly string[]): string[] => [
  `if id -u ${user} >/dev/null 2>&1; then ${asAccount(user, steps).join("; ")}; fi`,
];

/** A system account that nobody can sign in to with a password. `*` and not `!`, with which sshd takes it for locked. */
const needAccount = (user: string): string[] => [
  orLeave(
    "command -v sudo >/dev/null",
    "sudo is missing here. Install it, or let pobsync in as root: pobsync enroll HOST --as root",
  ),
  `if ! id -u ${user} >/dev/null 2>&1; then ` +
    `if command -v useradd >/dev/null; then useradd --system --create-home --shell /bin/sh ${user}; usermod -p "*" ${user}; ` +
    `else adduser -S -D -s /bin/sh ${user}; sed -i "s/^${user}:!/${user}:*/" /etc/shadow; fi; fi`,
];

/** As local time: only newer versions of sshd know a Z behind it. */
const expiry = ({ expiresAt }: Invitation): string[] => {
  const seconds = Math.floor((expiresAt?.getTime() ?? 0) / 1000);
  return [
    `e=${seconds}`,
    "x=$(date -d @$e +%Y%m%d%H%M%S 2>/dev/null || date -r $e +%Y%m%d%H%M%S)",
    "z=$(date -u -d @$e +%Y%m%d%H%M%SZ 2>/dev/null || date -u -r $e +%Y%m%d%H%M%SZ)",
    "export x",
  ];
};

function sudoRule({ user, purpose, mark }: Invitation): string[] {
  const lines =
    purpose === "backup"
      ? [
          `Defaults:${user} !requiretty`,
          `Defaults:${user} env_keep += \\"SSH_ORIGINAL_COMMAND\\"`,
          `${user} ALL=(root) NOPASSWD: $r -ro /`,
        ]
      : [`${user} ALL=(root) NOTAFTER=$z NOPASSWD: $(command -v rsync)`];
  const file = ruleFile(mark, purpose);
  return [
    // sudo ignores a file with a dot in its name, so that a half-written rule is none.
    `printf "%s\\n" ${lines.map((line) => `"${line}"`).join(" ")} > ${file}.new`,
    `chmod 440 ${file}.new`,
    orLeave(
      `visudo -cqf ${file}.new || { rm -f ${file}.new; false; }`,
      "sudo does not understand the rule (is it older than 1.8.20?); nothing was changed",
    ),
    `mv -f ${file}.new ${file}`,
  ];
}

/** The key's line in authorized_keys, in place of the one before it, and of one that let the same key do more. */
function acceptKey({ access, purpose, mark, publicKey }: Invitation): string[] {
  const line = `${keyOptions(access, purpose)} ${publicKey} ${lineOf(mark, purpose).slice(1, -1)}`;
  return [
    ...FILE,
    'mkdir -p "$d"',
    'chmod 700 "$d"',
    'touch "$f"',
    ...without([lineOf(mark, purpose), publicKey]),
    `echo "${line}" >> "$f.pobsync"`,
    ...TAKE_OVER,
  ];
}

/** Other people's lines stay as they are, whatever bytes are in them. */
const dropLines = (patterns: readonly string[]): string[] => [
  ...FILE,
  `if [ -f "$f" ]; then ${[...without(patterns), ...TAKE_OVER].join("; ")}; fi`,
];

const FILE = [
  'd="$HOME/.ssh"',
  'f="$d/authorized_keys"',
  orLeave(
    '[ ! -L "$d" ] && [ ! -L "$f" ]',
    "$d or its authorized_keys is a symbolic link; nothing was changed there",
  ),
];
const TAKE_OVER = [
  'chmod 600 "$f.pobsync"',
  'mv -f "$f.pobsync" "$f"',
  'if command -v restorecon >/dev/null; then restorecon -R "$d" || true; fi',
];

/** The last line may have no end. A base64 text has no sign that a pattern would take for anything else. */
const without = (patterns: readonly string[]): string[] => [
  'rm -f "$f.pobsync"',
  `LC_ALL=C sed ${patterns.map((pattern) => `-e "\\|${pattern.replace(/\$$/, "\\$")}|d"`).join(" ")} "$f" > "$f.pobsync"`,
  'if [ -n "$(tail -c 1 "$f.pobsync")" ]; then echo >> "$f.pobsync"; fi',
];

/** `restrict` takes everything; rrsync gives reading back. */
function keyOptions(access: Access, purpose: Purpose): string {
  if (purpose === "restore") return 'restrict,expiry-time=\\"$x\\"';
  switch (access) {
    case "sudo":
      return 'restrict,command=\\"sudo -n $r -ro /\\"';
    case "root":
    case "user":
      return 'restrict,command=\\"$r -ro /\\"';
    case "full":
      return "restrict";
    default:
      return access satisfies never;
  }
}

function asOneLine(steps: readonly string[]): string {
  const script = steps.join("; ");
  if (/['\n]/.test(script))
    throw new Problem("internal_error", "The line for the host would not be one word.");
  return `sh -c '${script}'`;
}

function requirePlain(invitation: Invitation): Invitation {
  [invitation.user, ...invitation.formerUsers].forEach(requireAccount);
  requireMark(invitation.mark);
  if (!/^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/.test(invitation.publicKey))
    throw new Problem("internal_error", "That is no public key.");
  return invitation;
}

function requireAccount(user: string): void {
  if (!/^[a-z_][a-z0-9_-]*$/.test(user)) throw new Problem("internal_error", `"${user}" is no account.`);
}

function requireMark(mark: string): void {
  if (!/^[0-9a-f]{8}$/.test(mark)) throw new Problem("internal_error", `"${mark}" is no mark.`);
}

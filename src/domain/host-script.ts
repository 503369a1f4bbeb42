// The one line that an administrator pastes on a host, so that it accepts a key: a POSIX shell script, pure.
import type { Access, Identity } from "./identity.ts";
import { Problem } from "./problem.ts";

/** What the line is for; the fields are those of the identity. */
export interface Invitation extends Pick<Identity, "access" | "user" | "publicKey" | "expiresAt"> {
  readonly purpose: "backup" | "restore";
  /** Tells the keys of this installation from those of others: eight hexadecimal digits. */
  readonly mark: string;
}

const say = (text: string): string => `echo "pobsync: ${text}" >&2`;
const orLeave = (test: string, text: string): string => `${test} || { ${say(text)}; exit 1; }`;

const comment = (mark: string, purpose: Invitation["purpose"]): string => `pobsync:${mark}:${purpose}`;
const ruleFile = (mark: string, purpose: Invitation["purpose"]): string =>
  `/etc/sudoers.d/pobsync-${mark}-${purpose}`;

/** Where distributions put rrsync that don't install it: among rsync's documentation. */
const FIND_RRSYNC = [
  "r=$(command -v rrsync || true)",
  'if [ -z "$r" ]; then for f in /usr/share/doc/rsync*/scripts/rrsync /usr/share/doc/rsync*/support/rrsync; do ' +
    'if [ -f "$f" ]; then install -m 755 "$f" /usr/local/bin/rrsync; r=/usr/local/bin/rrsync; break; fi; done; fi',
  orLeave(
    '[ -n "$r" ]',
    "rrsync is missing here. Install rsync 3.2.7 or newer, or the package rsync-rrsync, and paste the line again",
  ),
];

const NEED_ROOT = orLeave('[ "$(id -u)" = 0 ]', "this needs root: paste it into a shell of root");

const AS_HERE = { home: '"$HOME"', owner: null } as const;

/**
 * One line for a shell on the host. It may be pasted again: what it wrote before gives way.
 *
 * Everything that is put into it is checked here once more, because whoever pastes it is root.
 */
export function hostScript(invitation: Invitation): string {
  const { access, user, purpose } = requirePlain(invitation);
  const steps = [
    "set -eu",
    "umask 077",
    ...(access === "user"
      ? [
          orLeave(
            `[ "$(id -un)" = ${user} ]`,
            `this is for the account ${user}: paste it into a shell of ${user}`,
          ),
        ]
      : [NEED_ROOT]),
    ...(purpose === "backup" && access !== "full" ? FIND_RRSYNC : []),
    ...(access === "sudo" ? needAccount(user) : []),
    ...(purpose === "restore" ? expiry(invitation) : []),
    ...(access === "sudo" ? sudoRule(invitation) : []),
    ...acceptKey(invitation),
    ...(purpose === "backup"
      ? [
          'echo "pobsync: this host accepts the key. Its own host keys, to compare:"',
          'for f in /etc/ssh/ssh_host_*_key.pub; do if [ -f "$f" ]; then ssh-keygen -lf "$f"; fi; done',
        ]
      : [`echo "pobsync: this host accepts the key until $(date -d @$e 2>/dev/null || date -r $e)"`]),
  ];
  return asOneLine(steps);
}

/** The line that takes back what `hostScript` did, but for the account. */
export function removalScript(mark: string, users: readonly string[]): string {
  requireMark(mark);
  const keys = users.flatMap((user) => {
    requireAccount(user);
    return [
      `h=$(eval echo ~${user})`,
      `if [ -f "$h/.ssh/authorized_keys" ]; then sed -i "/ pobsync:${mark}:[a-z]*\\$/d" "$h/.ssh/authorized_keys"; fi`,
    ];
  });
  const rules = (["backup", "restore"] as const).map((purpose) => ruleFile(mark, purpose)).join(" ");
  return asOneLine([
    "set -eu",
    ...keys,
    `if [ "$(id -u)" = 0 ]; then rm -f ${rules}; fi`,
    'echo "pobsync: this host accepts those keys no more"',
  ]);
}

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

/** sshd reads the time in the zone of its machine; only newer ones know a Z behind it. */
const expiry = ({ expiresAt }: Invitation): string[] => {
  const seconds = Math.floor((expiresAt?.getTime() ?? 0) / 1000);
  return [
    `e=${seconds}`,
    "x=$(date -d @$e +%Y%m%d%H%M%S 2>/dev/null || date -r $e +%Y%m%d%H%M%S)",
    "z=$(date -u -d @$e +%Y%m%d%H%M%SZ 2>/dev/null || date -u -r $e +%Y%m%d%H%M%SZ)",
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
function acceptKey({ access, user, purpose, mark, publicKey }: Invitation): string[] {
  const { home, owner } = access === "user" ? AS_HERE : { home: `$(eval echo ~${user})`, owner: user };
  const name = comment(mark, purpose);
  return [
    `h=${home}`,
    orLeave(
      '[ ! -L "$h/.ssh" ] && [ ! -L "$h/.ssh/authorized_keys" ]',
      "$h/.ssh or its authorized_keys is a symbolic link; nothing was changed there",
    ),
    'mkdir -p "$h/.ssh"',
    'f="$h/.ssh/authorized_keys"',
    'touch "$f"',
    `{ grep -v -e " ${name}\\$" -e "${publicKey}" "$f" || true; echo "${keyOptions(access, purpose)} ${publicKey} ${name}"; } > "$f.pobsync"`,
    'chmod 600 "$f.pobsync"',
    'mv -f "$f.pobsync" "$f"',
    'chmod 700 "$h/.ssh"',
    // Not every distribution gives an account a group of its own name.
    ...(owner === null ? [] : [`chown ${owner}:$(id -g ${owner}) "$h/.ssh" "$f"`]),
    'if command -v restorecon >/dev/null; then restorecon -R "$h/.ssh"; fi',
  ];
}

/** `restrict` takes everything; rrsync gives reading back. */
function keyOptions(access: Access, purpose: Invitation["purpose"]): string {
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
  requireAccount(invitation.user);
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

// What a person, a script or an attacker may type where it does not belong: for each option, values to be refused.

const LONG = "x".repeat(10_000);
/** Refused everywhere: empty, invisible, or able to move a terminal's cursor. */
const NOWHERE = ["", "\n", "\u001b[31mred", "\u202egnp.exe", "\u0007"];
const NUMBERS = ["-1", "1.5", "NaN", "Infinity", "1e3", "0x10", "ten", " 5", "5 ", LONG, ...NOWHERE];
const DURATIONS = ["10", "-1s", "1.5h", "NaN", "1x", "s", "999999999999y", LONG, ...NOWHERE];
const SIZES = ["-1", "0", "1023", "1.5G", "NaN", "1e9", "10X", "G", "9999T", LONG, ...NOWHERE];
const SHELL = ["$(touch x)", "`touch x`", ";touch x", "|sh", "a&b", "a\ntouch x", ">x"];

const names = ["a b", "a/b", "../x", ".hidden", "é", "x".repeat(65), "a\nb", ...SHELL, ...NOWHERE];
const tags = ["a b", "a/b", "-x", ".x", "é", "x".repeat(33), "a,b", ...SHELL, ...NOWHERE];
const addresses = [
  ...[
    "root@web1",
    "web1:22",
    "a/b",
    "/etc",
    "..",
    "a..b",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "::g",
  ],
  ...[
    "1::2::3",
    "1:2:3:4:5:6:7::8",
    "fe80::1%a/b",
    "[::1",
    "exämple.org",
    "*",
    "a b",
    "-oProxyCommand=x",
    LONG,
    ...SHELL,
    ...NOWHERE,
  ],
];
const users = ["-l", "-oProxyCommand=x", "1root", "a b", "é", "a/b", "a@b@c", LONG, ...SHELL, ...NOWHERE];
const paths = [
  ...["relative", "~", "$HOME", "/a/../b", "/./a", "/..", "/a\nb", "/a\u001b", "/bad\\escape", "/nul\\x00"],
  ...[`/${"x".repeat(256)}`, `/${"x/".repeat(3000)}`, "-rf", "web1:/etc", LONG, ...NOWHERE],
];
const serverPaths = [...paths, "/new\\nline", "/not-utf-8\\xff"];
const patterns = ["a\nb", "\u001b[2J", "x".repeat(2001), LONG, "", "\n"];
const hooks = [
  "relative",
  "/a | b",
  "/a; b",
  "/a && b",
  "/a $(b)",
  "/a `b`",
  "/a > /b",
  "/a 'b",
  "/a\nb",
  "/a $HOME",
];
const rsyncOptions = [
  ...[
    "--inplace",
    "--append",
    "--trust-sender",
    "--old-args",
    "-e",
    "-e sh",
    "--rsh=sh",
    "--rsync-path=x",
    "-avz",
  ],
  ...[
    "--delete-excluded",
    "--remove-source-files",
    "--log-file=/etc/x",
    "--files-from=/etc/x",
    "--exclude=x",
    "x",
  ],
  ...[
    "--max-size",
    "--max-size=",
    "--max-size=$(touch x)",
    "--max-size=-1",
    "--compress=9",
    "--compress\n-e",
    LONG,
  ],
  ...[
    "--link-dest=/",
    "--temp-dir=/tmp",
    "--backup-dir=/tmp",
    "-K",
    "--write-devices",
    "--",
    "/etc",
    ...NOWHERE,
  ],
];

const times = [
  ...["8-18", "20:00", "20:00-20:00", "24:00-06:00", "08:60-09:00", "25:00-26:00", "mon", "day 08:00-18:00"],
  ...["mon--fri 08:00-18:00", "mon-tue-wed 08:00-18:00", "mon, fri 08:00-18:00", LONG, ...NOWHERE],
];

/** Options that both configure-global and configure-host have. */
const settings: Record<string, readonly string[]> = {
  "--identity-file": serverPaths,
  "--rsync-path": [
    "rsync;id",
    "-x",
    "rsync | cat",
    "a\nb",
    "é",
    "'rsync'",
    "a$(b)",
    "x".repeat(201),
    ...NOWHERE,
  ],
  "--include": patterns,
  "--exclude": patterns,
  "--bwlimit": ["fast", "-1", "1", "1023", "NaN", "1e9", "10X", "9".repeat(20), LONG, ...NOWHERE],
  "--bwlimit-at": [...times, "mon 08:00-18:00", "08:00-18:00=", "08:00-18:00=fast", "08:00-18:00=-1"],
  "--window": times,
  "--inc-recursive": ["yes", "AUTO", "1", LONG, ...NOWHERE],
  "--streams": ["0", "9", "-1", "2.5", "AUTO", "many", LONG, ...NOWHERE],
  "--btrfs-snapshots": ["on", "AUTO", "1", LONG, ...NOWHERE],
  "--rsync-arg": rsyncOptions,
  "--pre-hook": [...hooks, `/${LONG}`, ...NOWHERE],
  "--post-hook": hooks,
  "--hook-failure": ["maybe", "FAIL", LONG, ...NOWHERE],
  "--hook-timeout": [...DURATIONS, "0s", "8d"],
  "--stall-timeout": [...DURATIONS, "0s", "8d"],
  "--max-duration": [...DURATIONS, "0s", "15d"],
  "--max-shrink": ["-1", "101", "NaN", "1e1", "50%%", "many", LONG, ...NOWHERE],
  "--quota": SIZES,
  "--max-new": SIZES,
  "--max-file-size": SIZES,
  "--max-entries": [...NUMBERS, "0", "1000000001"],
  "--verify-within": [...DURATIONS, "23h"],
  "--drill-every": [...DURATIONS, "59m"],
  "--canary": ["", "relative", "/a/../b", `/${LONG}`],
  "--drill-command": [...hooks, `/${LONG}`, ...NOWHERE],
  "--drill-timeout": [...DURATIONS, "0s", "8d"],
  "--ping-url": [
    ...[
      "ftp://hc.example/x",
      "hc.example/x",
      "https://",
      "https://a b/c",
      "javascript:alert(1)",
      "file:///etc",
    ],
    ...["https://hc.example/(hidden)", `https://hc.example/${LONG}`, "https://hc.example/a\nb", ...NOWHERE],
  ],
  "--keep-last": [...NUMBERS, "100001"],
  "--keep-hourly": [...NUMBERS, "100001"],
  "--keep-daily": [...NUMBERS, "100001"],
  "--keep-weekly": [...NUMBERS, "100001"],
  "--keep-monthly": [...NUMBERS, "100001"],
  "--keep-yearly": [...NUMBERS, "100001"],
  "--keep-within": [...DURATIONS, "101y"],
  "--time-zone": ["Mars/Base", "CEST-7", "UTC\n", "../../etc/passwd", LONG, ...NOWHERE],
  "--unset": ["nothing", "__proto__", "constructor", "keep-daily", LONG, ...NOWHERE],
};

export const badHostNames: readonly string[] = names;

export const badForHosts: Readonly<Record<string, readonly string[]>> = {
  "--address": addresses,
  "--tag": tags,
  "--remove-tag": tags,
  "--transport": ["telnet", "SSH", "", "ssh\n"],
  "--user": users,
  "--port": [...NUMBERS, "0", "65536"],
  "--source": paths,
  "--trust-group": ["", "Web", "-web", "a b", "../web", "web\n", "é", "x".repeat(33), LONG, ...NOWHERE],
  ...settings,
};

export const badForSites: Readonly<Record<string, readonly string[]>> = {
  "--backup-root": [...serverPaths, "/", "//", "/proc", "/proc/x", "/sys/fs", "/dev/shm", "/run/x"],
  "--ssh-user": users,
  "--ssh-port": [...NUMBERS, "0", "65536"],
  "--max-parallel": [...NUMBERS, "0", "1001"],
  "--min-free": ["-1", "91", "100", "NaN", "1e1", "all", LONG, ...NOWHERE],
  "--sandbox": ["yes", "AUTO", "", "off\n"],
  "--host-keys": ["yes", "PIN", "", "pin\n"],
  ...settings,
};

export const badNumbers: readonly string[] = NUMBERS;

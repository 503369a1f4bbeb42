// A smaller sandbox, for where no namespaces can be made, as in most containers: Landlock, by which the kernel refuses a process all
// of the file system but a few folders. Pure: what is allowed in, the words of a program out.
//
// Perl asks the kernel for it, because Node cannot make system calls of its own, and perl-base is on every Debian and Ubuntu.
//
// Landlock says nothing of changing owner, mode, times or attributes of what can be named (landlock(7), "Current limitations"), so it
// keeps contents, keys and other hosts out of reach, and not the attributes. That is why `--sandbox required` means bubblewrap, and
// why rsync keeps its own guards against links here.
import type { View } from "./sandbox-args.ts";

/** Numbers of mknodat and prctl; those of Landlock are the same everywhere. Source: the kernel's unistd tables. */
const SYSTEM_CALLS: Readonly<Record<string, readonly [mknodat: number, prctl: number]>> = {
  x64: [259, 157],
  arm64: [33, 167],
};

/** What a receiver may have, by the kernel's numbers (linux/capability.h): see CAPABILITIES of the other sandbox. */
const KEPT_CAPABILITIES = [0, 1, 3, 4, 21, 27, 31];

/**
 * Words: numbers of system calls, kept capabilities, the folder to begin in, "try" or "run"; then for each place `r`, `w` or `x` and
 * its path, `--`, and the program.
 *
 * Version 3 of Landlock is the first that refuses to truncate. A device that a taken-over rsync made and could open would lead
 * past every folder, so the trial makes one and expects that it can't be opened: for the disk is mounted `nodev`, or the container
 * has no devices. File 4 has the list of refused system calls.
 */
const PROGRAM = `
use strict;
my ($mknodat, $prctl, $kept, $home, $mode, @words) = @ARGV;
sub fail { print STDERR "$_[0]\\n"; exit 125 }
my $version = syscall(444, 0, 0, 1);
fail("the kernel has no Landlock") if $version < 1;
fail("the kernel's Landlock is too old (version $version, at least 3 is needed)") if $version < 3;
my $all = $version >= 5 ? 0xffff : 0x7fff;
my $rules = pack("QQQ", $all, $version >= 4 ? 3 : 0, $version >= 6 ? 3 : 0);
my $set = syscall(444, $rules, $version >= 6 ? 24 : $version >= 4 ? 16 : 8, 0);
fail("Landlock is refused: $!") if $set < 0;
my %rights = (r => 0x0c, x => 0x0d, n => 0x06, w => $all & ~0x8001);
while (@words && $words[0] ne "--") {
  my ($how, $path) = splice(@words, 0, 2);
  sysopen(my $place, $path, 0x200000) or fail("$path: $!");
  syscall(445, $set, 1, my $rule = pack("Ql", $rights{$how}, fileno($place)), 0) == 0 or fail("$path: $!");
}
shift @words;
chdir($home) or fail("$home: $!");
my %keep = map { $_ => 1 } split(/,/, $kept);
for my $capability (0 .. 63) { syscall($prctl, 24, $capability, 0, 0, 0) unless $keep{$capability} }
syscall($prctl, 38, 1, 0, 0, 0) == 0 or fail("no_new_privs: $!");
syscall(446, $set, 0) == 0 or fail("Landlock is refused: $!");
if ($mode eq "try") {
  open(my $hosts, "<", "/etc/passwd") and fail("Landlock was asked for and keeps nobody out");
  my $device = ".pobsync-device-$$";
  if (syscall($mknodat, -100, $device, 060600, 0x700) == 0) {
    my $opened = sysopen(my $disk, $device, 0x800) || $!{ENXIO} || $!{ENODEV};
    unlink($device);
    fail("devices can be opened in $home: mount the backup disk nodev") if $opened;
  }
}
open(my $file, "<&=4") or fail("the list of system calls: $!");
binmode($file);
my $list = do { local $/; <$file> };
close($file);
syscall($prctl, 22, 2, my $filter = pack("Sx6P", length($list) / 8, $list), 0, 0) == 0 or fail("seccomp: $!");
exec { $words[0] } @words or fail("$words[0]: $!");
`;

export interface LandlockRequest {
  readonly arch: string;
  /** The first one is where the program starts. */
  readonly views: readonly View[];
  /** Folders with the system's programs. */
  readonly programs: readonly string[];
  /** Sees first that it keeps in what it must. */
  readonly isTrial: boolean;
}

/**
 * The words that start `argv` so. Only for machines that have a list of system calls to refuse. The program takes perl's place, so
 * that SIGTERM reaches it, and its group is ended, as without a sandbox.
 */
export function landlockArgs(
  { arch, views, programs, isTrial }: LandlockRequest,
  argv: readonly string[],
): string[] {
  const calls = SYSTEM_CALLS[arch];
  if (calls === undefined) throw new Error(`There are no numbers of system calls for ${arch}.`);
  return [
    ...["perl", "-MErrno", "-e", PROGRAM, ...calls.map(String), KEPT_CAPABILITIES.join(",")],
    ...[views[0]?.folder ?? "/", isTrial ? "try" : "run"],
    ...programs.flatMap((path) => ["x", path]),
    ...["n", "/dev/null"],
    ...views.flatMap(({ folder, isWritable }) => [isWritable ? "w" : "r", folder]),
    "--",
    ...argv,
  ];
}

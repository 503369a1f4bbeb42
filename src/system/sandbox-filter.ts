// The system calls that are refused inside the sandbox, as a filter for the kernel (seccomp). Pure: a machine in, bytes out.
//
// rsync must keep every attribute that a host has, also trusted.* and SELinux labels, and writing those takes CAP_SYS_ADMIN.
// The same capability would let it mount and leave its namespaces, so everything else that it allows is refused here.

/** Numbers of system calls on x86-64 and on arm64; null: it has none there. Source: the kernel's unistd tables. */
type Numbers = readonly [x64: number | null, arm64: number | null];

const REFUSED: Readonly<Record<string, Numbers>> = {
  // Another view of the file system, or of anything else
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  // A file by another way than its name
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  fanotify_init: [300, 262],
  // Out of the group that is killed together
  setsid: [112, 157],
  setpgid: [109, 154],
  // Other processes, other machines
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  kcmp: [312, 272],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  socket: [41, 198],
  // The file system and devices as a whole: freezing, trimming, resizing
  ioctl: [16, 29],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  // The machine as a whole
  reboot: [169, 142],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  adjtimex: [159, 171],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  syslog: [103, 116],
  vhangup: [153, 58],
  iopl: [172, null],
  ioperm: [173, null],
  modify_ldt: [154, null],
  personality: [135, 92],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  // Parts of the kernel that nothing in the sandbox needs
  bpf: [321, 280],
  perf_event_open: [298, 241],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
};

interface Machine {
  readonly column: 0 | 1;
  /** AUDIT_ARCH of linux/audit.h. */
  readonly architecture: number;
  readonly clone: number;
  readonly clone3: number;
  readonly madvise: number;
}

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: { column: 0, architecture: 0xc000003e, clone: 56, clone3: 435, madvise: 28 },
  arm64: { column: 1, architecture: 0xc00000b7, clone: 220, clone3: 435, madvise: 233 },
};

/** Instructions of classic BPF (linux/bpf_common.h). */
const [LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06];
/** Places in `struct seccomp_data`; of arguments the lower half, which comes first on both machines. */
const [NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT, THIRD_ARGUMENT_AT] = [0, 4, 16, 32];
const [ALLOW, KILL, REFUSE] = [0x7fff0000, 0x80000000, 0x00050000];
const [EPERM, ENOSYS] = [1, 38];
/** Every CLONE_NEW… flag that clone takes. */
const NEW_NAMESPACES = 0x7e020000;
/** Numbers from here on are those of x32, which would go round the list. */
const X32_FROM = 0x40000000;
/** MADV_HWPOISON and MADV_SOFT_OFFLINE take memory away from the machine. */
const HARMFUL_ADVICE = [100, 101];

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number];

const load = (at: number): Instruction => [LOAD, 0, 0, at];
const answer = (value: number): Instruction => [RETURN, 0, 0, value >>> 0];
/** The answer when the number is this one, else on. */
const answerTo = (number: number, value: number): Instruction[] => [
  [JUMP_EQUAL, 0, 1, number],
  answer(value),
];

/** The filter for a machine (`process.arch`), as `bwrap --seccomp` reads it; null where we have no list of numbers. */
export function sandboxFilter(arch: string): Buffer | null {
  const machine = MACHINES[arch];
  if (machine === undefined) return null;
  const refused = Object.values(REFUSED).flatMap((numbers) => numbers[machine.column] ?? []);
  const program: Instruction[] = [
    load(ARCHITECTURE_AT),
    [JUMP_EQUAL, 1, 0, machine.architecture],
    answer(KILL),
    load(NUMBER_AT),
    ...(machine.column === 0
      ? ([[JUMP_AT_LEAST, 0, 1, X32_FROM], answer(REFUSE | EPERM)] as Instruction[])
      : []),
    ...refused.flatMap((number) => answerTo(number, REFUSE | EPERM)),
    // Its flags lie in memory, where no filter can look; without it the C library takes the older clone.
    ...answerTo(machine.clone3, REFUSE | ENOSYS),
    [JUMP_EQUAL, 0, 4, machine.clone],
    load(FIRST_ARGUMENT_AT),
    [JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES],
    answer(REFUSE | EPERM),
    answer(ALLOW),
    [JUMP_EQUAL, 0, 1 + 2 * HARMFUL_ADVICE.length, machine.madvise],
    load(THIRD_ARGUMENT_AT),
    ...HARMFUL_ADVICE.flatMap((advice) => answerTo(advice, REFUSE | EPERM)),
    answer(ALLOW),
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [at, [code, whenTrue, whenFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(whenTrue, at * 8 + 2);
    bytes.writeUInt8(whenFalse, at * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, at * 8 + 4);
  }
  return bytes;
}

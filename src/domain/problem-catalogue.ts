// Everything that can go wrong and has a name. A code is stored, sent and documented: it never changes once released.
import { ALERT_PROBLEMS } from "./alert-problems.ts";
import { ANOMALY_PROBLEMS } from "./anomaly-problems.ts";
import { CHANNEL_PROBLEMS } from "./channel-problems.ts";
import { LIMIT_PROBLEMS } from "./limit-problems.ts";
import { PEOPLE_PROBLEMS } from "./people-problems.ts";
import {
  failed,
  hostAway,
  hostFailed,
  notSetUp,
  type ProblemKind,
  refused,
  transient,
  unknown,
} from "./problem-kind.ts";
import { PROOF_PROBLEMS } from "./proof-problems.ts";
import { RECEIVER_PROBLEMS } from "./receiver-problems.ts";

export type { ProblemKind };

export const PROBLEMS = {
  // Reaching the host
  host_unreachable: hostAway(
    "Check that the host is up, that its address is right and that no firewall drops its SSH port.",
  ),
  name_not_found: hostAway("Check the spelling of the address and this server's DNS, or use the IP address."),
  connection_refused: hostAway("Nothing listens on that port: start sshd on the host, or correct --port."),
  connection_lost: hostAway(
    "The network or the host went away during the work. What had arrived is used by the next attempt.",
  ),
  host_key_changed: hostFailed(
    "Compare the fingerprint with the one the host itself shows. If it is right: pobsync check-host HOST --accept-host-key FINGERPRINT",
  ),
  host_key_unconfirmed: hostFailed(
    "This site confirms host keys by hand. Compare the fingerprint, then: pobsync check-host HOST --accept-host-key FINGERPRINT",
  ),
  authentication_failed: hostFailed(
    "Put this server's public key into authorized_keys of that user, or correct --user and --identity-file (a key without a passphrase).",
  ),
  identity_file_unusable: failed(
    "Correct --identity-file: a private key without a passphrase, readable by this user and by nobody else (chmod 600).",
  ),
  agent_unusable: failed("Install ssh-agent and ssh-add on this server: apt install openssh-client"),
  identity_sealed: failed(
    "Bring back the secret key of this server's state folder, or make a new key: pobsync enroll HOST --rotate",
  ),
  restore_not_granted: hostFailed(
    "Let the host accept a key that may write, for a few hours: pobsync enroll HOST --restore. Or restore to a folder here: --to DIR",
  ),
  remote_rsync_missing: hostFailed(
    "Install rsync on the host (apt install rsync), or name it with --rsync-path.",
  ),
  remote_rsync_refused: hostFailed(
    "The account may not start this rsync there: check the sudo rule, the forced command in authorized_keys, or --rsync-path.",
  ),
  unexpected_remote_output: hostFailed(
    "Something on the host prints text when a command is started over ssh, often .bashrc. Make it silent for non-interactive shells.",
  ),
  unsafe_remote: hostFailed(
    "The host sent names that nobody asked for. Treat it as compromised until you know better; nothing was kept.",
  ),
  hook_failed: hostFailed(
    "Run the hook on the host by hand and mend it, or let backups go on without it: --hook-failure warn",
  ),
  // What the host has
  source_missing: hostFailed(
    "Correct the host's sources (pobsync configure-host HOST --source PATH), or mount what is missing there.",
  ),
  source_empty: hostFailed(
    "Is a disk not mounted there? If it is meant to be empty: pobsync backup HOST --accept-empty",
  ),
  source_is_link: hostFailed(
    "Name the folder that the link points to; rsync would save only the link itself.",
  ),
  files_unreadable: hostFailed("Give the backup user the right to read them, or exclude them."),
  files_vanished: hostFailed(
    "That is normal on a busy host. Exclude what comes and goes if it bothers you; everything else is in the snapshot.",
  ),
  ...ANOMALY_PROBLEMS,
  links_failed: failed(
    "Files that did not change were copied instead of shared with the last snapshot. Check the file system's limit of hard links.",
  ),
  // This server
  ...LIMIT_PROBLEMS,
  ...CHANNEL_PROBLEMS,
  server_disk_full: transient(
    "Free space on the backup disk: pobsync snapshots shows what is there; a larger disk or a shorter retention helps.",
    507,
  ),
  server_inodes_full: transient(
    "The backup disk has no inodes left: remove snapshots, or use a file system with more inodes (xfs).",
    507,
  ),
  root_not_mounted: transient(
    "Mount the backup disk. If this really is a new, empty backup root: pobsync configure-global --backup-root PATH",
  ),
  server_write_failed: failed(
    "Look at the backup disk (dmesg, permissions, mount options): this server could not write what arrived.",
  ),
  rsync_missing: failed("Install rsync and the ssh client on this server: apt install rsync openssh-client"),
  ...RECEIVER_PROBLEMS,
  rsync_refused: failed(
    "rsync did not accept the request. Check --rsync-arg, and the versions of rsync on both ends (pobsync check-host HOST).",
  ),
  host_busy: {
    hint: "Wait for it, or look at it: pobsync runs HOST",
    retryable: true,
    exitCode: 4,
    httpStatus: 409,
  },
  no_progress: hostAway(
    "Nothing moved for the whole stall timeout (--stall-timeout). Check the host's disk and the network.",
  ),
  interrupted: {
    hint: "Start it again: what had arrived is reused.",
    retryable: true,
    exitCode: 130,
    httpStatus: 503,
  },
  worker_lost: transient(
    "The process that did the work ended without a word (killed, power cut). What had arrived is reused by the next backup.",
  ),
  lease_lost: failed(
    "This process was stopped for longer than its lease, and another one took over. Nothing it did is kept.",
  ),
  cancelled: failed("Somebody cancelled it. Start it again when it is wanted.", 409),
  pruning_held: failed(
    "Nothing should be removed before somebody has looked: mend the backup, or the clock, first.",
    409,
  ),
  prune_failed: failed(
    "What could not be removed is tried again by the next prune. Look at the detail below.",
  ),
  too_many_to_delete: failed(
    "Look at the plan (pobsync retention HOST). If it is right, allow more with --max-delete, or leave that out.",
    409,
  ),
  not_our_snapshot: failed(
    "Something else lies where the snapshot should be. Look at it, move it away, then: pobsync discover-snapshots --host HOST",
  ),
  not_in_trash: unknown(
    "pobsync snapshots HOST shows what is in the trash; without --trash-keep removed snapshots are gone at once.",
  ),
  snapshots_missing: failed(
    "Somebody removed them by hand, or another disk is mounted. When they are really gone: pobsync discover-snapshots --host HOST",
  ),
  content_damaged: failed(
    "The disk or its memory has changed what was stored. Look at the disk (smartctl, dmesg), then mend what can be mended: pobsync verify HOST --damaged --repair",
  ),
  content_repaired: failed(
    "Something changed what was stored, and may do so again: look at the disk and its memory (smartctl, dmesg).",
  ),
  content_unreadable: failed(
    "Parts of the backup disk could not be read. Look at it (dmesg, smartctl), then try to write them anew: pobsync verify HOST --repair",
  ),
  catalog_unusable: failed(
    "Nothing is lost: it is made anew from the snapshots. If that fails as well, look at the backup disk.",
  ),
  output_lost: failed(
    "Free space where the output goes, or send it elsewhere. What the command itself did is done; nothing of that is lost.",
  ),
  unknown_kind_of_run: failed("Bring the workers to the version of the program that queued it."),
  snapshot_removing: refused(
    "While it lies whole in the trash it can be brought back: pobsync restore-from-trash HOST SNAPSHOT",
  ),
  run_not_open: refused("Only a queued or running one can be cancelled: pobsync show-run ID"),
  run_not_over: refused("Only a run that has ended can be tried again: pobsync show-run ID"),
  transfer_failed: failed("Read the detail below and the run's log: pobsync show-run ID"),
  // Restoring
  restore_refused_by_host: hostFailed(
    "The key or the account that backups use may only read there. Restore to a folder here (--to DIR) and fetch it from the host, or let the host start rsync as it is for that key, for as long as the restore takes.",
  ),
  restore_target_full: failed(
    "Free space there, or restore to another folder. What was restored so far stays; the same command goes on from it.",
    507,
  ),
  restore_target_unwritable: failed(
    "Is it mounted read-only, does another user own it, is it protected (lsattr)? Or restore to another folder: --to DIR",
  ),
  restore_blocked: refused(
    "Move away what stands there, or add --delete, which removes it together with everything else that the snapshot has not.",
  ),
  restore_incomplete: failed(
    "Everything else was restored. Read the detail below and the run's log: pobsync show-run ID",
  ),
  restore_differs: failed(
    "Something changed it meanwhile, or the target cannot hold it as it was. The detail names what differs.",
  ),
  owners_not_restored: failed(
    "Restore as root: only root may make files that belong to somebody else. Contents, modes and times are as they were.",
  ),
  // What was asked for
  bad_input: refused("Nothing was changed. Correct it and try again; --help shows an example.", 400),
  no_policy: refused(
    "Say what to keep: pobsync configure-host HOST --keep-daily 7 --keep-weekly 4 --keep-monthly 12 (or once for all hosts: pobsync configure-global).",
  ),
  host_elsewhere: refused(
    "Do it on that server. A backup can also be queued from here, for its worker: pobsync backup HOST --queue",
  ),
  host_disabled: refused("Enable it first: pobsync configure-host HOST --enable"),
  not_found: unknown("List what there is: pobsync hosts, pobsync runs, pobsync snapshots"),
  confirmation_needed: refused("Nothing was changed. Say --yes when you mean it."),
  ...PEOPLE_PROBLEMS,
  ...ALERT_PROBLEMS,
  ...PROOF_PROBLEMS,
  // This installation
  not_configured: notSetUp("Choose where backups live: pobsync configure-global --backup-root PATH"),
  database_missing: notSetUp("Create it: pobsync migrate"),
  database_not_migrated: notSetUp("Bring it up to date: pobsync migrate"),
  database_newer: notSetUp(
    "Install the newer version of pobsync again; an older one must not write into this database.",
  ),
  database_unavailable: {
    hint: "Check that the database runs and that POBSYNC_DATABASE_URL is right.",
    retryable: true,
    exitCode: 6,
    httpStatus: 503,
  },
  database_not_empty: refused(
    "Nothing was changed. Load it into an empty one: name another place in POBSYNC_DATABASE_URL.",
  ),
  dump_damaged: refused(
    "Nothing was changed. Fetch it again from where it was made, or make it anew: pobsync dumpdata --output FILE",
  ),
  dump_newer: refused(
    "Nothing was changed. Load it with the version of pobsync that made it, or a later one.",
  ),
  dump_unfit: refused(
    "Nothing was changed. The detail says what the database refused: correct that row where the dump was made, then make it anew.",
  ),
  bad_environment: notSetUp("Correct the environment variable."),
  cannot_listen: notSetUp("Stop the other program, or take another port: pobsync serve --port 8001"),
  nobody_works: failed(
    "Start both in one process: pobsync up. Or each by itself: pobsync scheduler --loop, pobsync worker --loop",
  ),
  database_copy_old: failed(
    "See what the worker says when it makes one, and make one by hand meanwhile: pobsync dumpdata --output FILE",
  ),
  internal_error: failed("This is a bug in pobsync. Please report it with the detail below."),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

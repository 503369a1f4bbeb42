// All commands, with the sentence that --help shows. Each is loaded only when it is called.
import type { DefineCommand } from "./command.ts";

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ define: DefineCommand }>;
}

export const COMMANDS: readonly CommandEntry[] = [
  { name: "status", summary: "health of everything, worst first", load: () => import("./status.ts") },
  {
    name: "alerts",
    summary: "what somebody should look at, and who was told",
    load: () => import("./alerts.ts"),
  },
  {
    name: "acknowledge",
    summary: "say that somebody has seen an alert",
    load: () => import("./acknowledge.ts"),
  },
  {
    name: "acknowledge-anomaly",
    summary: "say that somebody has seen what looks odd on a host",
    load: () => import("./acknowledge-anomaly.ts"),
  },
  {
    name: "dismiss-anomaly",
    summary: "say that what looks odd on a host is as it should be",
    load: () => import("./dismiss-anomaly.ts"),
  },
  { name: "why", summary: "why a host is not backed up, or why a run waits", load: () => import("./why.ts") },
  { name: "backup", summary: "back a host up now", load: () => import("./backup.ts") },
  { name: "hosts", summary: "list the hosts with their health", load: () => import("./hosts.ts") },
  {
    name: "show-host",
    summary: "one host: effective settings and where each comes from",
    load: () => import("./show-host.ts"),
  },
  {
    name: "check-host",
    summary: "probe a host: every step, what failed, how to mend it",
    load: () => import("./check-host.ts"),
  },
  {
    name: "enroll",
    summary: "make a key for a host, and the line that lets it in there",
    load: () => import("./enroll.ts"),
  },
  { name: "configure-host", summary: "create or change a host", load: () => import("./configure-host.ts") },
  { name: "remove-host", summary: "remove a host", load: () => import("./remove-host.ts") },
  { name: "snapshots", summary: "list snapshots", load: () => import("./snapshots.ts") },
  { name: "ls", summary: "list a folder as it was in a snapshot", load: () => import("./ls.ts") },
  {
    name: "find",
    summary: "find names in all snapshots, also what is deleted by now",
    load: () => import("./find.ts"),
  },
  {
    name: "versions",
    summary: "all that ever lay at a path",
    load: () => import("./versions.ts"),
  },
  {
    name: "diff",
    summary: "what was added, removed and changed between two snapshots",
    load: () => import("./diff.ts"),
  },
  { name: "cat", summary: "print a file as it was in a snapshot", load: () => import("./cat.ts") },
  { name: "pin", summary: "keep a snapshot, whatever the rules say", load: () => import("./pin.ts") },
  { name: "unpin", summary: "leave a snapshot to the rules again", load: () => import("./unpin.ts") },
  {
    name: "schedule",
    summary: "create, change, switch off or remove a schedule",
    load: () => import("./schedule.ts"),
  },
  {
    name: "schedules",
    summary: "all schedules with their next due times",
    load: () => import("./schedules.ts"),
  },
  { name: "up", summary: "console, scheduler and worker in one process", load: () => import("./up.ts") },
  { name: "serve", summary: "the console alone", load: () => import("./serve.ts") },
  { name: "worker", summary: "execute queued runs", load: () => import("./worker.ts") },
  { name: "scheduler", summary: "queue what is due", load: () => import("./scheduler.ts") },
  {
    name: "retention",
    summary: "which snapshots would stay, each with its reasons, and which would go",
    load: () => import("./retention.ts"),
  },
  {
    name: "empty-trash",
    summary: "delete for good what was removed and can still be brought back",
    load: () => import("./empty-trash.ts"),
  },
  {
    name: "restore",
    summary: "bring files back, to a folder here, to a host, or to where they were",
    load: () => import("./restore.ts"),
  },
  {
    name: "restore-from-trash",
    summary: "bring back a snapshot that was removed",
    load: () => import("./restore-from-trash.ts"),
  },
  {
    name: "discover-snapshots",
    summary: "look at the disk: record what lies there, and take over another tool's history",
    load: () => import("./discover-snapshots.ts"),
  },
  { name: "space", summary: "what takes the room on the backup disk", load: () => import("./space.ts") },
  {
    name: "verify",
    summary: "read what is stored again, and compare it with the hosts' checksums",
    load: () => import("./verify.ts"),
  },
  {
    name: "drill",
    summary: "restore a random sample and compare it with what was stored",
    load: () => import("./drill.ts"),
  },
  {
    name: "proof",
    summary: "last success, last drill and what was read again, host by host",
    load: () => import("./proof.ts"),
  },
  {
    name: "report",
    summary: "a report to print and sign: hosts, failures, verification and drills",
    load: () => import("./report.ts"),
  },
  { name: "runs", summary: "the queue and the history", load: () => import("./runs.ts") },
  {
    name: "show-run",
    summary: "one run: progress, counters, problem, warnings",
    load: () => import("./show-run.ts"),
  },
  { name: "cancel", summary: "end a run that waits or is under way", load: () => import("./cancel.ts") },
  { name: "retry", summary: "try again what failed, as a new run", load: () => import("./retry.ts") },
  {
    name: "forget-runs",
    summary: "let old runs leave the history",
    load: () => import("./forget-runs.ts"),
  },
  {
    name: "configure-global",
    summary: "create, change or show the global configuration",
    load: () => import("./configure-global.ts"),
  },
  {
    name: "import-configs",
    summary: "take over the predecessor's YAML",
    load: () => import("./import-configs.ts"),
  },
  {
    name: "export-configs",
    summary: "write the configuration as the predecessor's YAML",
    load: () => import("./export-configs.ts"),
  },
  {
    name: "createsuperuser",
    summary: "make an account for the console",
    load: () => import("./createsuperuser.ts"),
  },
  { name: "users", summary: "who may sign in to the console", load: () => import("./users.ts") },
  {
    name: "set-password",
    summary: "give somebody a new password",
    load: () => import("./set-password.ts"),
  },
  { name: "remove-user", summary: "take an account away", load: () => import("./remove-user.ts") },
  { name: "channels", summary: "where messages go", load: () => import("./channels.ts") },
  {
    name: "configure-channel",
    summary: "make or change a channel for messages: e-mail, webhook, ntfy and others",
    load: () => import("./configure-channel.ts"),
  },
  {
    name: "remove-channel",
    summary: "take a channel away",
    load: () => import("./remove-channel.ts"),
  },
  { name: "notify", summary: "send a test, or words of your own", load: () => import("./notify.ts") },
  { name: "audit", summary: "who did what, newest first", load: () => import("./audit.ts") },
  {
    name: "doctor",
    summary: "what is wrong with this installation, and what repairs it",
    load: () => import("./doctor.ts"),
  },
  {
    name: "metrics",
    summary: "numbers about hosts, queue and backup root, as Prometheus reads them",
    load: () => import("./metrics.ts"),
  },
  {
    name: "healthcheck",
    summary: "whether web, scheduler or worker of this machine are alive",
    load: () => import("./healthcheck.ts"),
  },
  {
    name: "migrate",
    summary: "create the database or bring it up to date",
    load: () => import("./migrate.ts"),
  },
  {
    name: "dumpdata",
    summary: "write the whole database as lines of JSON, for another one",
    load: () => import("./dumpdata.ts"),
  },
  {
    name: "loaddata",
    summary: "fill an empty database with such a dump",
    load: () => import("./loaddata.ts"),
  },
  {
    name: "manage",
    summary: "the original management commands by their names",
    load: () => import("./manage-help.ts"),
  },
];

// Every metric that there is. docs/metrics.md lists them from here, and rules and dashboard may name no others.
import type { MetricKind } from "./metric.ts";

const metric = (help: string, ...labels: readonly string[]): MetricKind => ({ help, labels });

/** How long ago a file may have been read again to count as proved. */
export const PROVED_DAYS = 90;

export const METRICS = {
  pobsync_build_info: metric("Always 1; the label says which version answers.", "version"),
  pobsync_database_schema_version: metric("Number of the newest migration that the database has seen."),

  pobsync_hosts: metric("Hosts by their health.", "health"),
  pobsync_host_info: metric(
    "Always 1; the label node is the backup server that keeps the host.",
    "host",
    "node",
  ),
  pobsync_host_health: metric("1 for the health that the host has, 0 for the others.", "host", "health"),
  pobsync_host_last_success_timestamp_seconds: metric(
    "When the newest snapshot was finished. Missing while there is none.",
    "host",
  ),
  pobsync_host_last_success_duration_seconds: metric("How long the newest snapshot took to be made.", "host"),
  pobsync_host_last_success_files: metric("Entries in the newest snapshot.", "host"),
  pobsync_host_last_success_bytes: metric("Bytes of the files in the newest snapshot.", "host"),
  pobsync_host_last_success_new_bytes: metric("Bytes that were new in the newest snapshot.", "host"),
  pobsync_host_last_backup_timestamp_seconds: metric(
    "When the newest backup run ended, however it ended.",
    "host",
  ),
  pobsync_host_last_backup_duration_seconds: metric(
    "How long the newest backup run that has ended took.",
    "host",
  ),
  pobsync_host_last_backup_status: metric(
    "1 for the status with which the newest backup run ended, 0 for the others.",
    "host",
    "status",
  ),
  pobsync_host_overdue_schedules: metric(
    "Schedules of which a due time has passed by more than the grace without a success after it.",
    "host",
  ),
  pobsync_host_snapshots: metric("Complete snapshots.", "host"),
  pobsync_host_missing_snapshots: metric("Snapshots on record that are not on the disk.", "host"),
  pobsync_host_open_anomalies: metric(
    "Snapshots that looked suspicious and that nobody has judged yet.",
    "host",
  ),
  pobsync_host_verified_ratio: metric(
    `Share of the bytes of its snapshots that lie in one that was read again as a whole within ${PROVED_DAYS} days, from 0 to 1.`,
    "host",
  ),

  pobsync_schedules: metric("Schedules that are switched on, of hosts that are, too."),
  pobsync_queued_runs: metric("Runs that wait in the queue.", "kind"),
  pobsync_queue_wait_seconds: metric(
    "How long the run that waits longest has been waiting since its time came, also for a window or a disabled host; 0 when none waits.",
    "kind",
  ),
  pobsync_running_runs: metric("Runs that are being executed.", "kind"),
  pobsync_runs: metric(
    "Runs in the history that have ended. It falls when old runs are forgotten.",
    "kind",
    "status",
  ),
  pobsync_workers: metric("Workers that are alive.", "node"),
  pobsync_schedulers: metric("Schedulers that are alive.", "node"),

  pobsync_root_ready: metric("1 when the backup root is the right one and can be used, else 0.", "node"),
  pobsync_root_free_bytes: metric("Bytes that are free on the backup root.", "node"),
  pobsync_root_size_bytes: metric("Bytes that the backup root has.", "node"),
  pobsync_root_free_inodes: metric("Inodes that are free. Missing where they are made as needed.", "node"),
  pobsync_root_inodes: metric("Inodes that there are. Missing where they are made as needed.", "node"),
  pobsync_root_reserved_ratio: metric(
    "Share that stays free: with less no backup begins, from 0 to 1.",
    "node",
  ),
  pobsync_root_growth_bytes_per_second: metric(
    "What the last 30 days brought, on average; below 0 when more was given back. Missing without a past.",
    "node",
  ),
  pobsync_root_full_timestamp_seconds: metric(
    "When no backup can begin any more if it goes on like that; +Inf when not within ten years. Missing without a past.",
    "node",
  ),
} as const satisfies Readonly<Record<string, MetricKind>>;

export type MetricName = keyof typeof METRICS;

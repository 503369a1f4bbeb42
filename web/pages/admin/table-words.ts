// The tables of the database in words, and where in the console their rows are changed.

export const TABLE_WORDS: Readonly<Record<string, string>> = {
  settings: "the global configuration, in one row",
  hosts: "machines that are backed up",
  schedules: "when hosts are due",
  runs: "the queue and the history",
  run_leases: "which worker holds which run, and until when",
  host_locks: "which run owns which host",
  snapshots: "snapshots, with those that were removed",
  snapshot_holds: "snapshots that a run reads, so that none of them is pruned meanwhile",
  workers: "workers and schedulers that have been heard of",
  pings: "where pings of the site and of hosts go",
  users: "who may sign in",
  sessions: "who is signed in",
  api_tokens: "what scripts sign in with",
  audit_entries: "who did what",
  login_throttles: "failed attempts to sign in",
};

interface Place {
  readonly to: string;
  readonly label: string;
}

export const EDITED_WHERE: Readonly<Record<string, Place>> = {
  settings: { to: "/settings", label: "Settings" },
  hosts: { to: "/hosts", label: "Hosts" },
  schedules: { to: "/schedules", label: "Schedules" },
  runs: { to: "/runs", label: "Runs" },
  snapshots: { to: "/snapshots", label: "Snapshots" },
  users: { to: "/admin/people", label: "People" },
  api_tokens: { to: "/admin/tokens", label: "Tokens" },
  audit_entries: { to: "/admin/audit", label: "Audit" },
};

// What calls of the API answer, by name.
import type { client } from "./client.ts";

export type RunDetail = Awaited<ReturnType<typeof client.runs.get>>;
export type HostDetail = Awaited<ReturnType<typeof client.hosts.get>>;
export type SnapshotDetail = Awaited<ReturnType<typeof client.snapshots.get>>;
export type Entry = Awaited<ReturnType<typeof client.files.list>>["items"][number];
export type Plan = Awaited<ReturnType<typeof client.hosts.retention>>;
export type Schedule = Awaited<ReturnType<typeof client.schedules.list>>["items"][number];
export type Settings = Awaited<ReturnType<typeof client.site.settings>>;

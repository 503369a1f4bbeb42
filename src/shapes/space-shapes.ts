// Room on the disk.
import type { HostSpace } from "../actions/look-at-space.ts";
import type { HostSpaceJson, SpaceJson } from "../contract/types.ts";
import type { SkippedHost } from "../domain/history.ts";

export const hostSpaceJson = ({ snapshots, ...host }: HostSpace): HostSpaceJson => ({
  ...host,
  snapshots: snapshots.map(({ record, ...space }) => ({
    ...space,
    startedAt: record.startedAt.toISOString(),
  })),
});

export const spaceJson = (hosts: readonly HostSpace[], skipped: readonly SkippedHost[] = []): SpaceJson => ({
  items: hosts.map(hostSpaceJson),
  next: null,
  skipped: skipped.map(({ host, problem }) => ({ host, problem: { ...problem } })),
});

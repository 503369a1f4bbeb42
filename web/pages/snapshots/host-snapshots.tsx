// The snapshots of one host, in its page.
import { Stack } from "@mantine/core";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { SnapshotList } from "./snapshot-list.tsx";

export function HostSnapshots({ host }: { host: string }) {
  return (
    <Stack gap="md">
      <SnapshotList host={host} />
      <CommandLine command={`pobsync snapshots ${shellWord(host)}`} />
    </Stack>
  );
}

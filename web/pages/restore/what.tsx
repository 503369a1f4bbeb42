// First: from which snapshot, and what of it.
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { FolderOpen } from "lucide-react";
import { SnapshotSelect } from "../../parts/snapshot-select.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import type { Wish } from "./wish.ts";

export function What({
  wish,
  change,
  next,
}: {
  wish: Wish;
  change: (part: Partial<Wish>) => void;
  next: () => void;
}) {
  const { host, snapshot, path } = wish;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      <Stack gap="md" mt="md" maw={680}>
        <SnapshotSelect
          label="From the snapshot"
          host={host}
          value={snapshot}
          withLatest
          onChange={(name) => change({ snapshot: name })}
        />
        <TextInput
          label="What"
          description="An absolute path as it is on the host; / is everything."
          required
          spellCheck={false}
          value={path}
          onChange={(event) => change({ path: event.currentTarget.value })}
        />
        <Group>
          <Button type="submit" disabled={!path.startsWith("/")}>
            Go on
          </Button>
          <ButtonLink
            to="/hosts/$host/files"
            params={{ host }}
            search={{ snapshot, path } as never}
            variant="default"
            leftSection={<FolderOpen size={16} aria-hidden />}
          >
            Choose by browsing
          </ButtonLink>
        </Group>
      </Stack>
    </form>
  );
}

// What the snapshot changed against the one before.
import { Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { RunDetail } from "../../api/types.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { countText, numberText, sizeText } from "../../parts/words.ts";

export function Changes({ run }: { run: Omit<RunDetail, "waiting"> }) {
  const { changes, snapshot, base, host } = run;
  if (run.kind !== "backup" || snapshot === null || changes === null) return null;
  return (
    <Stack gap="sm" component="section" aria-labelledby="changes">
      <Title order={2} fz={18} id="changes">
        What changed
      </Title>
      <Paper withBorder p="sm" radius="md">
        <Group gap="xs" mb="xs">
          <Badge color="teal" variant="light" tt="none">
            {numberText(changes.added)} added
          </Badge>
          <Badge color="blue" variant="light" tt="none">
            {numberText(changes.changed)} changed
          </Badge>
          <Badge color="orange" variant="light" tt="none">
            {numberText(changes.removed)} removed
          </Badge>
          <Text size="sm" c="dimmed">
            {sizeText(changes.bytes)} in what came or changed
          </Text>
        </Group>
        {changes.largest.length === 0 ? null : (
          <DataTable
            label={`The ${countText(changes.largest.length, "largest file")} that came or changed`}
            rows={changes.largest}
            rowKey={({ path }) => path}
            columns={[
              {
                key: "path",
                title: "Largest of them",
                cell: ({ path }) => (
                  <TextLink
                    to="/hosts/$host/files"
                    params={{ host }}
                    search={{ snapshot, path: parentOf(path) } as never}
                    className="verbatim"
                    size="sm"
                  >
                    {path}
                  </TextLink>
                ),
              },
              { key: "change", title: "", cell: ({ change }) => change, from: "xs", isShort: true },
              { key: "size", title: "Size", align: "right", cell: ({ size }) => sizeText(size) },
            ]}
          />
        )}
        {base === null ? null : (
          <TextLink
            to="/hosts/$host/diff"
            params={{ host }}
            search={{ from: base, to: snapshot } as never}
            size="sm"
          >
            Compare with the snapshot before
          </TextLink>
        )}
      </Paper>
    </Stack>
  );
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

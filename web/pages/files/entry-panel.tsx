// One entry: what it is, all its versions, and the way to get it back.
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download, RotateCcw } from "lucide-react";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { Entry } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { downloadUrl, nameOf } from "../../parts/path-words.ts";
import { QueryView } from "../../parts/query-view.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import { countText, momentText, sizeText } from "../../parts/words.ts";
import { Versions } from "./versions.tsx";

const VERSIONS_SHOWN = 200;

export function EntryPanel({
  host,
  snapshot,
  entry,
  go,
}: {
  host: string;
  snapshot: string;
  entry: Entry;
  /** To another snapshot, at the same place. */
  go: (snapshot: string) => void;
}) {
  const may = useMay("operator");
  const { path, type } = entry;
  const versions = useQuery(
    query.files.versions.queryOptions({ input: { host, path, limit: VERSIONS_SHOWN } }),
  );
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="md">
        <Title order={2} fz={17} className="breakable">
          {nameOf(path)}
        </Title>
        <FactList
          label="About the entry"
          facts={[
            { name: "Path", value: <span className="verbatim">{path}</span> },
            { name: "Type", value: type },
            { name: "Leads to", value: entry.target },
            { name: "Size", value: type === "file" ? `${sizeText(entry.size)} (${entry.size} bytes)` : null },
            { name: "Modified", value: entry.mtime === null ? null : momentText(entry.mtime) },
            { name: "Mode, owner", value: `${entry.mode}, ${entry.uid}:${entry.gid}` },
            {
              name: "Checksum",
              value:
                entry.checksum === null ? null : (
                  <span className="verbatim">
                    {entry.checksum.algorithm} {entry.checksum.value}
                  </span>
                ),
            },
          ]}
        />
        {may ? (
          <Group gap="xs">
            {type === "file" ? (
              <Button
                component="a"
                href={downloadUrl(host, { snapshot, path, format: "raw" })}
                download
                size="xs"
                leftSection={<Download size={14} aria-hidden />}
              >
                Download
              </Button>
            ) : type === "directory" ? (
              <Button
                component="a"
                href={downloadUrl(host, { snapshot, path, format: "tar" })}
                download
                size="xs"
                leftSection={<Download size={14} aria-hidden />}
              >
                Download as tar
              </Button>
            ) : null}
            <ButtonLink
              to="/hosts/$host/restore"
              params={{ host }}
              search={{ snapshot, path } as never}
              size="xs"
              variant="default"
              leftSection={<RotateCcw size={14} aria-hidden />}
            >
              Restore …
            </ButtonLink>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            Downloading and restoring take the role operator.
          </Text>
        )}
        <Stack gap="xs" component="section" aria-labelledby="versions">
          <Title order={3} fz={15} id="versions">
            {versions.data === undefined
              ? "Versions"
              : `${countText(versions.data.items.length, "version")}${versions.data.next === null ? "" : " and more"}`}
          </Title>
          <QueryView query={versions}>
            {({ items }) => <Versions host={host} path={path} items={items} go={go} />}
          </QueryView>
        </Stack>
        <CommandLine command={`pobsync versions ${shellWord(`${host}:${path}`)}`} />
      </Stack>
    </Paper>
  );
}

// The report for whoever has to sign for the backups, to download.
import { Anchor, Group, Text } from "@mantine/core";

const FORMATS = [
  ["pdf", "PDF"],
  ["html", "HTML"],
] as const;

export function Report() {
  return (
    <Group gap="xs">
      <Text size="sm">Report of the last 30 days:</Text>
      {FORMATS.map(([format, words]) => (
        <Anchor key={format} href={`/api/report?format=${format}`} size="sm" download>
          {words}
        </Anchor>
      ))}
    </Group>
  );
}

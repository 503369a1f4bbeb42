// How full the backup disk is.
import { Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { ProblemView } from "../../parts/problem-view.tsx";
import { sizeText } from "../../parts/words.ts";
import type { SiteStatus } from "./verdict.tsx";

const [TIGHT, FULL] = [80, 92];

export function Disk({ disk, root }: Pick<SiteStatus, "disk" | "root">) {
  const problem = root?.problem ?? null;
  if (problem !== null) return <ProblemView problem={problem} title="The backup disk" />;
  if (disk === null || disk.totalBytes === 0) return null;
  const used = 100 * (1 - disk.freeBytes / disk.totalBytes);
  return (
    <Stack gap="sm" component="section" aria-labelledby="disk">
      <Title order={2} fz={18} id="disk">
        Backup disk
      </Title>
      <Paper withBorder p="md" radius="md">
        <Progress
          value={used}
          size="lg"
          color={used > FULL ? "red" : used > TIGHT ? "yellow" : "teal"}
          aria-label={`${Math.round(used)} % of the backup disk are used`}
        />
        <Text size="sm" mt="xs" className="numbers">
          {sizeText(disk.freeBytes)} of {sizeText(disk.totalBytes)} free ({Math.round(100 - used)} %)
        </Text>
        <Text size="xs" c="dimmed" className="verbatim">
          {disk.backupRoot}
        </Text>
      </Paper>
    </Stack>
  );
}

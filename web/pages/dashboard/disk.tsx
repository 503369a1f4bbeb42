// How full the backup disk is, and when it will be full.
import { Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { useNodes } from "../../parts/use-nodes.ts";
import { useNow } from "../../parts/use-now.ts";
import { agoText, countText, sizeText } from "../../parts/words.ts";
import type { SiteStatus } from "./verdict.tsx";

const [TIGHT, FULL] = [80, 92];

export function Disk({ disk, root }: Pick<SiteStatus, "disk" | "root">) {
  const { isSpread, here } = useNodes();
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
        <Forecast />
        <Text size="xs" c="dimmed" className="verbatim" mt={4}>
          {disk.backupRoot}
          {isSpread ? ` on ${here}` : null}
        </Text>
      </Paper>
    </Stack>
  );
}

/** Weeks decide, so it need not be asked for often. */
const ASKED_ANEW_MS = 300_000;
const SOON_MS = 30 * 86_400_000;

function Forecast() {
  const { data } = useQuery({ ...query.site.forecast.queryOptions(), staleTime: ASKED_ANEW_MS });
  const now = useNow();
  const forecast = data?.forecast ?? null;
  if (forecast === null) return null;
  const { fullAt, bytesPerDay, days } = forecast;
  const pace = `${sizeText(Math.abs(bytesPerDay))} ${bytesPerDay < 0 ? "fewer" : "more"} a day in the last ${countText(days, "day")}`;
  if (fullAt === null)
    return (
      <Text size="sm" c="dimmed">
        {pace}: not full within ten years
      </Text>
    );
  const isSoon = Date.parse(fullAt) - now < SOON_MS;
  return (
    <Text size="sm" {...(isSoon ? { fw: 600 } : { c: "dimmed" })}>
      Full {agoText(fullAt, now)}, at {pace}
    </Text>
  );
}

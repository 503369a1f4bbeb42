// What looks odd on a host, and a person's word about it: seen, or as it should be.
import { Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Eye } from "lucide-react";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { HostDetail } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { tellDone } from "../../parts/told.tsx";

type Anomaly = NonNullable<HostDetail["anomaly"]>;
type Verdict = NonNullable<Anomaly["verdict"]>;

const DONE: { readonly [V in Verdict["verdict"]]: string } = {
  acknowledged: "Nobody is reminded of it any more. Pruning stays held.",
  dismissed: "All that is there now is as it should be.",
};

export function AnomalyBox({ host, anomaly }: { host: string; anomaly: Anomaly }) {
  const may = useMay("operator");
  const { snapshot, message, holdsPruning, verdict } = anomaly;
  return (
    <Stack gap="sm" component="section" aria-labelledby="anomaly">
      <Title order={2} fz={18} id="anomaly">
        Is this as it should be?
      </Title>
      <Paper withBorder p="sm" radius="md">
        <Stack gap="sm">
          {holdsPruning ? null : (
            <Text size="sm" className="breakable">
              {message}
            </Text>
          )}
          {snapshot === null ? null : (
            <Text size="sm">
              <TextLink to="/snapshots/$host/$snapshot" params={{ host, snapshot }} size="sm">
                See the snapshot, and what changed
              </TextLink>
            </Text>
          )}
          {verdict === null ? null : (
            <Text size="sm" className="breakable">
              {verdict.by ?? "Somebody"} has {verdict.verdict} it (<Moment at={verdict.at} />
              ): {verdict.reason}
            </Text>
          )}
          {may ? <Word host={host} holdsPruning={holdsPruning} /> : null}
        </Stack>
      </Paper>
    </Stack>
  );
}

function Word({ host, holdsPruning }: { host: string; holdsPruning: boolean }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<Verdict["verdict"] | null>(null);
  const given = reason.trim();
  const say = async (verdict: Verdict["verdict"]): Promise<void> => {
    setBusy(verdict);
    setError(null);
    try {
      await client.hosts.judgeAnomaly({ host, verdict, reason: given });
      setReason("");
      await Promise.all(
        [query.hosts.key(), query.snapshots.key(), query.alerts.key()].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
      tellDone(DONE[verdict]);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(null);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void say("acknowledged");
      }}
    >
      <Stack gap="xs">
        <TextInput
          label="What have you found out?"
          placeholder="the archive was moved to another server"
          description="It is kept with the snapshot and in the audit."
          required
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button
            type="submit"
            size="xs"
            variant="default"
            leftSection={<Eye size={14} aria-hidden />}
            loading={busy === "acknowledged"}
            disabled={given === "" || busy !== null}
          >
            {holdsPruning ? "Acknowledge: pruning stays held" : "Acknowledge"}
          </Button>
          <Button
            size="xs"
            leftSection={<Check size={14} aria-hidden />}
            loading={busy === "dismissed"}
            disabled={given === "" || busy !== null}
            onClick={() => void say("dismissed")}
          >
            {holdsPruning ? "Dismiss: all is right, prune again" : "Dismiss: all is right"}
          </Button>
        </Group>
        {error === null ? null : <ProblemView error={error} />}
        <CommandLine
          command={`pobsync dismiss-anomaly ${shellWord(host)} --reason ${shellWord(given || "WHY")}`}
        />
      </Stack>
    </form>
  );
}

// A pin: a reason of a person's to keep a snapshot, whatever the rules say.
import { Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Pin } from "lucide-react";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { SnapshotDetail } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { tellDone } from "../../parts/told.tsx";

export function PinBox({ snapshot }: { snapshot: SnapshotDetail }) {
  const may = useMay("operator");
  const queries = useQueryClient();
  const { host, name, pin } = snapshot;
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
      await queries.invalidateQueries({ queryKey: query.snapshots.key() });
      tellDone(done);
      setReason("");
      setUntil("");
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm" component="section" aria-labelledby="pin">
      <Title order={2} fz={18} id="pin">
        Pin
      </Title>
      <Paper withBorder p="sm" radius="md">
        {pin !== null ? (
          <Stack gap="xs">
            <Text size="sm" className="breakable">
              Kept{" "}
              {pin.until === null ? (
                "for ever"
              ) : (
                <>
                  until <Moment at={pin.until} as="date" />
                </>
              )}
              : {pin.reason}
              {pin.by === null ? "" : ` (${pin.by})`}
            </Text>
            {may ? (
              <Group>
                <Button
                  size="xs"
                  variant="default"
                  loading={isBusy}
                  onClick={() =>
                    void act(
                      () => client.snapshots.unpin({ host, snapshot: name }),
                      "It is left to the rules again.",
                    )
                  }
                >
                  Unpin
                </Button>
              </Group>
            ) : null}
          </Stack>
        ) : may ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void act(
                () =>
                  client.snapshots.pin({
                    ...{ host, snapshot: name, reason: reason.trim() },
                    ...(until.trim() === "" ? {} : { until: until.trim() }),
                  }),
                "It is kept, whatever the rules say.",
              );
            }}
          >
            <Stack gap="xs">
              <TextInput
                label="Why keep it?"
                placeholder="before the migration"
                required
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <TextInput
                label="Until"
                description="A day such as 2027-01-31, or a duration such as 90d; left empty: for ever."
                value={until}
                onChange={(event) => setUntil(event.currentTarget.value)}
              />
              <Group>
                <Button type="submit" size="xs" leftSection={<Pin size={14} aria-hidden />} loading={isBusy}>
                  Pin
                </Button>
              </Group>
            </Stack>
          </form>
        ) : (
          <Text size="sm">Not pinned.</Text>
        )}
        {error === null ? null : <ProblemView error={error} />}
      </Paper>
      <CommandLine
        command={
          pin === null
            ? `pobsync pin ${shellWord(host)} ${name} --reason ${shellWord(reason.trim() || "WHY")}`
            : `pobsync unpin ${shellWord(host)} ${name}`
        }
      />
    </Stack>
  );
}

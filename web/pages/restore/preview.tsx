// Third: what it would do, as a worker has found out, and the word that starts it.
import { Alert, Button, Code, Group, Paper, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { CancelButton, isOpen } from "../../parts/run-actions.tsx";
import { RunProgress } from "../../parts/run-progress.tsx";
import { RunLink } from "../../parts/text-link.tsx";
import { numberText, sizeText } from "../../parts/words.ts";
import { type Found, foundOf } from "./found.ts";
import { type Wish, wishCommand } from "./wish.ts";

const ASK_EVERY_MS = 1500;

export function Preview({
  wish,
  run: id,
  back,
  again,
  restore,
}: {
  wish: Wish;
  run: number;
  back: () => void;
  again: () => void;
  restore: (yes: boolean) => Promise<void>;
}) {
  const run = useQuery({
    ...query.runs.get.queryOptions({ input: { id } }),
    refetchInterval: ({ state }) => (state.data !== undefined && !isOpen(state.data) ? false : ASK_EVERY_MS),
  });
  return (
    <Stack gap="md" mt="md">
      <QueryView query={run} rows={4}>
        {(data) =>
          isOpen(data) ? (
            <Paper withBorder p="md" radius="md" aria-busy="true">
              <Stack gap="sm">
                <Group justify="space-between">
                  <Text size="sm" role="status">
                    {data.status === "queued" ? "Waits for a worker …" : "Looking at what it would do …"}
                  </Text>
                  <CancelButton run={data} />
                </Group>
                {data.status === "running" ? <RunProgress run={data} /> : null}
              </Stack>
            </Paper>
          ) : data.problem !== null ? (
            <Stack gap="sm">
              <ProblemView problem={data.problem} again={again} />
              <Text size="sm">
                <RunLink id={id}>See the run</RunLink>
              </Text>
              <Group>
                <Button variant="default" onClick={back}>
                  Back
                </Button>
              </Group>
            </Stack>
          ) : (
            <Decision wish={wish} found={foundOf(data.result)} back={back} restore={restore} />
          )
        }
      </QueryView>
    </Stack>
  );
}

function Decision({
  wish,
  found,
  back,
  restore,
}: {
  wish: Wish;
  found: Found;
  back: () => void;
  restore: (yes: boolean) => Promise<void>;
}) {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const harms = found.consent !== null;
  const isNothing = found.created + found.overwritten + found.deleted === 0;
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await restore(harms);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Count name="would be created" value={found.created} names={found.names.created} />
        <Count name="would be overwritten" value={found.overwritten} names={found.names.overwritten} />
        <Count name="would be deleted" value={found.deleted} names={found.names.deleted} />
        <Count name="are as they should be" value={found.unchanged} names={[]} />
      </SimpleGrid>
      <Text size="sm">
        {sizeText(found.bytes)} would be written to <Code className="verbatim">{found.place}</Code>.
      </Text>
      {harms ? (
        <Alert
          color="yellow"
          icon={<TriangleAlert size={18} aria-hidden />}
          title="Something that exists would change"
        >
          <Text size="sm">{found.consent}</Text>
          <TextInput
            mt="sm"
            label={
              <>
                Type <b className="verbatim">{wish.host}</b> to confirm
              </>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Alert>
      ) : null}
      {isNothing ? <Text size="sm">There is nothing to do: all of it is as in the snapshot.</Text> : null}
      {error === null ? null : <ProblemView error={error} />}
      <Group>
        <Button variant="default" onClick={back}>
          Back
        </Button>
        <Button
          onClick={() => void go()}
          loading={isBusy}
          disabled={isNothing || (harms && typed !== wish.host)}
          color={harms ? "red" : undefined}
        >
          Restore
        </Button>
      </Group>
      <CommandLine command={`${wishCommand(wish)}${harms ? " --yes" : ""}`} />
    </Stack>
  );
}

const NAMES_SHOWN = 8;

function Count({ name, value, names }: { name: string; value: number; names: readonly string[] }) {
  return (
    <Paper withBorder p="sm" radius="md">
      <Text fz={22} fw={650} className="numbers">
        {numberText(value)}
      </Text>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      {names.slice(0, NAMES_SHOWN).map((path) => (
        <Text key={path} size="xs" className="verbatim">
          {path}
        </Text>
      ))}
      {value > NAMES_SHOWN && names.length > 0 ? <Text size="xs">…</Text> : null}
    </Paper>
  );
}

// What a run came to that makes no snapshot: removed, restored, read again, found.
import { Code, List, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import type { RunDetail } from "../../api/types.ts";
import { FactList } from "../../parts/fact-list.tsx";
import { countText, numberText, sizeText } from "../../parts/words.ts";
import { Damaged } from "./damaged.tsx";
import { Drilled } from "./drilled.tsx";

export function Outcome({ run }: { run: RunDetail }) {
  const { result } = run;
  if (result === null) return null;
  const content = contentOf(run.kind, result);
  if (content === null) return null;
  return (
    <Stack gap="sm" component="section" aria-labelledby="outcome">
      <Title order={2} fz={18} id="outcome">
        What came of it
      </Title>
      <Paper withBorder p="sm" radius="md">
        {content}
      </Paper>
    </Stack>
  );
}

type Result = NonNullable<RunDetail["result"]>;

const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const record = (value: unknown): Result =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Result) : {};

function contentOf(kind: RunDetail["kind"], result: Result): ReactNode {
  switch (kind) {
    case "verify":
      return <Verified result={result} />;
    case "restore":
      return <Restored result={result} />;
    case "drill":
      return <Drilled result={result} />;
    case "discover":
      return <Discovered result={result} />;
    case "backup":
    case "prune":
      return <Pruned result={result} />;
    default:
      return kind satisfies never;
  }
}

function Pruned({ result }: { result: Result }) {
  const gone = [...names(result.removed), ...names(result.trashed)];
  if (gone.length === 0) return <Text size="sm">No snapshot had to go.</Text>;
  return (
    <Stack gap="xs">
      <Text size="sm">
        {countText(gone.length, "snapshot")} removed, {sizeText(number(result.freedBytes))} freed.
      </Text>
      <NameList names={gone} />
    </Stack>
  );
}

function NameList({ names: shown }: { names: readonly string[] }) {
  return (
    <List size="sm" spacing={2}>
      {shown.map((name) => (
        <List.Item key={name}>
          <Code className="verbatim">{name}</Code>
        </List.Item>
      ))}
    </List>
  );
}

function Verified({ result }: { result: Result }) {
  return (
    <Stack gap="sm">
      <FactList
        label="What was read"
        facts={[
          { name: "Stored files read", value: numberText(number(result.checked)) },
          { name: "Bytes read", value: sizeText(number(result.bytes)) },
        ]}
      />
      <Damaged result={result} />
    </Stack>
  );
}

function Restored({ result }: { result: Result }) {
  const preview = record(result.preview);
  const target = record(result.target);
  const checked = record(result.checked);
  return (
    <FactList
      label="What was restored"
      facts={[
        {
          name: "To",
          value: [target.host, target.path].filter((part) => typeof part === "string").join(": "),
        },
        { name: "From the snapshot", value: typeof result.snapshot === "string" ? result.snapshot : null },
        { name: "Created", value: numberText(number(preview.created)) },
        { name: "Overwritten", value: numberText(number(preview.overwritten)) },
        { name: "Deleted", value: numberText(number(preview.deleted)) },
        { name: "Unchanged", value: numberText(number(preview.unchanged)) },
        { name: "Written", value: sizeText(number(preview.bytes)) },
        {
          name: "Compared afterwards",
          value: result.checked == null ? null : countText(number(checked.differences), "difference"),
        },
      ]}
    />
  );
}

function Discovered({ result }: { result: Result }) {
  const recorded = names(result.recorded);
  const missing = names(result.missing);
  return (
    <Stack gap="xs">
      <FactList
        label="What was found"
        facts={[
          { name: "Snapshots on disk", value: numberText(number(result.found)) },
          { name: "Newly recorded", value: numberText(recorded.length) },
          { name: "Missing", value: numberText(missing.length) },
          { name: "Returned", value: names(result.returned).length || null },
        ]}
      />
      {recorded.length === 0 ? null : <NameList names={recorded} />}
      {missing.length === 0 ? null : (
        <>
          <Text size="sm" fw={600}>
            Missing on disk
          </Text>
          <NameList names={missing} />
        </>
      )}
    </Stack>
  );
}

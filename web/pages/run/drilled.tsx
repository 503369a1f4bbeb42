// What a restore drill has tried, and what did not come back as it was stored.
import { Stack, Text } from "@mantine/core";
import { DataTable } from "../../parts/data-table.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { countText, numberText, sizeText } from "../../parts/words.ts";

type Fields = Record<string, unknown>;

const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value : []);

const FAULTS: Readonly<Record<string, string>> = {
  "not-in-snapshot": "not in the snapshot",
  missing: "missing",
  unreadable: "could not be read",
  damaged: "other content",
  "wrong-type": "other type",
  "wrong-size": "other size",
  "wrong-owner": "other owner",
  "wrong-mode": "other permissions",
  "wrong-time": "other time",
  "wrong-target": "points elsewhere",
};

function commandWords({ command }: Fields): string | null {
  if (typeof command !== "object" || command === null) return null;
  const { exitCode, timedOut } = command as Fields;
  if (exitCode === 0) return "went well";
  return timedOut === true ? "did not end in time" : `ended with exit code ${exitCode ?? "unknown"}`;
}

export function Drilled({ result }: { result: Fields }) {
  const findings = list(result.findings);
  return (
    <Stack gap="sm">
      <FactList
        label="What was tried"
        facts={[
          { name: "From the snapshot", value: text(result.snapshot) },
          { name: "Picked at random", value: countText(number(result.sampled), "file") },
          { name: "Canaries", value: numberText(number(result.canaries)) },
          { name: "Restored", value: sizeText(number(result.bytes)) },
          { name: "Too large for a drill", value: number(result.passedOver) || null },
          { name: "Without a checksum", value: number(result.withoutChecksum) || null },
          { name: "Command that checks it", value: commandWords(result) },
          { name: "Seed", value: text(result.seed) },
        ]}
      />
      {findings.length === 0 ? (
        <Text size="sm">All of it came back as it was stored.</Text>
      ) : (
        <DataTable
          label="What did not come back as it was stored"
          rows={findings}
          rowKey={({ path, fault }) => `${text(fault)} ${text(path)}`}
          columns={[
            {
              key: "path",
              title: "File",
              cell: ({ path }) => <span className="verbatim">{text(path)}</span>,
            },
            { key: "fault", title: "State", cell: ({ fault }) => FAULTS[text(fault)] ?? text(fault) },
            {
              key: "expected",
              title: "Should be",
              cell: ({ expected }) => <span className="verbatim">{text(expected) || "–"}</span>,
              from: "sm",
            },
            {
              key: "found",
              title: "Came back",
              cell: ({ found }) => <span className="verbatim">{text(found) || "–"}</span>,
              from: "sm",
            },
          ]}
        />
      )}
    </Stack>
  );
}

// Entries of the audit, newest first: a click on a name or an action shows only what is like that.
import { Box, Group, Table, Text, UnstyledButton } from "@mantine/core";
import type { AuditEntryJson } from "../../../src/contract/types.ts";
import { Moment } from "../../parts/moment.tsx";
import classes from "./audit.module.css";
import { AuditDetail } from "./audit-detail.tsx";
import { Subject } from "./subject.tsx";

type Filter = (changes: Record<string, string>) => void;

export function AuditList({ entries, filter }: { entries: readonly AuditEntryJson[]; filter: Filter }) {
  return (
    <Table verticalSpacing="xs" aria-label="Audit" className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={220} visibleFrom="sm">
            <Text span fz="xs" fw={600} c="dimmed">
              When and who
            </Text>
          </Table.Th>
          <Table.Th>
            <Text span fz="xs" fw={600} c="dimmed">
              What
            </Text>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id}>
            <Table.Td visibleFrom="sm">
              <Who entry={entry} filter={filter} />
            </Table.Td>
            <Table.Td>
              <Group gap={6} align="baseline">
                <FilterWord
                  word={entry.action}
                  hint={`Only ${entry.action}`}
                  onClick={() => filter({ action: entry.action })}
                  isBold
                />
                <Subject entry={entry} />
              </Group>
              <AuditDetail action={entry.action} detail={entry.detail} />
              <Box hiddenFrom="sm" mt={4}>
                <Who entry={entry} filter={filter} />
              </Box>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const KINDS: Record<AuditEntryJson["actor"]["kind"], string> = {
  user: "in the console",
  token: "with a token",
  cli: "on the command line",
  system: "by itself",
};

function Who({ entry, filter }: { entry: AuditEntryJson; filter: Filter }) {
  const { name, kind, address } = entry.actor;
  return (
    <>
      <Text size="sm" component="div">
        <Moment at={entry.at} as="date" />
      </Text>
      {name === null ? (
        <Text size="sm" c="dimmed">
          {kind === "system" ? "pobsync" : "nobody who is known"}
        </Text>
      ) : (
        <FilterWord word={name} hint={`Only what ${name} did`} onClick={() => filter({ actor: name })} />
      )}
      <Text size="xs" c="dimmed">
        {KINDS[kind]}
        {address === null ? "" : `, from ${address}`}
      </Text>
    </>
  );
}

function FilterWord({
  word,
  hint,
  onClick,
  isBold = false,
}: {
  word: string;
  hint: string;
  onClick: () => void;
  isBold?: boolean;
}) {
  return (
    <UnstyledButton onClick={onClick} title={hint} className={classes.word}>
      <Text span size="sm" fw={isBold ? 600 : 500} className="breakable">
        {word}
      </Text>
    </UnstyledButton>
  );
}

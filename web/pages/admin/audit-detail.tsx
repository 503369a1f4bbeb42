// What an entry of the audit says in detail: changes one under the other, facts in a row.
import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { AuditEntryJson } from "../../../src/contract/types.ts";
import classes from "./audit.module.css";
import { detailOf } from "./audit-words.ts";

const CHANGES_SHOWN = 4;
const FACTS_SHOWN = 8;

export function AuditDetail({ action, detail }: { action: string; detail: AuditEntryJson["detail"] }) {
  const [isWhole, setWhole] = useState(false);
  const { changes, facts } = detailOf(action, detail);
  const shown = isWhole
    ? { changes, facts }
    : { changes: changes.slice(0, CHANGES_SHOWN), facts: facts.slice(0, FACTS_SHOWN) };
  const left = changes.length + facts.length - shown.changes.length - shown.facts.length;
  if (changes.length + facts.length === 0) return null;
  return (
    <Stack gap={2} mt={2} align="flex-start">
      {shown.facts.length === 0 ? null : (
        <Text size="sm" className="breakable">
          {shown.facts.map(({ name, value }, at) => (
            <span key={name}>
              {at === 0 ? "" : " · "}
              <Text span size="sm" c="dimmed">
                {name}
              </Text>{" "}
              {value}
            </span>
          ))}
        </Text>
      )}
      {shown.changes.map(({ name, before, after }) => (
        <Text key={name} size="sm" className="breakable">
          <Text span size="sm" c="dimmed">
            {name}
          </Text>{" "}
          <del className={classes.before}>{before}</del> → {after}
        </Text>
      ))}
      {left > 0 || isWhole ? (
        <Button size="compact-xs" variant="subtle" onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
          {isWhole ? "Less" : `${left} more`}
        </Button>
      ) : null}
    </Stack>
  );
}

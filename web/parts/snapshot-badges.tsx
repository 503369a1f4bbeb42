// What is special about a snapshot, at a glance.
import { Badge, Group } from "@mantine/core";
import { Link2, Pin, SearchAlert, ShieldAlert, ShieldCheck, Tags, Trash2, TriangleAlert } from "lucide-react";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { STATE_WORDS } from "./snapshot-words.ts";

export function SnapshotBadges({ snapshot }: { snapshot: SnapshotJson }) {
  const { status, state, pin, verifyResult, adoptedFrom, anomaly, anomalyVerdict, fakeSuper } = snapshot;
  const badge = (color: string, Icon: typeof Pin, word: string) => (
    <Badge
      key={word}
      color={color}
      variant="light"
      tt="none"
      miw="max-content"
      leftSection={<Icon size={12} aria-hidden />}
    >
      {word}
    </Badge>
  );
  return (
    <Group gap={4}>
      {status === "warning" ? badge("yellow", TriangleAlert, "warnings") : null}
      {anomaly === null || anomalyVerdict?.verdict === "dismissed"
        ? null
        : badge("orange", SearchAlert, anomalyVerdict === null ? "odd" : "odd, acknowledged")}
      {state === "complete" ? null : badge(state === "missing" ? "red" : "gray", Trash2, STATE_WORDS[state])}
      {pin === null ? null : badge("blue", Pin, "pinned")}
      {verifyResult === "ok" ? badge("teal", ShieldCheck, "verified") : null}
      {verifyResult === "damaged" ? badge("red", ShieldAlert, "damaged") : null}
      {fakeSuper ? badge("gray", Tags, "owners in attributes") : null}
      {adoptedFrom === null ? null : badge("gray", Link2, "adopted")}
    </Group>
  );
}

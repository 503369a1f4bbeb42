// What something was done to, as a link to where it can be looked at.
import { Text } from "@mantine/core";
import type { AuditEntryJson } from "../../../src/contract/types.ts";
import { TextLink } from "../../parts/text-link.tsx";

export function Subject({ entry: { subjectKind, subject, action } }: { entry: AuditEntryJson }) {
  // What was removed has no page any more.
  const isGone = action.endsWith(".removed") || action === "host.deletion_failed";
  const [host = "", rest = ""] = split(subject);
  const link = { size: "sm", className: "breakable" } as const;
  if (!isGone && subject !== "")
    switch (subjectKind) {
      case "host":
        return (
          <TextLink to="/hosts/$host" params={{ host: subject }} {...link}>
            {subject}
          </TextLink>
        );
      case "schedule":
        return (
          <TextLink to="/hosts/$host/$tab" params={{ host, tab: "schedules" }} {...link}>
            {subject}
          </TextLink>
        );
      case "snapshot":
        return (
          <TextLink to="/snapshots/$host/$snapshot" params={{ host, snapshot: rest }} {...link}>
            {subject}
          </TextLink>
        );
      case "run":
        return (
          <TextLink to="/runs/$id" params={{ id: subject.replace("#", "") }} {...link}>
            run {subject}
          </TextLink>
        );
      case "site":
        return (
          <TextLink to="/settings" {...link}>
            global configuration
          </TextLink>
        );
    }
  return (
    <Text span size="sm" c="dimmed" className="breakable">
      {subject === "" ? subjectKind : `${subjectKind} ${subject}`}
    </Text>
  );
}

function split(subject: string): readonly [string, string] {
  const at = subject.indexOf("/");
  return at < 0 ? [subject, ""] : [subject.slice(0, at), subject.slice(at + 1)];
}

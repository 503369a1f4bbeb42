// A setting with where its value comes from, and the way back to what is inherited.
import { Badge, Box, Button, Group } from "@mantine/core";
import { Undo2 } from "lucide-react";
import { type SettingField, SettingInput, type SettingValue } from "./setting-input.tsx";

export type Origin = "default" | "global" | "host";

const WORDS: Record<Origin, string> = {
  default: "default",
  global: "global configuration",
  host: "this host",
};

export function OriginBadge({ origin }: { origin: Origin }) {
  return (
    <Badge
      variant="light"
      color={origin === "host" ? "teal" : origin === "global" ? "blue" : "gray"}
      tt="none"
      style={{ flexShrink: 0 }}
    >
      {WORDS[origin]}
    </Badge>
  );
}

export function SettingRow({
  field,
  value,
  origin,
  onChange,
  inherit,
}: {
  field: SettingField;
  value: SettingValue;
  origin: Origin;
  onChange: (value: SettingValue) => void;
  /** Left out where nothing could be inherited. */
  inherit?: () => void;
}) {
  return (
    <Group align="flex-start" gap="md" wrap="wrap">
      <Box style={{ flex: "1 1 280px", minWidth: 0 }}>
        <SettingInput field={field} value={value} onChange={onChange} />
      </Box>
      <Group gap="xs" mt={{ base: 0, sm: 26 }} w={{ base: "100%", sm: 230 }}>
        <OriginBadge origin={origin} />
        {inherit === undefined ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<Undo2 size={13} aria-hidden />}
            onClick={inherit}
            aria-label={`Inherit: ${field.label}`}
          >
            Inherit
          </Button>
        )}
      </Group>
    </Group>
  );
}

// One setting of the site, with whether it is the default, and the way back to that.
import { Badge, Box, Button, Group, Text } from "@mantine/core";
import { Undo2 } from "lucide-react";
import { type SettingField, SettingInput } from "../../parts/setting-input.tsx";
import type { Settings } from "./settings.tsx";
import { usualEntries } from "./site-values.ts";
import type { useSiteForm } from "./use-site-form.ts";

export function SetBadge({ isSet }: { isSet: boolean }) {
  return (
    <Badge variant="light" color={isSet ? "teal" : "gray"} tt="none" style={{ flexShrink: 0 }}>
      {isSet ? "set here" : "default"}
    </Badge>
  );
}

export function SiteRow({
  field,
  form,
  settings,
}: {
  field: SettingField;
  form: ReturnType<typeof useSiteForm>;
  settings: Settings | null;
}) {
  const { value, isSet } = form.valueOf(field);
  const usual = usualEntries(settings, field);
  // Without a folder there would be no backups at all.
  const mayUnset = isSet && field.name !== "backupRoot";
  return (
    <Group align="flex-start" gap="md" wrap="wrap">
      <Box style={{ flex: "1 1 280px", minWidth: 0 }}>
        <SettingInput field={field} value={value} onChange={(next) => form.set(field.name, next)} />
        {usual.length === 0 ? null : (
          <Text size="xs" c="dimmed" mt={4} className="breakable">
            Besides, by default: {usual.join("  ")}
          </Text>
        )}
      </Box>
      <Group gap="xs" mt={{ base: 0, sm: 26 }} w={{ base: "100%", sm: 190 }}>
        {field.name === "backupRoot" && !isSet ? null : <SetBadge isSet={isSet} />}
        {mayUnset ? (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<Undo2 size={13} aria-hidden />}
            onClick={() => form.unset(field)}
            aria-label={`${field.label}: the default again`}
          >
            Default
          </Button>
        ) : null}
      </Group>
    </Group>
  );
}

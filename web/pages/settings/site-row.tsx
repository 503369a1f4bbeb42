// One setting of the site, with whether it is the default, and the way back to that.
import { Badge, Box, Button, Group, Text } from "@mantine/core";
import { Undo2 } from "lucide-react";
import type { Settings } from "../../api/types.ts";
import { type SettingField, SettingInput } from "../../parts/setting-input.tsx";
import classes from "./site-form.module.css";
import { usualEntries } from "./site-values.ts";
import type { useSiteForm } from "./use-site-form.ts";

export function SetBadge({ isSet }: { isSet: boolean }) {
  return (
    <Badge variant="light" color={isSet ? "teal" : "gray"} tt="none" style={{ flexShrink: 0 }}>
      {isSet ? "set here" : "default"}
    </Badge>
  );
}

/** What needs the whole width. */
const isWide = ({ kind, name }: SettingField): boolean => kind === "list" || name === "backupRoot";

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
  // Without a folder there would be no backups at all: it can be changed, and never taken away.
  const isNeeded = field.name === "backupRoot";
  return (
    <Box className={isWide(field) ? classes.wide : classes.setting}>
      <SettingInput field={field} value={value} onChange={(next) => form.set(field.name, next)} />
      {usual.length === 0 ? null : (
        <Text size="xs" c="dimmed" mt={4} className="breakable">
          Besides, by default: {usual.join("  ")}
        </Text>
      )}
      {isNeeded ? null : (
        <Group gap="xs" mt={6} h={22}>
          <SetBadge isSet={isSet} />
          {isSet ? (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<Undo2 size={13} aria-hidden />}
              onClick={() => form.unset(field)}
              aria-label={`Default again: ${field.label}`}
            >
              Default
            </Button>
          ) : null}
        </Group>
      )}
    </Box>
  );
}

// The site's configuration for those who only look.
import { Group, Paper, Stack } from "@mantine/core";
import type { Settings } from "../../api/types.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { Section } from "../../parts/section.tsx";
import { GROUPS, type SettingField, settingText } from "../../parts/setting-input.tsx";
import { SITE_GROUPS } from "./site-form.tsx";
import { SetBadge } from "./site-row.tsx";
import { siteValueOf, usualEntries } from "./site-values.ts";

export function ShownSettings({ settings, fields }: { settings: Settings; fields: readonly SettingField[] }) {
  return (
    <Stack gap="lg">
      {SITE_GROUPS.map((group) => (
        <Section key={group} title={GROUPS[group]}>
          <Paper withBorder p="sm" radius="md">
            <FactList
              label={GROUPS[group]}
              facts={fields
                .filter((field) => field.group === group)
                .map((field) => ({ name: field.label, value: <Value settings={settings} field={field} /> }))}
            />
          </Paper>
        </Section>
      ))}
      <CommandLine command="pobsync configure-global" />
    </Stack>
  );
}

function Value({ settings, field }: { settings: Settings; field: SettingField }) {
  const { value, isSet } = siteValueOf(settings, field);
  const usual = usualEntries(settings, field);
  const all = Array.isArray(value) ? [...usual, ...value] : value;
  return (
    <Group gap="xs" align="flex-start">
      <span style={{ whiteSpace: "pre-line" }}>{settingText(field, all)}</span>
      {field.name === "backupRoot" ? null : <SetBadge isSet={isSet} />}
    </Group>
  );
}

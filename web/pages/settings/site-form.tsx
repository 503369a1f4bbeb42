// The site's configuration, changed. What new rules of retention would do is shown before they are saved.
import { Alert, Button, Fieldset, Group, Paper, Stack, Text } from "@mantine/core";
import { FolderOpen, ListChecks } from "lucide-react";
import type { Settings } from "../../api/types.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { GROUPS, type SettingField } from "../../parts/setting-input.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { Effects } from "../host/effects.tsx";
import { siteCommand } from "./site-command.ts";
import classes from "./site-form.module.css";
import { SiteRow } from "./site-row.tsx";
import { useSiteForm } from "./use-site-form.ts";

export const SITE_GROUPS = [
  "site",
  "retention",
  "contents",
  "connection",
  "transfer",
  "times",
  "hooks",
  "checks",
  "proof",
  "pings",
] as const;

/** Beside each group: for whom it holds. */
const LEADS = {
  site: null,
  retention: "Hosts inherit these rules; each may have its own.",
  contents: "Added to what each host says itself.",
  connection: "Hosts inherit it; each may say something else.",
  transfer: "Hosts inherit it; each may say something else.",
  times: "Hosts inherit them; each may have its own.",
  hooks: "Run on every host that has none of its own.",
  checks: "Hosts inherit it; each may say something else.",
  proof: "Hosts inherit it; each may say something else. Canaries add up.",
  pings: "Of this installation. Hosts have pings of their own, and inherit none.",
} as const;

export function SiteForm({
  settings,
  fields,
}: {
  settings: Settings | null;
  fields: readonly SettingField[];
}) {
  const form = useSiteForm(settings, fields);
  const losesSome = form.effects?.some(({ more }) => more.length > 0) === true;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
    >
      <Stack gap="lg">
        {settings === null ? (
          <Alert color="blue" icon={<FolderOpen size={18} aria-hidden />} title="One thing is needed">
            Say in which folder of this server all backups lie. Everything else has a default that will do.
          </Alert>
        ) : null}
        {SITE_GROUPS.map((group) => (
          <Fieldset key={group} legend={GROUPS[group]} radius="md">
            <Stack gap="md">
              {LEADS[group] === null ? null : (
                <Text size="sm" c="dimmed">
                  {LEADS[group]}
                </Text>
              )}
              <div className={classes.settings}>
                {fields
                  .filter((field) => field.group === group)
                  .map((field) => (
                    <SiteRow key={field.name} field={field} form={form} settings={settings} />
                  ))}
              </div>
              {group === "retention" && form.changesRules ? <Preview form={form} /> : null}
            </Stack>
          </Fieldset>
        ))}
        <Paper withBorder p="sm" radius="md" pos="sticky" bottom={8} shadow="sm" style={{ zIndex: 2 }}>
          <Stack gap="xs">
            {form.error === null ? null : <ProblemView error={form.error} />}
            <Group justify="space-between" gap="xs">
              <Text size="sm" c={form.isChanged ? undefined : "dimmed"} role="status">
                {form.isChanged ? "There are changes that are not saved." : "Nothing is changed."}
              </Text>
              <Group gap="xs">
                <Button variant="default" disabled={!form.isChanged} onClick={form.reset}>
                  Discard
                </Button>
                <Button type="submit" disabled={!form.isChanged} loading={form.isBusy}>
                  {losesSome ? "Save all the same" : "Save"}
                </Button>
              </Group>
            </Group>
            <CommandLine command={siteCommand(form.changes, fields)} />
          </Stack>
        </Paper>
        <Text size="sm" c="dimmed">
          What a host says itself stands on its own page, under <TextLink to="/hosts">Hosts</TextLink> →
          Configuration.
        </Text>
      </Stack>
    </form>
  );
}

function Preview({ form }: { form: ReturnType<typeof useSiteForm> }) {
  const { effects } = form;
  const isNone = effects?.every(({ more, fewer }) => more.length + fewer.length === 0) === true;
  return (
    <Stack gap="sm" aria-live="polite">
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<ListChecks size={14} aria-hidden />}
          onClick={() => void form.preview()}
          loading={form.isBusy}
        >
          What would that remove?
        </Button>
      </Group>
      {effects === null ? null : <Effects effects={effects} />}
      {isNone ? <Text size="sm">No host would keep more or fewer snapshots than now.</Text> : null}
    </Stack>
  );
}

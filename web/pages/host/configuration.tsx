// Every setting of a host with where it comes from; changed here, except for the host's name, which is its identity.
import {
  Alert,
  Button,
  Fieldset,
  Group,
  Paper,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { HostDetail } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { GROUPS, type SettingField, settingText } from "../../parts/setting-input.tsx";
import { OriginBadge, SettingRow } from "../../parts/setting-row.tsx";
import { useNodes } from "../../parts/use-nodes.ts";
import { Effects } from "./effects.tsx";
import { useHostForm } from "./use-host-form.ts";

const SHOWN_GROUPS = [
  ...(["connection", "contents", "transfer", "times"] as const),
  ...(["hooks", "checks", "proof", "retention", "pings"] as const),
] as const;

export function Configuration({ host }: { host: HostDetail }) {
  const fields = useQuery({ ...query.hosts.fields.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  const isAdmin = useMay("admin");
  return (
    <QueryView query={fields} rows={10}>
      {({ items }) => {
        const own = items.filter(
          ({ group, inherit }) => group === "pings" || (group !== "site" && inherit !== null),
        );
        return isAdmin ? <HostForm host={host} fields={own} /> : <Shown host={host} fields={own} />;
      }}
    </QueryView>
  );
}

function Shown({ host, fields }: { host: HostDetail; fields: readonly SettingField[] }) {
  return (
    <Stack gap="lg">
      {SHOWN_GROUPS.map((group) => (
        <Stack key={group} gap="xs" component="section">
          <Title order={2} fz={18}>
            {GROUPS[group]}
          </Title>
          <Paper withBorder p="sm" radius="md">
            <FactList
              label={GROUPS[group]}
              facts={fields
                .filter((field) => field.group === group)
                .map((field) => ({
                  name: field.label,
                  value: (
                    <Stack gap={4} align="flex-start">
                      {(host.effective[field.name] ?? []).length === 0 ? "–" : null}
                      {(host.effective[field.name] ?? []).map(({ value, origin }) => (
                        <Group key={`${origin} ${String(value)}`} gap="xs">
                          <span>{settingText(field, value)}</span>
                          <OriginBadge origin={origin} />
                        </Group>
                      ))}
                    </Stack>
                  ),
                }))}
            />
          </Paper>
        </Stack>
      ))}
      <CommandLine command={`pobsync show-host ${shellWord(host.name)}`} />
    </Stack>
  );
}

function HostForm({ host, fields }: { host: HostDetail; fields: readonly SettingField[] }) {
  const form = useHostForm(host, fields);
  const nodes = useNodes();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
    >
      <Stack gap="lg">
        <Alert color="gray" variant="light" icon={<Fingerprint size={18} aria-hidden />}>
          The name <b>{host.name}</b> is the identity of this host and never changes: its snapshots and its
          history carry it. Everything else may.
        </Alert>
        <Fieldset legend="The machine">
          <Stack gap="sm">
            <Select
              label="How its files are reached"
              data={[
                { value: "ssh", label: "rsync over SSH" },
                { value: "local", label: "this very machine" },
              ]}
              value={form.machine.transport}
              onChange={(transport) =>
                form.setMachine({ transport: transport === "local" ? "local" : "ssh" })
              }
              allowDeselect={false}
            />
            <TextInput
              label="Address"
              description="A name or an IP address."
              spellCheck={false}
              disabled={form.machine.transport === "local"}
              value={form.machine.address}
              onChange={(event) => form.setMachine({ address: event.currentTarget.value })}
            />
            <TagsInput
              label="Tags"
              description="Words such as production or web, by which lists and messages choose hosts. Enter adds one."
              value={form.machine.tags}
              onChange={(tags) => form.setMachine({ tags })}
              splitChars={[",", " "]}
              spellCheck={false}
              clearable
            />
            {!nodes.isSpread ? null : (
              <Select
                label="Kept on"
                description="The backup server that has its snapshots. A host with snapshots is moved on the server that it moves to, after its folder was copied."
                data={[...nodes.names]}
                value={form.machine.node}
                onChange={(node) => form.setMachine(node === null ? {} : { node })}
                allowDeselect={false}
              />
            )}
          </Stack>
        </Fieldset>
        {SHOWN_GROUPS.map((group) => (
          <Fieldset key={group} legend={GROUPS[group]}>
            <Stack gap="md">
              {fields
                .filter((field) => field.group === group)
                .map((field) => {
                  const { value, origin, isOwn } = form.valueOf(field);
                  return (
                    <Stack key={field.name} gap={4}>
                      <SettingRow
                        field={field}
                        value={value}
                        origin={origin}
                        onChange={(next) => form.set(field.name, next)}
                        {...(isOwn ? { inherit: () => form.inherit(field.name) } : {})}
                      />
                      {field.inherit === "append" ? <Inherited host={host} field={field} /> : null}
                    </Stack>
                  );
                })}
            </Stack>
          </Fieldset>
        ))}
        {form.error === null ? null : <ProblemView error={form.error} />}
        <Effects effects={form.effects} />
        <Paper withBorder p="sm" radius="md" pos="sticky" bottom={8} shadow="sm" style={{ zIndex: 2 }}>
          <Group justify="space-between">
            <Text size="sm" c={form.isChanged ? undefined : "dimmed"} role="status">
              {form.isChanged ? "There are changes that are not saved." : "Nothing is changed."}
            </Text>
            <Group gap="xs">
              <Button variant="default" disabled={!form.isChanged} onClick={form.reset}>
                Discard
              </Button>
              <Button type="submit" disabled={!form.isChanged} loading={form.isBusy}>
                {form.effects.some(({ more }) => more.length > 0) ? "Save all the same" : "Save"}
              </Button>
            </Group>
          </Group>
        </Paper>
        <CommandLine command={`pobsync configure-host ${shellWord(host.name)} --help`} />
      </Stack>
    </form>
  );
}

/** Lists to which the host's own are added. */
function Inherited({ host, field }: { host: HostDetail; field: SettingField }) {
  const inherited = (host.effective[field.name] ?? []).filter(({ origin }) => origin !== "host");
  if (inherited.length === 0) return null;
  return (
    <Text size="xs" c="dimmed" className="breakable">
      Besides, from what is inherited: {inherited.map(({ value }) => String(value)).join(", ")}
    </Text>
  );
}

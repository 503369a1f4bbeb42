// A channel in a form: what its kind needs to know, and what goes there. What is secret can be typed and is never shown.
import { Button, Group, Modal, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ChannelJson } from "../../../src/contract/types.ts";
import { client, query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { tellDone } from "../../parts/told.tsx";
import { ChannelField, type Typed } from "./channel-field.tsx";
import { ChannelRules } from "./channel-rules.tsx";
import { type Kind, sentRules, sentSettings, typedRules } from "./channel-values.ts";

interface Props {
  channel: ChannelJson | null;
  close: () => void;
  changed: () => void;
}

export function ChannelForm({ channel, close, changed }: Props) {
  const forms = useQuery({ ...query.channels.forms.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  const [name, setName] = useState(channel?.name ?? "");
  const [kind, setKind] = useState<Kind>(channel?.kind ?? "email");
  const [enabled, setEnabled] = useState(channel?.enabled ?? true);
  const [values, setValues] = useState<Record<string, Typed>>({});
  const [rules, setRules] = useState(typedRules(channel));
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const rule = (part: Partial<typeof rules>): void => setRules((before) => ({ ...before, ...part }));
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const wish = { enabled, settings: sentSettings(values), rules: sentRules(rules) };
      if (channel === null) await client.channels.create({ name: name.trim(), kind, ...wish });
      else await client.channels.change({ name: channel.name, ...wish });
      tellDone(`The channel ${name.trim()} is saved. Send a test to see whether messages arrive.`);
      changed();
      close();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={close}
      title={channel === null ? "Add a channel" : `Change ${channel.name}`}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          {channel === null ? (
            <TextInput
              label="Name"
              description="Small letters, digits, dot, hyphen and underscore. It never changes."
              required
              maxLength={64}
              spellCheck={false}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          ) : null}
          <QueryView query={forms} rows={4}>
            {({ items }) => (
              <>
                <Select
                  label="Kind"
                  data={items.map((item) => item.kind)}
                  value={kind}
                  disabled={channel !== null}
                  allowDeselect={false}
                  onChange={(chosen) => {
                    setKind((chosen ?? "email") as Kind);
                    setValues({});
                  }}
                />
                {items
                  .find((item) => item.kind === kind)
                  ?.fields.map((field) => (
                    <ChannelField
                      key={`${kind} ${field.name}`}
                      field={field}
                      has={channel?.secrets.includes(field.name) === true}
                      value={values[field.name] ?? channel?.settings?.[field.name] ?? null}
                      onChange={(value) =>
                        setValues(({ [field.name]: _, ...before }) =>
                          value === undefined ? before : { ...before, [field.name]: value },
                        )
                      }
                    />
                  ))}
              </>
            )}
          </QueryView>
          <ChannelRules rules={rules} onChange={rule} />
          <Switch
            label="Switched on"
            checked={enabled}
            onChange={(event) => setEnabled(event.currentTarget.checked)}
          />
          {error === null ? null : <ProblemView error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy} disabled={name.trim() === ""}>
              Save
            </Button>
          </Group>
          <CommandLine command={`pobsync configure-channel ${name.trim() || "NAME"} --kind ${kind}`} />
        </Stack>
      </form>
    </Modal>
  );
}

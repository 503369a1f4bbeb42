// A new host: who it is, whether it can be reached, and its first backup.
import {
  Button,
  Group,
  NumberInput,
  Paper,
  SegmentedControl,
  Stack,
  Stepper,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { BackUpButton } from "../../parts/back-up-button.tsx";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import { AcceptKey } from "../host/accept-key.tsx";
import { KeyLine, Probe } from "../host/connection.tsx";
import { HostSchedules } from "../host/schedules.tsx";

interface Wish {
  readonly name: string;
  readonly transport: "ssh" | "local";
  readonly address: string;
  readonly user: string;
  readonly port: number | "";
  readonly sources: string;
  readonly tags: string[];
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

export function HostNew() {
  const [step, setStep] = useState(0);
  const [made, setMade] = useState<{ name: string; transport: "ssh" | "local" } | null>(null);
  return (
    <Page
      title="Add a host"
      lead="A machine that is backed up. It needs sshd and rsync; nothing else is installed there."
    >
      <Stepper active={step} size="sm" allowNextStepsSelect={false}>
        <Stepper.Step label="The machine" description="name, address, what to back up">
          <Machine
            done={(host) => {
              setMade(host);
              setStep(1);
            }}
          />
        </Stepper.Step>
        <Stepper.Step label="Connection" description="key and a look">
          {made === null ? null : (
            <Stack gap="lg" mt="md">
              {made.transport === "ssh" ? <KeyLine host={made.name} /> : null}
              <Probe host={made.name} />
              {made.transport === "ssh" ? <AcceptKey host={made.name} /> : null}
              <Group>
                <Button onClick={() => setStep(2)}>Go on</Button>
                <ButtonLink to="/hosts/$host" params={{ host: made.name }} variant="default">
                  Later
                </ButtonLink>
              </Group>
            </Stack>
          )}
        </Stepper.Step>
        <Stepper.Step label="Backups" description="the first, and a schedule">
          {made === null ? null : (
            <Stack gap="lg" mt="md">
              <Paper withBorder p="md" radius="md">
                <Group justify="space-between">
                  <Text size="sm">
                    The first backup copies everything; each one after it only what has changed.
                  </Text>
                  <BackUpButton host={made.name} />
                </Group>
              </Paper>
              <HostSchedules host={made.name} />
              <Group>
                <ButtonLink to="/hosts/$host" params={{ host: made.name }}>
                  To {made.name}
                </ButtonLink>
              </Group>
            </Stack>
          )}
        </Stepper.Step>
      </Stepper>
    </Page>
  );
}

function Machine({ done }: { done: (host: { name: string; transport: "ssh" | "local" }) => void }) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<Wish>({
    initialValues: { name: "", transport: "ssh", address: "", user: "", port: "", sources: "", tags: [] },
  });
  const { name, transport, address, user, port, sources, tags } = form.values;
  const isSsh = transport === "ssh";
  const submit = form.onSubmit(async () => {
    setBusy(true);
    setError(null);
    try {
      await client.hosts.create({
        name: name.trim(),
        transport,
        address: isSsh ? address.trim() || name.trim() : "localhost",
        ...(isSsh && user.trim() !== "" ? { sshUser: user.trim() } : {}),
        ...(isSsh && port !== "" ? { sshPort: port } : {}),
        ...(tags.length === 0 ? {} : { tags: [...tags] }),
        ...(lines(sources).length === 0 ? {} : { sources: lines(sources) }),
      });
      done({ name: name.trim(), transport });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="md" mt="md" maw={680}>
        <TextInput
          label="Name"
          description="Its identity: snapshots carry it, and it never changes. Letters, digits, dots and dashes."
          placeholder="web1"
          required
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          {...form.getInputProps("name")}
        />
        <SegmentedControl
          aria-label="How its files are reached"
          data={[
            { value: "ssh", label: "Over SSH" },
            { value: "local", label: "This very machine" },
          ]}
          {...form.getInputProps("transport")}
        />
        {isSsh ? (
          <Group align="flex-start" grow preventGrowOverflow={false}>
            <TextInput
              label="Address"
              description="A name or an IP address; left empty: the name above."
              spellCheck={false}
              autoCapitalize="none"
              {...form.getInputProps("address")}
            />
            <TextInput
              label="User"
              description="Left empty: as the site says."
              placeholder="root"
              spellCheck={false}
              autoCapitalize="none"
              {...form.getInputProps("user")}
            />
            <NumberInput
              label="Port"
              description="Left empty: as the site says."
              placeholder="22"
              min={1}
              max={65_535}
              allowDecimal={false}
              {...form.getInputProps("port")}
            />
          </Group>
        ) : null}
        <Textarea
          label="What to back up"
          description="Absolute paths, one a line. Left empty: everything but what never belongs in a backup (/proc, /sys, caches …)."
          placeholder={"/etc\n/home\n/var/www"}
          autosize
          minRows={3}
          spellCheck={false}
          {...form.getInputProps("sources")}
        />
        <TagsInput
          label="Tags"
          description="Words such as production or web, by which lists and messages choose hosts. Enter adds one."
          splitChars={[",", " "]}
          spellCheck={false}
          clearable
          {...form.getInputProps("tags")}
        />
        {error === null ? null : <ProblemView error={error} />}
        <Group>
          <Button type="submit" loading={isBusy}>
            Add it
          </Button>
          <ButtonLink to="/hosts" variant="default">
            Cancel
          </ButtonLink>
        </Group>
        <CommandLine command={commandFor(form.values)} />
      </Stack>
    </form>
  );
}

const commandFor = ({ name, transport, address, user, port, sources, tags }: Wish): string =>
  [
    `pobsync configure-host ${shellWord(name.trim() || "HOST")}`,
    transport === "local"
      ? "--transport local"
      : `--address ${shellWord(address.trim() || name.trim() || "ADDRESS")}`,
    ...(transport === "ssh" && user.trim() !== "" ? [`--user ${shellWord(user.trim())}`] : []),
    ...(transport === "ssh" && port !== "" ? [`--port ${port}`] : []),
    ...lines(sources).map((source) => `--source ${shellWord(source)}`),
    ...tags.map((tag) => `--tag ${shellWord(tag)}`),
  ].join(" ");

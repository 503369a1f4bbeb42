// Second: where to, and how careful.
import { Alert, Button, Checkbox, Group, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { isComplete, type Target, type Wish, wishCommand } from "./wish.ts";

export function Where({
  wish,
  change,
  back,
  next,
  isBusy,
}: {
  wish: Wish;
  change: (part: Partial<Wish>) => void;
  back: () => void;
  next: () => void;
  isBusy: boolean;
}) {
  const { host, path, target } = wish;
  const isAdmin = useMay("admin");
  const choose = (to: string): void => {
    const targets: Record<string, Target> = {
      folder: { to: "folder", dir: "" },
      host: { to: "host", host, dir: "" },
      "in-place": { to: "in-place" },
    };
    change({ target: targets[to] ?? { to: "folder", dir: "" } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      <Stack gap="md" mt="md" maw={680}>
        <Radio.Group label="Where to" value={target.to} onChange={choose}>
          <Stack gap="xs" mt="xs">
            <Radio
              value="folder"
              label="A new folder on this backup server"
              disabled={!isAdmin}
              description={
                isAdmin
                  ? "The safest: look at it there, and take what you need."
                  : "Writing on the backup server takes the role admin. Downloading does not."
              }
            />
            <Radio
              value="host"
              label="A folder on a host"
              description="Over SSH. The key of this server must be allowed to write there."
            />
            <Radio
              value="in-place"
              label={`Where it was on ${host}`}
              description="Overwrites what is there by now."
            />
          </Stack>
        </Radio.Group>
        {target.to === "folder" ? (
          <TextInput
            label="Folder"
            description={
              path === "/"
                ? "An absolute path on this server; the host's own paths lie below it."
                : "An absolute path on this server; what is restored lies in it under its own name."
            }
            placeholder={`/restore/${host}`}
            required
            spellCheck={false}
            value={target.dir}
            onChange={(event) => change({ target: { ...target, dir: event.currentTarget.value } })}
          />
        ) : null}
        {target.to === "host" ? (
          <>
            <HostSelect
              value={target.host}
              onChange={(name) => change({ target: { ...target, host: name } })}
            />
            <TextInput
              label="Folder there"
              description="Left empty: the same paths as on the host that it comes from."
              spellCheck={false}
              value={target.dir}
              onChange={(event) => change({ target: { ...target, dir: event.currentTarget.value } })}
            />
          </>
        ) : null}
        {target.to === "in-place" || (target.to === "host" && target.dir.trim() === "") ? (
          <Alert color="yellow" icon={<TriangleAlert size={18} aria-hidden />}>
            Files that are there by now are overwritten with those of the snapshot. The preview says which,
            before anything happens.
          </Alert>
        ) : null}
        <Checkbox
          label="Also delete what is there and not in the snapshot"
          description="Below the restored path only, and never what no backup ever has."
          checked={wish.delete}
          onChange={(event) => change({ delete: event.currentTarget.checked })}
        />
        <Checkbox
          label="Compare contents"
          description="Slower: reads all of it, before and after, rather than trusting sizes and times."
          checked={wish.check}
          onChange={(event) => change({ check: event.currentTarget.checked })}
        />
        <Group>
          <Button variant="default" onClick={back}>
            Back
          </Button>
          <Button type="submit" loading={isBusy} disabled={!isComplete(wish)}>
            Show what it would do
          </Button>
        </Group>
        <CommandLine command={`${wishCommand(wish)} --dry-run`} />
      </Stack>
    </form>
  );
}

const HOSTS_SHOWN = 20;

function HostSelect({ value, onChange }: { value: string; onChange: (host: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [wanted] = useDebouncedValue(typed, 200);
  const { data } = useQuery({
    ...query.hosts.list.queryOptions({ input: { q: wanted, limit: HOSTS_SHOWN, sort: "name" } }),
    placeholderData: keepPreviousData,
  });
  const names = (data?.items ?? []).map(({ name }) => name);
  return (
    <Select
      label="Host"
      data={names.includes(value) ? names : [value, ...names]}
      value={value}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      searchable
      onSearchChange={setTyped}
      allowDeselect={false}
    />
  );
}

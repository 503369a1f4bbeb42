// What is done more rarely with a host: looking at the disk, switching it off, removing it.
import { ActionIcon, Menu, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Clock, EllipsisVertical, FolderSearch, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { HostDetail } from "../../api/types.ts";
import { TypedConfirm } from "../../parts/confirm.tsx";
import { tellDone, tellFailure } from "../../parts/told.tsx";
import { countText } from "../../parts/words.ts";

export function HostMenu({ host }: { host: HostDetail }) {
  const navigate = useNavigate();
  const [isOperator, isAdmin] = [useMay("operator"), useMay("admin")];
  const [isRemoving, removing] = useDisclosure(false);
  if (!isOperator) return null;
  const discover = async (): Promise<void> => {
    try {
      const { id } = await client.hosts.discover({ host: host.name });
      await navigate({ to: "/runs/$id", params: { id: String(id) } });
    } catch (error) {
      tellFailure(error);
    }
  };
  const backUpInWindow = async (): Promise<void> => {
    try {
      const { id } = await client.hosts.backup({ host: host.name, waitForWindow: true });
      await navigate({ to: "/runs/$id", params: { id: String(id) } });
    } catch (error) {
      tellFailure(error);
    }
  };
  const toggle = async (): Promise<void> => {
    try {
      await client.hosts.change({ host: host.name, enabled: !host.enabled });
      tellDone(`${host.name} is ${host.enabled ? "disabled: nothing backs it up" : "enabled again"}.`);
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`More for ${host.name}`}>
            <EllipsisVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {host.enabled && (host.effective.windows ?? []).length > 0 ? (
            <Menu.Item leftSection={<Clock size={16} aria-hidden />} onClick={() => void backUpInWindow()}>
              Back up in the next window
              <Text size="xs" c="dimmed">
                Waits in the queue until one of the host is open.
              </Text>
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<FolderSearch size={16} aria-hidden />} onClick={() => void discover()}>
            Discover snapshots
            <Text size="xs" c="dimmed">
              Records what lies on the disk; deletes nothing.
            </Text>
          </Menu.Item>
          {isAdmin ? (
            <>
              <Menu.Item leftSection={<Power size={16} aria-hidden />} onClick={() => void toggle()}>
                {host.enabled ? "Disable" : "Enable"}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<Trash2 size={16} aria-hidden />} onClick={removing.open}>
                Remove …
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <RemoveHost host={host} opened={isRemoving} close={removing.close} />
    </>
  );
}

function RemoveHost({ host, opened, close }: { host: HostDetail; opened: boolean; close: () => void }) {
  const navigate = useNavigate();
  const [snapshots, setSnapshots] = useState<"keep" | "delete">("keep");
  const count = countText(host.snapshots, "snapshot");
  return (
    <TypedConfirm
      opened={opened}
      close={close}
      title={`Remove ${host.name}`}
      word={host.name}
      action={snapshots === "delete" ? `Remove, and delete ${count}` : "Remove"}
      command={`pobsync remove-host ${host.name} --yes --${snapshots}-snapshots`}
      run={async () => {
        await client.hosts.remove({ host: host.name, confirm: host.name, snapshots });
        tellDone(`${host.name} is removed.`);
        await navigate({ to: "/hosts" });
      }}
    >
      <Stack gap="sm">
        <Text size="sm">Its configuration, its schedules and its history of runs go.</Text>
        <Radio.Group
          label="And what lies on the disk?"
          value={snapshots}
          onChange={(chosen) => setSnapshots(chosen === "delete" ? "delete" : "keep")}
        >
          <Stack gap={6} mt={4}>
            <Radio value="keep" label={`${count} stay on the disk; discovery can bring them back`} />
            <Radio value="delete" label={`${count} are deleted for good`} />
          </Stack>
        </Radio.Group>
      </Stack>
    </TypedConfirm>
  );
}

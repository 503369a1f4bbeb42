// What an admin does with an account.
import { ActionIcon, Menu } from "@mantine/core";
import { EllipsisVertical, KeyRound, PencilLine, Power, ShieldOff, Trash2 } from "lucide-react";
import { useState } from "react";
import type { UserJson } from "../../../src/contract/types.ts";
import { client } from "../../api/client.ts";
import { shellWord } from "../../parts/command-line.tsx";
import { TypedConfirm } from "../../parts/confirm.tsx";
import { tellDone, tellFailure } from "../../parts/told.tsx";
import { ChangePerson } from "./change-person.tsx";
import { SetPassword } from "./set-password.tsx";

type Open = "change" | "password" | "totp" | "remove" | null;

export function PersonMenu({ user, changed }: { user: UserJson; changed: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const { username, enabled, totp } = user;
  const close = (): void => setOpen(null);
  const toggle = async (): Promise<void> => {
    try {
      await client.users.change({ username, enabled: !enabled });
      tellDone(
        enabled ? `${username} is disabled and signed out everywhere.` : `${username} may sign in again.`,
      );
      changed();
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More for ${username}`}>
            <EllipsisVertical size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<PencilLine size={16} aria-hidden />} onClick={() => setOpen("change")}>
            Name and role …
          </Menu.Item>
          <Menu.Item leftSection={<KeyRound size={16} aria-hidden />} onClick={() => setOpen("password")}>
            Set a password …
          </Menu.Item>
          {totp ? (
            <Menu.Item leftSection={<ShieldOff size={16} aria-hidden />} onClick={() => setOpen("totp")}>
              Reset the second factor …
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<Power size={16} aria-hidden />} onClick={() => void toggle()}>
            {enabled ? "Disable" : "Enable"}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<Trash2 size={16} aria-hidden />}
            onClick={() => setOpen("remove")}
          >
            Remove …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === "change" ? <ChangePerson user={user} close={close} changed={changed} /> : null}
      {open === "password" ? <SetPassword user={user} close={close} changed={changed} /> : null}
      <TypedConfirm
        opened={open === "totp"}
        close={close}
        title={`Reset the second factor of ${username}`}
        word={username}
        action="Reset it"
        run={async () => {
          await client.users.resetTotp({ username });
          tellDone(`${username} signs in with the password alone now.`);
          changed();
        }}
      >
        For somebody whose phone and recovery codes are gone. Be sure that it is really them who asks. Until
        they set it up anew, the password alone is enough.
      </TypedConfirm>
      <TypedConfirm
        opened={open === "remove"}
        close={close}
        title={`Remove ${username}`}
        word={username}
        action="Remove for good"
        command={`pobsync remove-user ${shellWord(username)} --yes`}
        run={async () => {
          await client.users.remove({ username, confirm: username });
          tellDone(`${username} is removed.`);
          changed();
        }}
      >
        The account goes, with its sessions and API tokens. What it did stays in the audit. To keep somebody
        out for a while, disable the account instead.
      </TypedConfirm>
    </>
  );
}

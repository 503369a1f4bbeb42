// What concerns only whoever is signed in. It opens at once: it was asked for before it was there.
import { Kbd, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BookOpen, Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useState } from "react";
import { useLogOut, useSession } from "../api/session.tsx";
import { AccountButton } from "./account-button.tsx";

export function AccountActions({ openHelp }: { openHelp: () => void }) {
  const { user } = useSession();
  const logOut = useLogOut();
  const [isOpen, setOpen] = useState(true);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: "light", light: "dark", dark: "auto" } as const;
  const SchemeIcon = { auto: Monitor, light: Sun, dark: Moon }[colorScheme];
  return (
    <Menu position="bottom-end" width={240} withinPortal={false} opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <AccountButton />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} size="sm" className="breakable">
            {user.displayName ?? user.username}
          </Text>
          <Text size="xs" c="dimmed">
            {user.role}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<UserRound size={16} aria-hidden />}>
          Account
          <Text size="xs" c="dimmed">
            Password, second factor, tokens
          </Text>
        </Menu.Item>
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={<SchemeIcon size={16} aria-hidden />}
          onClick={() => setColorScheme(next[colorScheme])}
        >
          Colours: {colorScheme === "auto" ? "as the system" : colorScheme}
        </Menu.Item>
        <Menu.Item component={Link} to="/api/docs" leftSection={<BookOpen size={16} aria-hidden />}>
          API
        </Menu.Item>
        <Menu.Item
          visibleFrom="sm"
          leftSection={<Keyboard size={16} aria-hidden />}
          rightSection={<Kbd size="xs">?</Kbd>}
          onClick={openHelp}
        >
          Keyboard
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void logOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

// Who is signed in, and what concerns only them.
import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BookOpen, KeyRound, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useLogOut, useSession } from "../api/session.tsx";

export function AccountMenu() {
  const { user } = useSession();
  const logOut = useLogOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: "light", light: "dark", dark: "auto" } as const;
  const SchemeIcon = { auto: Monitor, light: Sun, dark: Moon }[colorScheme];
  const name = user.displayName ?? user.username;
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account: ${name}`}>
          <Avatar size={32} radius="xl" color="teal" name={name} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} size="sm" className="breakable">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {user.role}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<KeyRound size={16} aria-hidden />}>
          Password, codes, tokens
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
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void logOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

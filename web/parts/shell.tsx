// What is around every page: the mark, where one can go, who is signed in.
import { Alert, AppShell, Burger, Group, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { WifiOff } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLiveUpdates } from "../api/live.ts";
import { useMay } from "../api/session.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Logo } from "./logo.tsx";
import { PaletteButton } from "./palette-button.tsx";
import { PLACES } from "./places.ts";
import { useShortcuts } from "./use-shortcuts.ts";

/** Loaded when it is first wanted: few open it. */
const CommandPalette = lazy(async () => ({
  default: (await import("./command-palette.tsx")).CommandPalette,
}));

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const [isWanted, setWanted] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const openPalette = (): void => {
    setWanted(true);
    setPaletteOpen(true);
  };
  useShortcuts(openPalette);
  const isHeard = useLiveUpdates();
  const { pathname } = useLocation();
  const isAdmin = useMay("admin");
  const isHere = (to: string): boolean => (to === "/" ? pathname === "/" : pathname.startsWith(to));
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 212, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a href="#content" className="skip-link">
        To the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the menu" : "Open the menu"}
            />
            <Link to="/" aria-label="To the dashboard" style={{ color: "inherit", textDecoration: "none" }}>
              <Logo />
            </Link>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <PaletteButton open={openPalette} />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Main">
        <ScrollArea>
          {PLACES.filter(({ access }) => access !== "admin" || isAdmin).map(({ to, label, icon: Icon }) => (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={label}
              leftSection={<Icon size={18} aria-hidden />}
              active={isHere(to)}
              {...(isHere(to) ? { "aria-current": "page" as const } : {})}
              onClick={close}
              variant="light"
              style={{ borderRadius: "var(--mantine-radius-md)" }}
            />
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {isHeard ? null : (
          <Alert color="yellow" icon={<WifiOff size={18} aria-hidden />} mb="md" role="status">
            <Text size="sm">
              The server is not heard at the moment, so what stands here may be old. It goes on by itself.
            </Text>
          </Alert>
        )}
        <Outlet />
      </AppShell.Main>
      {isWanted ? (
        <Suspense>
          <CommandPalette opened={isPaletteOpen} close={() => setPaletteOpen(false)} />
        </Suspense>
      ) : null}
    </AppShell>
  );
}

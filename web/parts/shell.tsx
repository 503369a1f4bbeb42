// What is around every page: the mark, where one can go, who is signed in.
import { Alert, Burger, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { WifiOff } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useLiveUpdates } from "../api/live.ts";
import { useMay, useSession } from "../api/session.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Logo } from "./logo.tsx";
import { PaletteButton } from "./palette-button.tsx";
import { PLACES } from "./places.ts";
import classes from "./shell.module.css";
import { useShortcuts } from "./use-shortcuts.ts";

/** Loaded when it is first wanted: few open it. */
const loadPalette = () => import("./command-palette.tsx");
const CommandPalette = lazy(async () => ({ default: (await loadPalette()).CommandPalette }));
const ShortcutHelp = lazy(async () => ({
  default: (await import("./shortcut-help.tsx")).ShortcutHelp,
}));

/** What is loaded when it is first opened stays, so that it can close in its own time. */
function useWanted() {
  const [isWanted, setWanted] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const open = (): void => {
    setWanted(true);
    setOpen(true);
  };
  return { isWanted, isOpen, open, close: () => setOpen(false) };
}

export function Shell() {
  const [isMenuOpen, { toggle, close }] = useDisclosure(false);
  const palette = useWanted();
  const help = useWanted();
  useShortcuts({
    preparePalette: () => void loadPalette(),
    openPalette: palette.open,
    openHelp: help.open,
  });
  const { csrfToken } = useSession();
  return (
    <div className={classes.frame}>
      <a href="#content" className="skip-link">
        To the content
      </a>
      <header className={classes.header}>
        <div className={classes.side}>
          <Burger
            opened={isMenuOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={isMenuOpen ? "Close the menu" : "Open the menu"}
            aria-expanded={isMenuOpen}
            aria-controls="places"
          />
          <Link to="/" aria-label="pobsync: to the dashboard" className={classes.home}>
            <Logo />
          </Link>
        </div>
        <div className={classes.side}>
          <PaletteButton open={palette.open} prepare={() => void loadPalette()} />
          <AccountMenu openHelp={help.open} />
        </div>
      </header>
      <Places isOpen={isMenuOpen} close={close} />
      <main id="content" tabIndex={-1} className={classes.main}>
        <div className={classes.content}>
          {/* A new session, after a changed password, listens anew. */}
          <Silence key={csrfToken} />
          <Outlet />
        </div>
      </main>
      <Suspense>
        {palette.isWanted ? (
          <CommandPalette opened={palette.isOpen} close={palette.close} openHelp={help.open} />
        ) : null}
        {help.isWanted ? <ShortcutHelp opened={help.isOpen} close={help.close} /> : null}
      </Suspense>
    </div>
  );
}

/** Said while nothing is heard of what happens on the server. */
function Silence() {
  if (useLiveUpdates()) return null;
  return (
    <Alert color="yellow" icon={<WifiOff size={18} aria-hidden />} mb="md" role="status">
      <Text size="sm">
        The server is not heard at the moment, so what stands here may be old. It goes on by itself.
      </Text>
    </Alert>
  );
}

/** Beside the page; on a phone over it, when it is asked for. */
function Places({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { pathname } = useLocation();
  const isAdmin = useMay("admin");
  const isHere = (to: string): boolean => (to === "/" ? pathname === "/" : pathname.startsWith(to));
  useEffect(() => {
    if (!isOpen) return;
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === "Escape") close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isOpen, close]);
  return (
    <nav id="places" className={classes.nav} aria-label="Main" data-open={isOpen || undefined}>
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
          className={classes.place}
        />
      ))}
    </nav>
  );
}

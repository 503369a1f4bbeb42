// Where one can go from everywhere.
import {
  Activity,
  Archive,
  BellRing,
  CalendarClock,
  LayoutDashboard,
  type LucideIcon,
  Search,
  Server,
  Settings,
  ShieldCheck,
} from "lucide-react";

export interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly access: "viewer" | "admin";
  /** Typed one after the other: "g" and then this. */
  readonly key: string;
}

export const PLACES: readonly Place[] = [
  { to: "/", label: "Dashboard", icon: LayoutDashboard, access: "viewer", key: "d" },
  { to: "/alerts", label: "Alerts", icon: BellRing, access: "viewer", key: "l" },
  { to: "/hosts", label: "Hosts", icon: Server, access: "viewer", key: "h" },
  { to: "/runs", label: "Runs", icon: Activity, access: "viewer", key: "r" },
  { to: "/snapshots", label: "Snapshots", icon: Archive, access: "viewer", key: "s" },
  { to: "/schedules", label: "Schedules", icon: CalendarClock, access: "viewer", key: "c" },
  { to: "/find", label: "Find files", icon: Search, access: "viewer", key: "f" },
  { to: "/settings", label: "Settings", icon: Settings, access: "viewer", key: "e" },
  { to: "/admin", label: "Administration", icon: ShieldCheck, access: "admin", key: "a" },
];

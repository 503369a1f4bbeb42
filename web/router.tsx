// Every address of the console and the page behind it; a page is loaded when it is first gone to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Dashboard } from "./pages/dashboard/dashboard.tsx";
import { Console } from "./parts/console.tsx";
import { NotFound } from "./parts/not-found.tsx";
import { PageFailure } from "./parts/page-failure.tsx";

const root = createRootRoute({ component: Console, notFoundComponent: NotFound });

const page = <Path extends string>(
  path: Path,
  load: Parameters<typeof lazyRouteComponent>[0],
  name: string,
) => createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) });

/** What nearly everybody sees first comes with the console itself: one wait less. */
const first = async () => ({ Dashboard });

const routes = [
  page("/", first, "Dashboard"),
  page("/hosts", () => import("./pages/hosts/hosts.tsx"), "Hosts"),
  page("/hosts/new", () => import("./pages/host-new/host-new.tsx"), "HostNew"),
  page("/hosts/$host", () => import("./pages/host/host.tsx"), "HostPage"),
  page("/hosts/$host/$tab", () => import("./pages/host/host.tsx"), "HostPage"),
  page("/hosts/$host/files", () => import("./pages/files/files.tsx"), "Files"),
  page("/hosts/$host/diff", () => import("./pages/diff/diff.tsx"), "Diff"),
  page("/hosts/$host/restore", () => import("./pages/restore/restore.tsx"), "Restore"),
  page("/runs", () => import("./pages/runs/runs.tsx"), "Runs"),
  page("/runs/$id", () => import("./pages/run/run.tsx"), "RunPage"),
  page("/snapshots", () => import("./pages/snapshots/snapshots.tsx"), "Snapshots"),
  page("/snapshots/$host/$snapshot", () => import("./pages/snapshot/snapshot.tsx"), "SnapshotPage"),
  page("/schedules", () => import("./pages/schedules/schedules.tsx"), "Schedules"),
  page("/alerts", () => import("./pages/alerts/alerts.tsx"), "Alerts"),
  page("/find", () => import("./pages/find/find.tsx"), "Find"),
  page("/settings", () => import("./pages/settings/settings.tsx"), "SettingsPage"),
  page("/account", () => import("./pages/account/account.tsx"), "Account"),
  page("/admin", () => import("./pages/admin/admin.tsx"), "Admin"),
  page("/admin/$section", () => import("./pages/admin/admin.tsx"), "Admin"),
  page("/admin/tables/$table", () => import("./pages/admin-table/admin-table.tsx"), "AdminTable"),
  page("/api/docs", () => import("./pages/api-docs/api-docs.tsx"), "ApiDocs"),
  page("/setup", first, "Dashboard"),
  page("/login", first, "Dashboard"),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

// What holds for all hosts, and how this installation is.
import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { BellRing, HeartPulse, SlidersHorizontal } from "lucide-react";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { TabBar } from "../../parts/tab-bar.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { Installation } from "./installation.tsx";
import { Notifications } from "./notifications.tsx";
import { ShownSettings } from "./shown-settings.tsx";
import { SiteForm } from "./site-form.tsx";

export function SettingsPage() {
  const [{ tab }, change] = useFilters();
  const current = tab === "installation" || tab === "notifications" ? tab : "configuration";
  return (
    <Page title="Settings" lead="What holds for all hosts, and how this installation is.">
      <Tabs
        value={current}
        onChange={(next) => change({ tab: next === null || next === "configuration" ? "" : next })}
        keepMounted={false}
      >
        <TabBar current={current}>
          <Tabs.Tab value="configuration" leftSection={<SlidersHorizontal size={16} aria-hidden />}>
            Configuration
          </Tabs.Tab>
          <Tabs.Tab value="notifications" leftSection={<BellRing size={16} aria-hidden />}>
            Notifications
          </Tabs.Tab>
          <Tabs.Tab value="installation" leftSection={<HeartPulse size={16} aria-hidden />}>
            Installation
          </Tabs.Tab>
        </TabBar>
        <Tabs.Panel value={current}>
          {current === "installation" ? (
            <Installation />
          ) : current === "notifications" ? (
            <Notifications />
          ) : (
            <Configuration />
          )}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Configuration() {
  const isAdmin = useMay("admin");
  const fields = useQuery({ ...query.hosts.fields.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  const status = useQuery(query.site.status.queryOptions());
  // Before anything is configured there are no settings to ask for.
  const settings = useQuery({
    ...query.site.settings.queryOptions(),
    enabled: status.data?.configured !== false && !status.isPending,
  });
  const isNew = status.data?.configured === false && settings.data === undefined;
  if (isNew && !isAdmin)
    return (
      <EmptyState icon={SlidersHorizontal} title="Nothing is configured yet">
        An admin says where backups lie, here or with <b>pobsync configure-global</b>.
      </EmptyState>
    );
  return (
    <QueryView query={fields} rows={10}>
      {({ items }) => {
        const own = items.filter(({ options }) => options.site !== null);
        if (isNew) return <SiteForm settings={null} fields={own} />;
        return (
          <QueryView query={settings} rows={10}>
            {(data) =>
              isAdmin ? (
                <SiteForm settings={data} fields={own} />
              ) : (
                <ShownSettings settings={data} fields={own} />
              )
            }
          </QueryView>
        );
      }}
    </QueryView>
  );
}

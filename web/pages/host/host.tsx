// One host: how it is, what it has, and how it is set up.
import { Group, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { query } from "../../api/client.ts";
import type { HostDetail } from "../../api/types.ts";
import { BackUpButton } from "../../parts/back-up-button.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { HealthBadge } from "../../parts/status-badge.tsx";
import { TabBar } from "../../parts/tab-bar.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import { RunList } from "../runs/run-list.tsx";
import { HostSnapshots } from "../snapshots/host-snapshots.tsx";
import { Configuration } from "./configuration.tsx";
import { Connection } from "./connection.tsx";
import { HostMenu } from "./host-menu.tsx";
import { Overview } from "./overview.tsx";
import { HostRetention } from "./retention/host-retention.tsx";
import { HostSchedules } from "./schedules.tsx";
import { HostSpace } from "./space/host-space.tsx";

const TABS = [
  ["overview", "Overview"],
  ["runs", "Runs"],
  ["snapshots", "Snapshots"],
  ["schedules", "Schedules"],
  ["retention", "Retention"],
  ["space", "Space"],
  ["configuration", "Configuration"],
  ["connection", "Connection"],
] as const;
type Tab = (typeof TABS)[number][0];

export function HostPage() {
  const { host = "", tab } = useParams({ strict: false });
  const navigate = useNavigate();
  const current = TABS.find(([key]) => key === tab)?.[0] ?? "overview";
  const detail = useQuery(query.hosts.get.queryOptions({ input: { host } }));
  return (
    <Page
      title={host}
      lead={
        detail.data === undefined ? undefined : (
          <Group gap="xs">
            <HealthBadge health={detail.data.health} />
            <Text size="sm" className="breakable">
              {detail.data.transport === "local" ? "this machine" : detail.data.address}
            </Text>
          </Group>
        )
      }
      actions={
        detail.data === undefined ? undefined : (
          <>
            <BackUpButton host={host} disabled={!detail.data.enabled} />
            <ButtonLink to="/hosts/$host/files" params={{ host }} variant="default">
              Browse files
            </ButtonLink>
            <HostMenu host={detail.data} />
          </>
        )
      }
    >
      <Tabs
        value={current}
        onChange={(next) =>
          void navigate({ to: "/hosts/$host/$tab", params: { host, tab: next ?? "overview" } })
        }
        keepMounted={false}
      >
        <TabBar current={current}>
          {TABS.map(([key, label]) => (
            <Tabs.Tab key={key} value={key}>
              {label}
            </Tabs.Tab>
          ))}
        </TabBar>
        <Tabs.Panel value={current}>
          <QueryView query={detail} rows={8}>
            {(data) => panel(current, data)}
          </QueryView>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function panel(tab: Tab, host: HostDetail): ReactNode {
  switch (tab) {
    case "overview":
      return <Overview host={host} />;
    case "runs":
      return <RunList host={host.name} />;
    case "snapshots":
      return <HostSnapshots host={host.name} />;
    case "schedules":
      return <HostSchedules host={host.name} />;
    case "retention":
      return <HostRetention host={host.name} />;
    case "space":
      return <HostSpace host={host.name} />;
    case "configuration":
      return <Configuration host={host} />;
    case "connection":
      return <Connection host={host} />;
    default:
      return tab satisfies never;
  }
}

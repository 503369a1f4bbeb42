// Administration: people, what scripts sign in with, who did what, and the tables behind it all.
import { Tabs } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Database, KeyRound, ScrollText, Users } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../api/session.tsx";
import { Page } from "../../parts/page.tsx";
import { TabBar } from "../../parts/tab-bar.tsx";
import { AdminsOnly } from "./admins-only.tsx";
import { AllTokens } from "./all-tokens.tsx";
import { Audit } from "./audit.tsx";
import { People } from "./people.tsx";
import { Tables } from "./tables.tsx";

const SECTIONS = [
  ["people", "People", Users],
  ["tokens", "Tokens", KeyRound],
  ["audit", "Audit", ScrollText],
  ["tables", "Tables", Database],
] as const;
type Section = (typeof SECTIONS)[number][0];

export function Admin() {
  const { section } = useParams({ strict: false });
  const navigate = useNavigate();
  const current = SECTIONS.find(([key]) => key === section)?.[0] ?? "people";
  if (!useMay("admin")) return <AdminsOnly />;
  return (
    <Page title="Administration">
      <Tabs
        value={current}
        onChange={(next) => void navigate({ to: "/admin/$section", params: { section: next ?? "people" } })}
        keepMounted={false}
      >
        <TabBar current={current}>
          {SECTIONS.map(([key, label, Icon]) => (
            <Tabs.Tab key={key} value={key} leftSection={<Icon size={16} aria-hidden />}>
              {label}
            </Tabs.Tab>
          ))}
        </TabBar>
        <Tabs.Panel value={current}>{panel(current)}</Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function panel(section: Section): ReactNode {
  switch (section) {
    case "people":
      return <People />;
    case "tokens":
      return <AllTokens />;
    case "audit":
      return <Audit />;
    case "tables":
      return <Tables />;
    default:
      return section satisfies never;
  }
}

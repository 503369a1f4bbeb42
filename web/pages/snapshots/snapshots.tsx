// The snapshots of all hosts, and what lies in the trash.
import { Tabs } from "@mantine/core";
import { CommandLine } from "../../parts/command-line.tsx";
import { Page } from "../../parts/page.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { SnapshotList } from "./snapshot-list.tsx";
import { Trash } from "./trash.tsx";

export function Snapshots() {
  const [{ view }, change] = useFilters();
  return (
    <Page title="Snapshots" lead="Each is a plain folder: a host's files at one moment.">
      <Tabs
        value={view === "trash" ? "trash" : "all"}
        onChange={(next) => change({ view: next === "trash" ? "trash" : "" })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="all">Snapshots</Tabs.Tab>
          <Tabs.Tab value="trash">Trash</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="all">
          <SnapshotList />
        </Tabs.Panel>
        <Tabs.Panel value="trash">
          <Trash />
        </Tabs.Panel>
      </Tabs>
      <CommandLine command="pobsync snapshots" />
    </Page>
  );
}

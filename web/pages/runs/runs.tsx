// The queue and the history of all hosts.
import { Page } from "../../parts/page.tsx";
import { RunList } from "./run-list.tsx";

export function Runs() {
  return (
    <Page title="Runs" lead="What runs, what waits, and what has been.">
      <RunList />
    </Page>
  );
}

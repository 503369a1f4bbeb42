import { Page } from "../../parts/page.tsx";

export function Admin() {
  return <Page title="Admin">…</Page>;
}

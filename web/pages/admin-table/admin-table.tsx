import { Page } from "../../parts/page.tsx";

export function AdminTable() {
  return <Page title="AdminTable">…</Page>;
}

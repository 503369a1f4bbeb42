// For whoever follows a link that leads to administration without being an admin.
import { ShieldCheck } from "lucide-react";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Page } from "../../parts/page.tsx";

export function AdminsOnly() {
  return (
    <Page title="Administration">
      <EmptyState icon={ShieldCheck} title="This is for admins">
        Your role does not allow it. An admin can give you another one.
      </EmptyState>
    </Page>
  );
}

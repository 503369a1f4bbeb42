// An address that leads nowhere.
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { EmptyState } from "./empty-state.tsx";
import { Page } from "./page.tsx";

export function NotFound() {
  return (
    <Page title="Nothing here">
      <EmptyState
        icon={Compass}
        title="There is no such page"
        action={
          <Button component={Link} to="/" mt="sm">
            To the dashboard
          </Button>
        }
      >
        What was here may have been removed, or the address has a typo.
      </EmptyState>
    </Page>
  );
}

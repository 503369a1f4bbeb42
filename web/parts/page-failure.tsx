// A page that could not be shown: most often because the server has been updated meanwhile.
import { Button, Group } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Page } from "./page.tsx";
import { ProblemView } from "./problem-view.tsx";

export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <Page title="This page could not be shown">
      <ProblemView
        problem={{
          code: "page_failed",
          message: "Something on this page went wrong.",
          hint: "Reload it: it may be older than the server.",
          detail: error instanceof Error ? error.message : null,
        }}
      />
      <Group>
        <Button onClick={() => location.reload()}>Reload</Button>
      </Group>
    </Page>
  );
}
